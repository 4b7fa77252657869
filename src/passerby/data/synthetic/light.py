"""The light in a place, and what a camera's automatics make of its colour."""

from dataclasses import dataclass

import numpy as np

from passerby.data.synthetic.person import Colour


@dataclass(frozen=True, slots=True)
class Light:
    """Linear light that falls on a place.

    direct: from one direction; sky: from everywhere
    lamp:   the direct light is a lamp overhead, not the sun, and knows no time of day
    dark:   too little for a short shutter and a quiet sensor
    """

    direct: Colour
    sky: Colour
    lamp: bool = False
    dark: bool = False

    def white(self) -> np.ndarray:
        """Colour (3,) of a white thing in this light, its mean 1.

        >>> Light((1, 1, 1), (1, 1, 1)).white().round(6).tolist()
        [1.0, 1.0, 1.0]
        """
        colour = 0.6 * np.array(self.direct) + 0.8 * np.array(self.sky)
        return colour / colour.mean()

    def level(self, up: float) -> float:
        """How much falls on the ground, `up` being the sine of the direct light's height.

        >>> Light((1, 1, 1), (0.5, 0.5, 0.5)).level(0.5)
        1.0
        """
        return float(np.mean(self.direct) * up + np.mean(self.sky))


LIGHTS: dict[str, Light] = {
    "sun": Light((1.35, 1.25, 1.08), (0.36, 0.41, 0.50)),
    "low sun": Light((1.35, 0.98, 0.64), (0.33, 0.37, 0.47)),
    "hazy sun": Light((0.75, 0.72, 0.66), (0.52, 0.56, 0.62)),
    "overcast": Light((0.30, 0.30, 0.30), (0.72, 0.75, 0.80)),
    "shade": Light((0.14, 0.15, 0.17), (0.50, 0.60, 0.76)),
    "arcade": Light((0.20, 0.20, 0.20), (0.42, 0.42, 0.40)),
    "tungsten": Light((0.72, 0.58, 0.38), (0.58, 0.48, 0.36), lamp=True),
    "neon": Light((0.52, 0.60, 0.52), (0.55, 0.64, 0.57), lamp=True),
    "led": Light((0.78, 0.80, 0.84), (0.46, 0.48, 0.52), lamp=True),
    "skylight": Light((0.55, 0.58, 0.62), (0.66, 0.70, 0.74), lamp=True),
    "dusk": Light((0.20, 0.18, 0.25), (0.30, 0.32, 0.44), dark=True),
    "sodium": Light((0.62, 0.42, 0.18), (0.11, 0.09, 0.08), lamp=True, dark=True),
    "street lamp": Light((0.55, 0.54, 0.50), (0.10, 0.11, 0.13), lamp=True, dark=True),
    "shop light": Light((0.50, 0.44, 0.36), (0.20, 0.18, 0.17), lamp=True, dark=True),
    "snow light": Light((0.28, 0.30, 0.34), (0.85, 0.90, 1.00)),
}
"""Kinds of light by name."""


def white_balance(light: Light, share: float) -> Colour:
    """What the automatic white balance multiplies the light with: all of the tint is gone at
    `share` 1, all of it stays at 0.

    >>> white_balance(LIGHTS["neon"], 0.0)
    (1.0, 1.0, 1.0)
    """
    red, green, blue = (light.white() ** -share).tolist()
    return red, green, blue

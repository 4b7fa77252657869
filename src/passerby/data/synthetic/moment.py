"""What differs from one picture of a camera to the next."""

import math
from dataclasses import dataclass

import numpy as np

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.person import Colour

_LONGEST = 7.0  # sensor pixels; more motion than this leaves nobody to recognise


@dataclass(frozen=True, slots=True)
class Moment:
    """One exposure of a camera.

    exposure: factor on the light, as the automatics err
    drift:    factors on red, green and blue, as the white balance wanders
    motion:   how far people move while the shutter is open, pixels right and down
    defocus:  sigma in pixels, beyond what the lens always blurs
    seed:     of what falls from the sky

    >>> Moment() == STILL
    True
    """

    exposure: float = 1.0
    drift: Colour = (1.0, 1.0, 1.0)
    motion: tuple[float, float] = (0.0, 0.0)
    defocus: float = 0.0
    seed: int = 0


STILL = Moment()
"""Nothing moves and the automatics are right."""


def draw_moment(
    camera: Camera, rng: np.random.Generator, speed: tuple[float, float] = (0.0, 0.0)
) -> Moment:
    """A moment of a camera; `speed` is how people move, pixels a second right and down.

    >>> from passerby.data.synthetic.camera import describe_camera
    >>> draw_moment(describe_camera(0, 1), np.random.default_rng(0)).motion
    (0.0, 0.0)
    """
    exposure = math.exp(float(rng.normal(0, camera.hunting)))
    red, green, blue = np.exp(rng.normal(0, 0.2 * camera.hunting, 3)).tolist()
    moved = camera.shutter * math.hypot(*speed)
    scale = camera.shutter * min(1.0, _LONGEST / max(moved, 1e-9))
    soft, seed = float(rng.random()), int(rng.integers(2**31))
    return Moment(
        exposure,
        (red, green, blue),
        (speed[0] * scale, speed[1] * scale),
        max(0.0, soft - camera.focus) * 10,
        seed,
    )

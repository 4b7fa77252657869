"""Colours that people wear: how often each is worn, and what it is called."""

import colorsys

import numpy as np

Colour = tuple[float, float, float]
"""sRGB, each in [0, 1]."""

Palette = tuple[tuple[Colour, float], ...]
"""Colours and how often each is worn, in any unit."""

# In a street most clothes are black, grey, white, navy or denim: none of them is a name tag. The
# few bright ones come last.
UPPERS: Palette = (
    ((0.10, 0.10, 0.11), 9.0), ((0.17, 0.17, 0.19), 5.0), ((0.27, 0.27, 0.29), 3.5),
    ((0.44, 0.44, 0.45), 3.5), ((0.62, 0.62, 0.63), 3.0), ((0.90, 0.90, 0.89), 5.0),
    ((0.85, 0.81, 0.72), 1.6), ((0.13, 0.16, 0.27), 4.5), ((0.25, 0.33, 0.47), 2.5),
    ((0.55, 0.64, 0.76), 2.2), ((0.33, 0.25, 0.20), 2.0), ((0.55, 0.46, 0.36), 1.8),
    ((0.30, 0.32, 0.22), 1.8), ((0.40, 0.17, 0.20), 1.8), ((0.68, 0.52, 0.54), 1.3),
    ((0.24, 0.34, 0.33), 1.2), ((0.36, 0.30, 0.42), 1.2), ((0.50, 0.56, 0.48), 0.8),
    ((0.74, 0.14, 0.15), 1.5), ((0.16, 0.30, 0.66), 1.5), ((0.88, 0.72, 0.20), 0.6),
    ((0.14, 0.52, 0.40), 0.7), ((0.86, 0.45, 0.16), 0.5), ((0.85, 0.45, 0.58), 0.9),
    ((0.20, 0.58, 0.68), 0.8), ((0.48, 0.22, 0.56), 0.7), ((0.55, 0.72, 0.28), 0.4),
)  # fmt: skip
LOWERS: Palette = (
    ((0.09, 0.09, 0.10), 9.0), ((0.16, 0.16, 0.18), 5.0), ((0.15, 0.18, 0.27), 5.0),
    ((0.27, 0.28, 0.30), 3.0), ((0.45, 0.45, 0.46), 2.0), ((0.60, 0.54, 0.43), 2.0),
    ((0.76, 0.71, 0.60), 1.2), ((0.31, 0.32, 0.24), 1.2), ((0.32, 0.24, 0.19), 1.2),
    ((0.86, 0.86, 0.84), 1.2), ((0.20, 0.27, 0.58), 0.6), ((0.48, 0.16, 0.18), 0.6),
    ((0.72, 0.48, 0.52), 0.3), ((0.22, 0.42, 0.38), 0.3),
)  # fmt: skip
DENIMS: Palette = (
    ((0.15, 0.18, 0.27), 4.0), ((0.22, 0.29, 0.42), 4.0), ((0.36, 0.45, 0.58), 3.0),
    ((0.58, 0.66, 0.74), 1.2), ((0.20, 0.21, 0.23), 1.5), ((0.45, 0.46, 0.48), 1.0),
)  # fmt: skip
SHOES: Palette = (
    ((0.09, 0.09, 0.10), 5.0), ((0.88, 0.88, 0.88), 4.0), ((0.34, 0.23, 0.16), 1.6),
    ((0.46, 0.46, 0.48), 1.6), ((0.62, 0.52, 0.40), 0.8), ((0.17, 0.22, 0.38), 0.9),
    ((0.70, 0.14, 0.15), 0.7), ((0.20, 0.42, 0.66), 0.4), ((0.82, 0.44, 0.52), 0.4),
    ((0.55, 0.75, 0.25), 0.3), ((0.90, 0.48, 0.16), 0.3),
)  # fmt: skip
BAGS: Palette = (
    ((0.08, 0.08, 0.09), 9.0), ((0.20, 0.20, 0.22), 3.0), ((0.42, 0.42, 0.44), 2.0),
    ((0.15, 0.18, 0.30), 2.2), ((0.36, 0.24, 0.16), 2.0), ((0.58, 0.44, 0.30), 1.4),
    ((0.86, 0.84, 0.78), 1.4), ((0.70, 0.14, 0.16), 1.1), ((0.16, 0.34, 0.62), 1.1),
    ((0.26, 0.32, 0.24), 1.0), ((0.50, 0.20, 0.42), 0.5), ((0.88, 0.56, 0.14), 0.6),
    ((0.18, 0.50, 0.52), 0.6), ((0.80, 0.48, 0.58), 0.5),
)  # fmt: skip
SKINS: Palette = (
    ((0.90, 0.74, 0.65), 2.4), ((0.86, 0.68, 0.56), 4.0), ((0.78, 0.60, 0.47), 3.2),
    ((0.66, 0.47, 0.35), 1.4), ((0.50, 0.34, 0.24), 0.7), ((0.36, 0.24, 0.18), 0.6),
)  # fmt: skip
HAIRS: Palette = (
    ((0.07, 0.07, 0.07), 9.0), ((0.11, 0.09, 0.08), 5.0), ((0.19, 0.13, 0.10), 3.0),
    ((0.30, 0.20, 0.13), 1.5), ((0.42, 0.30, 0.20), 0.6), ((0.64, 0.51, 0.33), 0.4),
    ((0.38, 0.19, 0.13), 0.25),
)  # fmt: skip
GREYS: Palette = (((0.42, 0.42, 0.43), 2.0), ((0.64, 0.64, 0.64), 2.0), ((0.24, 0.23, 0.23), 1.0))

NAMES: dict[str, Colour] = {
    "black": (0.12, 0.12, 0.13),
    "dark grey": (0.27, 0.27, 0.29),
    "grey": (0.48, 0.48, 0.49),
    "light grey": (0.66, 0.66, 0.66),
    "white": (0.90, 0.90, 0.89),
    "cream": (0.86, 0.81, 0.71),
    "beige": (0.68, 0.60, 0.48),
    "khaki": (0.52, 0.47, 0.34),
    "brown": (0.34, 0.24, 0.18),
    "olive": (0.31, 0.33, 0.22),
    "dark green": (0.20, 0.33, 0.28),
    "green": (0.16, 0.53, 0.38),
    "light green": (0.56, 0.70, 0.36),
    "teal": (0.18, 0.52, 0.60),
    "navy": (0.14, 0.17, 0.28),
    "dark blue": (0.23, 0.30, 0.44),
    "blue": (0.17, 0.31, 0.66),
    "denim blue": (0.36, 0.45, 0.58),
    "light blue": (0.56, 0.66, 0.77),
    "purple": (0.42, 0.26, 0.50),
    "maroon": (0.41, 0.16, 0.19),
    "red": (0.73, 0.14, 0.15),
    "orange": (0.87, 0.47, 0.17),
    "yellow": (0.88, 0.73, 0.22),
    "pink": (0.82, 0.50, 0.58),
}
"""What colours are called in captions and attributes."""


def name_of(colour: Colour) -> str:
    """The nearest of `NAMES`.

    >>> name_of((0.1, 0.1, 0.1)), name_of((0.8, 0.1, 0.1))
    ('black', 'red')
    """
    return min(NAMES, key=lambda name: apart(NAMES[name], colour))


def apart(one: Colour, other: Colour) -> float:
    """How far two colours lie apart: the sum of the three differences.

    >>> apart((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    3.0
    """
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def pick(palette: Palette, rng: np.random.Generator) -> Colour:
    """One of the palette's colours by its share, in a shade of its own.

    >>> apart(pick(UPPERS, np.random.default_rng(0)), pick(UPPERS, np.random.default_rng(0)))
    0.0
    """
    shares = np.array([share for _, share in palette], float)
    return tinted(palette[int(rng.choice(len(palette), p=shares / shares.sum()))][0], rng)


def tinted(colour: Colour, rng: np.random.Generator, amount: float = 1.0) -> Colour:
    """The colour in another shade: dyes differ, cloth fades."""
    hue, saturation, value = colorsys.rgb_to_hsv(*colour)
    turn, more, light = rng.normal(0, 1, 3) * (0.012, 0.12, 0.09) * amount
    value = float(np.clip(value * np.exp(light), 0.05, 0.97))
    saturation = float(np.clip(saturation * np.exp(more), 0, 0.9))
    return colorsys.hsv_to_rgb((hue + float(turn)) % 1.0, saturation, value)


def contrasting(colour: Colour, rng: np.random.Generator, least: float = 0.5) -> Colour:
    """A second colour that can be told from the first: a pattern nobody sees tells nothing."""
    for _ in range(12):
        second = pick(UPPERS, rng)
        if apart(colour, second) > least:
            return second
    return (0.90, 0.89, 0.87) if sum(colour) < 1.5 else (0.10, 0.10, 0.12)


def darker(colour: Colour, factor: float) -> Colour:
    """The colour times `factor`, kept below 1.

    >>> darker((0.5, 0.5, 1.0), 1.5)
    (0.75, 0.75, 1.0)
    """
    red, green, blue = (min(1.0, value * factor) for value in colour)
    return (red, green, blue)

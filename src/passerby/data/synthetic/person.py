"""`Person`: what somebody looks like and how they walk, whoever films them."""

from dataclasses import dataclass

import numpy as np

from passerby.data.synthetic.seeds import stream

Colour = tuple[float, float, float]
"""sRGB, each in [0, 1]."""

PATTERNS = ("plain", "bands", "pinstripes", "checks", "dots", "two-tone", "print")
HAIR_STYLES = ("bald", "short", "full", "bob", "long", "ponytail", "bun", "afro", "cap", "beanie")
UPPER_KINDS = ("tee", "shirt", "sweater", "hoodie", "jacket", "coat")
LOWER_KINDS = ("trousers", "jeans", "leggings", "shorts", "skirt")
BAGS = ("none", "backpack", "shoulder", "tote")

# Few colours, as in a street: many people share them, and none of them is a name tag.
_UPPER_COLOURS: tuple[tuple[Colour, float], ...] = (
    ((0.10, 0.10, 0.12), 5),
    ((0.92, 0.91, 0.88), 4),
    ((0.52, 0.53, 0.55), 4),
    ((0.13, 0.17, 0.31), 4),
    ((0.70, 0.14, 0.16), 2),
    ((0.20, 0.36, 0.66), 2),
    ((0.60, 0.73, 0.86), 2),
    ((0.33, 0.40, 0.25), 2),
    ((0.78, 0.69, 0.54), 2),
    ((0.40, 0.26, 0.18), 1),
    ((0.90, 0.74, 0.22), 1),
    ((0.86, 0.60, 0.66), 1),
    ((0.42, 0.16, 0.28), 1),
    ((0.14, 0.45, 0.42), 1),
)
_LOWER_COLOURS: tuple[tuple[Colour, float], ...] = (
    ((0.10, 0.10, 0.12), 5),
    ((0.15, 0.20, 0.34), 5),
    ((0.30, 0.42, 0.60), 3),
    ((0.42, 0.43, 0.45), 2),
    ((0.72, 0.64, 0.50), 2),
    ((0.32, 0.34, 0.24), 1),
    ((0.86, 0.85, 0.82), 1),
    ((0.34, 0.24, 0.18), 1),
)
_SHOE_COLOURS: tuple[tuple[Colour, float], ...] = (
    ((0.09, 0.09, 0.10), 4),
    ((0.90, 0.90, 0.90), 3),
    ((0.36, 0.24, 0.15), 2),
    ((0.46, 0.46, 0.48), 1),
    ((0.66, 0.16, 0.16), 1),
    ((0.18, 0.28, 0.52), 1),
)
_SKINS: tuple[Colour, ...] = (
    (0.96, 0.80, 0.70),
    (0.91, 0.72, 0.59),
    (0.82, 0.62, 0.47),
    (0.69, 0.49, 0.35),
    (0.52, 0.35, 0.24),
    (0.37, 0.24, 0.17),
)
_HAIRS: tuple[Colour, ...] = (
    (0.07, 0.06, 0.06),
    (0.14, 0.10, 0.08),
    (0.26, 0.17, 0.11),
    (0.42, 0.28, 0.16),
    (0.68, 0.52, 0.30),
    (0.50, 0.22, 0.12),
    (0.58, 0.57, 0.56),
)


@dataclass(frozen=True, slots=True)
class Garment:
    """One piece of clothing.

    kind:    one of `UPPER_KINDS` or `LOWER_KINDS`
    pattern: one of `PATTERNS`, drawn in `second` on `colour`
    period:  metres between two stripes, checks or dots
    length:  sleeve or leg length, 0 (none) to 1 (wrist, ankle)
    hem:     height of the lower edge as a share of the body's height (upper garments)
    ease:    metres of room between body and cloth
    inner:   colour of the shirt beneath an open jacket
    opening: how far a jacket stands open, radians to each side; 0 is closed
    """

    kind: str
    colour: Colour
    second: Colour
    pattern: str = "plain"
    period: float = 0.08
    length: float = 1.0
    hem: float = 0.49
    ease: float = 0.012
    inner: Colour = (0.9, 0.9, 0.9)
    opening: float = 0.0


@dataclass(frozen=True, slots=True)
class Gait:
    """How somebody walks: shares of the average, and angles in radians."""

    stride: float = 1.0
    arms: float = 1.0
    elbow: float = 0.35
    lean: float = 0.03
    sway: float = 1.0
    abduction: float = 0.1
    carry: str = "swing"


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody looks like; the same in every camera.

    number: identity, from 1
    height: metres; build: girth as a share of the average; female: 0 to 1, shapes the body

    >>> person = describe_person(seed=0, number=1)
    >>> person == describe_person(seed=0, number=1), person == describe_person(seed=0, number=2)
    (True, False)
    """

    number: int
    height: float
    build: float
    female: float
    skin: Colour
    hair: Colour
    hair_style: str
    beard: bool
    glasses: bool
    upper: Garment
    lower: Garment
    shoes: Colour
    soles: Colour
    bag: str
    bag_colour: Colour
    bag_side: int
    gait: Gait


def describe_person(seed: int, number: int) -> Person:
    """Person `number` of the world `seed`; whoever else lives there does not matter."""
    rng = stream(seed, "person", number)
    female = float(np.clip(rng.choice([0.1, 0.9]) + rng.normal(0, 0.08), 0, 1))
    bag = str(rng.choice(BAGS, p=[0.42, 0.24, 0.2, 0.14]))
    return Person(
        number=number,
        height=float(np.clip(rng.normal(1.76 - 0.12 * female, 0.075), 1.48, 2.0)),
        build=float(np.clip(rng.normal(1.02, 0.12), 0.8, 1.4)),
        female=female,
        skin=_shift(_SKINS[int(rng.integers(len(_SKINS)))], rng, 0.02),
        hair=_shift(_HAIRS[int(rng.choice(7, p=[0.26, 0.22, 0.2, 0.12, 0.1, 0.04, 0.06]))], rng),
        hair_style=_hair_style(rng, female > 0.5),
        beard=bool(female < 0.5 and rng.random() < 0.3),
        glasses=bool(rng.random() < 0.18),
        upper=_upper(rng),
        lower=_lower(rng, female > 0.5),
        shoes=_pick(_SHOE_COLOURS, rng),
        soles=(0.93, 0.93, 0.92) if rng.random() < 0.45 else (0.12, 0.11, 0.11),
        bag=bag,
        bag_colour=_pick(_SHOE_COLOURS + _UPPER_COLOURS[3:8], rng),
        bag_side=int(rng.choice([-1, 1])),
        gait=Gait(
            stride=float(rng.uniform(0.82, 1.15)),
            arms=float(rng.uniform(0.4, 1.3)),
            elbow=float(rng.uniform(0.15, 0.6)),
            lean=float(rng.normal(0.03, 0.025)),
            sway=float(rng.uniform(0.5, 1.6)),
            abduction=float(rng.uniform(0.06, 0.18)),
            carry=str(rng.choice(["swing", "phone", "pockets"], p=[0.76, 0.12, 0.12])),
        ),
    )


def _upper(rng: np.random.Generator) -> Garment:
    kind = str(rng.choice(UPPER_KINDS, p=[0.3, 0.18, 0.16, 0.12, 0.14, 0.1]))
    colour = _pick(_UPPER_COLOURS, rng)
    pattern = "plain"
    if kind in ("tee", "sweater", "shirt", "hoodie") and rng.random() < 0.68:
        pattern = str(rng.choice(PATTERNS[1:], p=[0.26, 0.1, 0.14, 0.1, 0.18, 0.22]))
    wide = rng.random() < 0.45
    period = {"pinstripes": 0.045, "dots": 0.06, "checks": 0.09}.get(pattern, 0.07)
    return Garment(
        kind=kind,
        colour=colour,
        second=_contrasting(colour, rng),
        pattern=pattern,
        period=period * (1.6 if wide else 1.0) * float(rng.uniform(0.85, 1.15)),
        length=float(rng.uniform(0.18, 0.42)) if kind == "tee" else float(rng.uniform(0.9, 1.0)),
        hem=float(rng.uniform(0.33, 0.42)) if kind == "coat" else float(rng.uniform(0.465, 0.535)),
        ease={"tee": 0.010, "shirt": 0.012, "sweater": 0.018}.get(kind, 0.026)
        + float(rng.uniform(0, 0.012)),
        inner=_pick(_UPPER_COLOURS, rng),
        opening=float(rng.uniform(0.25, 0.6))
        if kind in ("jacket", "coat") and rng.random() < 0.6
        else 0.0,
    )


def _lower(rng: np.random.Generator, skirts: bool) -> Garment:
    shares = [0.32, 0.34, 0.08, 0.16, 0.1] if skirts else [0.4, 0.4, 0.0, 0.2, 0.0]
    kind = str(rng.choice(LOWER_KINDS, p=shares))
    colour = _pick(_LOWER_COLOURS[1:3] if kind == "jeans" else _LOWER_COLOURS, rng)
    pattern = "plain"
    if kind == "skirt" and rng.random() < 0.5:
        pattern = str(rng.choice(["checks", "dots", "bands"]))
    return Garment(
        kind=kind,
        colour=colour,
        second=_contrasting(colour, rng),
        pattern=pattern,
        period=float(rng.uniform(0.06, 0.12)),
        length={"shorts": 0.52, "skirt": 0.55}.get(kind, 1.0)
        + (float(rng.uniform(-0.12, 0.14)) if kind in ("shorts", "skirt") else 0.0),
        ease=0.004 if kind == "leggings" else float(rng.choice([0.008, 0.016, 0.03])),
    )


def _hair_style(rng: np.random.Generator, female: bool) -> str:
    shares = (
        [0.0, 0.06, 0.04, 0.24, 0.28, 0.14, 0.1, 0.06, 0.04, 0.04]
        if female
        else [0.08, 0.46, 0.2, 0.02, 0.04, 0.01, 0.02, 0.05, 0.07, 0.05]
    )
    return str(rng.choice(HAIR_STYLES, p=shares))


def _pick(colours: tuple[tuple[Colour, float], ...], rng: np.random.Generator) -> Colour:
    shares = np.array([share for _, share in colours], float)
    return _shift(colours[int(rng.choice(len(colours), p=shares / shares.sum()))][0], rng)


def _contrasting(colour: Colour, rng: np.random.Generator) -> Colour:
    """A second colour that can be told from the first: a pattern nobody sees tells nothing."""
    for _ in range(16):
        second = _pick(_UPPER_COLOURS, rng)
        if sum(abs(a - b) for a, b in zip(colour, second, strict=True)) > 0.6:
            return second
    return (0.92, 0.91, 0.88) if sum(colour) < 1.5 else (0.10, 0.10, 0.12)


def _shift(colour: Colour, rng: np.random.Generator, amount: float = 0.012) -> Colour:
    red, green, blue = np.clip(np.array(colour) + rng.normal(0, amount, 3), 0.03, 0.97).tolist()
    return (red, green, blue)

"""What people put on: garments, shoes, bags and hats drawn as a street wears them."""

from dataclasses import dataclass

import numpy as np

from passerby.data.synthetic.colours import (
    BAGS,
    DENIMS,
    LOWERS,
    SHOES,
    UPPERS,
    Colour,
    contrasting,
    darker,
    pick,
)
from passerby.data.synthetic.garment import (
    BAG_KINDS,
    HATS,
    HELD,
    LOWER_KINDS,
    SHOE_KINDS,
    UPPER_KINDS,
    Bag,
    Garment,
    Shoes,
)

SUMMER = 0.45
"""Share of people in light clothes where nothing else is known."""

_WHITE, _BLACK = (0.90, 0.90, 0.89), (0.10, 0.10, 0.11)


@dataclass(frozen=True, slots=True)
class Outfit:
    """One set of clothes."""

    upper: Garment
    lower: Garment
    shoes: Shoes
    bag: Bag
    hat: str
    hat_colour: Colour
    scarf: Colour | None
    held: str
    held_colour: Colour


def dress(rng: np.random.Generator, female: bool, age: float, summer: float = SUMMER) -> Outfit:
    """One set of clothes for somebody; `summer` is how likely they are dressed for warm weather.

    >>> dress(np.random.default_rng(0), True, 20) == dress(np.random.default_rng(0), True, 20)
    True
    """
    warm = rng.random() < summer
    upper = draw_upper(rng, female, warm)
    lower = draw_lower(rng, female, warm, upper)
    hat = _choice(rng, HATS, [0.92, 0.04, 0.015, 0.012, 0.013])
    if hat == "hood" and upper.kind not in ("hoodie", "jacket"):
        hat = "cap"
    bright = rng.random() < 0.3
    return Outfit(
        upper=upper,
        lower=lower,
        shoes=draw_shoes(rng, female, warm, lower),
        bag=draw_bag(rng, female, age),
        hat=hat,
        hat_colour=upper.colour if hat == "hood" else pick(UPPERS if bright else BAGS, rng),
        scarf=pick(UPPERS, rng) if not warm and rng.random() < 0.07 else None,
        held=_choice(rng, HELD, [0.70, 0.09, 0.06, 0.06, 0.06, 0.03]),
        held_colour=pick(UPPERS, rng),
    )


def draw_upper(rng: np.random.Generator, female: bool, warm: bool) -> Garment:
    """A shirt, a jacket, a dress: of many cuts, mostly muted."""
    if warm:
        shares = [0.50, 0.12, 0.10, 0.06, 0.05, 0.02, 0.03, 0.0, 0.0, 0.02, 0.10]
    else:
        shares = [0.06, 0.02, 0.12, 0.04, 0.18, 0.15, 0.24, 0.08, 0.0, 0.04, 0.07]
    shares[UPPER_KINDS.index("dress")] = 0.08 if female else 0.0
    if not female:
        shares[UPPER_KINDS.index("shirt")] += shares[UPPER_KINDS.index("blouse")]
        shares[UPPER_KINDS.index("blouse")] = 0.0
    kind = _choice(rng, UPPER_KINDS, shares)
    colour = pick(UPPERS, rng)
    pattern = _upper_pattern(rng, kind)
    period = {"pinstripes": 0.04, "dots": 0.055, "checks": 0.075}.get(pattern, 0.06)
    short = kind in ("tee", "polo", "sport", "dress", "blouse") and (warm or rng.random() < 0.3)
    short = short or (kind in ("shirt", "vest") and warm and rng.random() < 0.6)
    length = float(rng.uniform(0.2, 0.46)) if short else float(rng.uniform(0.9, 1.0))
    if short and female and rng.random() < 0.15:
        length = 0.05  # no sleeves
    elif rng.random() < 0.09:
        length = float(rng.uniform(0.5, 0.85))  # rolled up
    open_front = kind in ("jacket", "coat", "vest") or (kind in ("shirt", "hoodie") and not short)
    chance = {"jacket": 0.55, "coat": 0.5, "vest": 0.75, "hoodie": 0.3, "shirt": 0.12}
    opening = 0.0
    if open_front and rng.random() < chance[kind]:
        opening = float(rng.uniform(0.22, 0.75))
    hems = {"coat": (0.30, 0.42), "dress": (0.26, 0.38), "blouse": (0.44, 0.50)}
    low, high = hems.get(kind, (0.455, 0.525))
    if kind in ("jacket", "vest", "hoodie"):
        low, high = 0.465, 0.54
    room = {"tee": 0.009, "polo": 0.010, "shirt": 0.012, "blouse": 0.010, "sweater": 0.014}
    room |= {"dress": 0.007, "sport": 0.013, "hoodie": 0.020, "jacket": 0.022, "coat": 0.020}
    return Garment(
        kind=kind,
        colour=colour,
        second=contrasting(colour, rng),
        pattern=pattern,
        period=period * float(rng.choice([0.55, 1.0, 1.0, 1.6])) * float(rng.uniform(0.85, 1.15)),
        length=length,
        hem=float(rng.uniform(low, high)),
        ease=room.get(kind, 0.018) + float(rng.uniform(0, 0.010)),
        inner=_inner(rng, colour),
        opening=opening,
        motif=int(rng.integers(1 << 16)),
        layered=bool(kind not in ("coat", "dress") and rng.random() < 0.14),
    )


def draw_lower(rng: np.random.Generator, female: bool, warm: bool, upper: Garment) -> Garment:
    """Trousers, shorts or a skirt; under a dress bare legs or leggings."""
    if upper.kind == "dress":
        shares = [0.0, 0.0, 0.45, 0.0, 0.55, 0.0]
    elif female:
        shares = [0.20, 0.34, 0.14, 0.0, 0.09, 0.10] if not warm else [0.1, 0.3, 0.1, 0.2, 0.2, 0.1]
    else:
        shares = [0.40, 0.46, 0.0, 0.03, 0.0, 0.1] if not warm else [0.28, 0.34, 0, 0.32, 0, 0.06]
    kind = _choice(rng, LOWER_KINDS, shares)
    colour = pick(DENIMS if kind == "jeans" else LOWERS, rng)
    if kind in ("shorts", "skirt") and rng.random() < 0.25:
        colour = pick(DENIMS, rng)
    pattern = "plain"
    if kind == "skirt" and rng.random() < 0.4:
        pattern = _choice(rng, ("checks", "dots", "bands"), [0.4, 0.3, 0.3])
    elif kind in ("trousers", "wide", "shorts") and rng.random() < 0.12:
        pattern = _choice(rng, ("side", "checks", "pinstripes"), [0.6, 0.25, 0.15])
    length = 1.0
    if kind == "shorts":
        length = float(rng.uniform(0.22, 0.42) if female else rng.uniform(0.42, 0.62))
    elif kind == "skirt":
        length = float(rng.uniform(0.30, 0.62)) if rng.random() < 0.75 else 0.85
        if upper.kind == "dress":
            length = 0.28
    elif rng.random() < 0.10:
        length = float(rng.uniform(0.68, 0.9))  # cropped or rolled
    ease = {"leggings": 0.002, "wide": 0.034}.get(kind)
    return Garment(
        kind=kind,
        colour=colour,
        second=contrasting(colour, rng),
        pattern=pattern,
        period=float(rng.uniform(0.05, 0.11)),
        length=length,
        ease=float(rng.choice([0.006, 0.012, 0.020])) if ease is None else ease,
        motif=int(rng.integers(1 << 16)),
    )


def draw_shoes(rng: np.random.Generator, female: bool, warm: bool, lower: Garment) -> Shoes:
    """Mostly sneakers with pale soles; boots in the cold, sandals in the heat."""
    shares = [0.66, 0.2, 0.06, 0.06, 0.02] if not female else [0.45, 0.08, 0.16, 0.1, 0.21]
    if warm:
        shares[2] = 0.01
    else:
        shares[3] = 0.0
    kind = _choice(rng, SHOE_KINDS, shares)
    colour = pick(BAGS[:6] if kind == "boots" else SHOES, rng)
    pale = kind == "sneakers" and rng.random() < 0.75
    return Shoes(
        kind=kind,
        colour=colour,
        sole=(0.90, 0.90, 0.89) if pale else (0.13, 0.12, 0.11),
        socks=_WHITE if rng.random() < 0.5 else _BLACK,
    )


def draw_bag(rng: np.random.Generator, female: bool, age: float) -> Bag:
    """Nearly two of three carry something; the young carry backpacks."""
    shares = [0.30, 0.40, 0.09, 0.05, 0.0, 0.13, 0.03]
    if female:
        shares = [0.26, 0.27, 0.19, 0.08, 0.09, 0.10, 0.01]
    if age > 35:
        shares[0], shares[1] = shares[0] + 0.12, max(0.1, shares[1] - 0.15)
    colour = pick(BAGS, rng)
    plain = rng.random() < 0.5
    return Bag(
        kind=_choice(rng, BAG_KINDS, shares),
        colour=colour,
        second=darker(colour, 0.75) if plain else contrasting(colour, rng, 0.3),
        size=float(np.clip(rng.normal(1.0, 0.14), 0.72, 1.35)),
        side=int(rng.choice([-1, 1])),
        boxy=float(rng.uniform(2.4, 5.0)),
    )


def _upper_pattern(rng: np.random.Generator, kind: str) -> str:
    names = ("plain", "bands", "pinstripes", "checks", "dots", "two-tone", "print",
             "logo", "text", "gradient", "sleeves", "chest")  # fmt: skip
    knit = [0.36, 0.14, 0.01, 0.01, 0.02, 0.05, 0.16, 0.09, 0.08, 0.02, 0.04, 0.02]
    shares = {
        "tee": knit,
        "sweater": [0.52, 0.16, 0.0, 0.04, 0.02, 0.05, 0.06, 0.04, 0.03, 0.02, 0.03, 0.03],
        "hoodie": [0.44, 0.07, 0.0, 0.01, 0.0, 0.07, 0.12, 0.10, 0.10, 0.02, 0.06, 0.01],
        "polo": [0.48, 0.26, 0.0, 0.0, 0.0, 0.05, 0.0, 0.11, 0.0, 0.0, 0.03, 0.07],
        "shirt": [0.46, 0.0, 0.15, 0.34, 0.03, 0.0, 0.0, 0.02, 0.0, 0.0, 0.0, 0.0],
        "blouse": [0.52, 0.06, 0.05, 0.04, 0.18, 0.0, 0.08, 0.0, 0.0, 0.07, 0.0, 0.0],
        "dress": [0.40, 0.10, 0.04, 0.10, 0.16, 0.06, 0.06, 0.0, 0.0, 0.08, 0.0, 0.0],
        "jacket": [0.72, 0.01, 0.0, 0.03, 0.0, 0.09, 0.0, 0.03, 0.03, 0.0, 0.06, 0.03],
        "coat": [0.85, 0.0, 0.0, 0.09, 0.0, 0.02, 0.0, 0.0, 0.0, 0.04, 0.0, 0.0],
        "vest": [0.86, 0.04, 0.0, 0.04, 0.0, 0.06, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    }
    if kind == "sport":
        return _choice(
            rng, ("side", "chest", "logo", "sleeves", "bands"), [0.5, 0.2, 0.1, 0.1, 0.1]
        )
    return _choice(rng, names, shares[kind])


def _inner(rng: np.random.Generator, colour: Colour) -> Colour:
    return _WHITE if rng.random() < 0.35 else contrasting(colour, rng, 0.3)


def _choice(rng: np.random.Generator, names: tuple[str, ...], shares: list[float]) -> str:
    chances = np.array(shares, float)
    return names[int(rng.choice(len(names), p=chances / chances.sum()))]

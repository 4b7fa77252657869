"""Colours of cloth, skin and hair at points of the body, drawn by formulas."""

import math
from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.colours import Colour
from passerby.data.synthetic.faces import painted_head
from passerby.data.synthetic.garment import Garment
from passerby.data.synthetic.owned import Owned
from passerby.data.synthetic.parts import PARTS, Part
from passerby.data.synthetic.patterns import edge, pattern, printed, wave, wrapped
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.pigment import blend, linear

_FLAT = ("print", "logo", "text")
_BUTTONED = ("shirt", "polo", "jacket", "coat", "hoodie", "vest")
_Painter = Callable[[Tensor, Tensor, Tensor, Owned[Person]], Tensor]


@lru_cache(maxsize=1024)
def base_colours(person: Person) -> Tensor:
    """Linear colour of each part before patterns: (PARTS, 3) float32, of the host."""
    table = torch.zeros(PARTS, 3)
    upper, shoes = person.upper, person.shoes
    collar = upper.colour
    if upper.opening and upper.kind != "hoodie":
        collar = upper.inner if upper.kind == "vest" else upper.colour
    elif upper.kind == "polo" and upper.pattern != "plain":
        collar = upper.second
    plain: dict[Part, Colour] = {
        Part.TORSO: upper.colour,
        Part.SLEEVE: upper.sleeve,
        Part.COLLAR: collar,
        Part.ARM: person.skin,
        Part.HAND: person.skin,
        Part.HEAD: person.skin,
        Part.HAIR: person.hair,
        Part.HAT: person.hat_colour,
        Part.PELVIS: person.lower.colour,
        Part.LEG: person.lower.colour,
        Part.SKIRT: person.lower.colour,
        Part.SHANK: person.skin,
        Part.SHOE: shoes.colour,
        Part.SOLE: shoes.sole,
        Part.BAG: person.bag.colour,
        Part.HELD: (0.08, 0.08, 0.09) if person.held == "phone" else person.held_colour,
        Part.SCARF: person.scarf or upper.colour,
    }
    for part, colour in plain.items():
        table[part] = torch.tensor(linear(colour))
    return table


def paint(
    colours: Tensor, parts: Tensor, around: Tensor, along: Tensor, who: Owned[Person]
) -> None:
    """Draw everybody's patterns, faces, straps and prints over `colours` (P, 3), in place.

    parts: (P,) int64; around: (P,) radians; along: (P,) metres, of the head 0 (chin) to 1 (crown)
    """
    order = torch.argsort(parts, stable=True)
    counts = torch.bincount(parts, minlength=PARTS).cpu().tolist()
    for part, (draw, test) in _PAINTERS.items():
        drawn = who.only(test)
        if counts[part] and drawn is not None:
            where = order.narrow(0, sum(counts[:part]), counts[part])
            own, turn, place = (v.index_select(0, where) for v in (colours, around, along))
            colours.index_copy_(0, where, draw(own, turn, place, drawn.at(where)))


def _torso(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    h, upper = who.number(_height), who.map(_upper)
    across, off = around * 0.15, around.abs()
    second, inner = upper.colour(_second), upper.colour(lambda one: one.inner)
    if found := pattern(upper, across, along, 0.665 * h):
        colours = blend(colours, second, found[1])
    if some := upper.only(lambda one: one.pattern in _FLAT):
        near, shown = wrapped(around, some)
        colours = blend(colours, second, printed(some, near * 0.15, along - 0.735 * h) * shown)
    if some := upper.only(lambda one: one.pattern == "side"):
        colours = blend(colours, second, some.share(edge(0.18 - (off - 1.57).abs(), 0.06)))
    if some := upper.only(lambda one: bool(one.opening)):
        opening = some.number(lambda one: one.opening)
        wide = opening * (0.75 + 0.35 * ((0.80 * h - along) / (0.3 * h)).clamp_(0, 1))
        colours = blend(colours, inner, some.share(edge(wide - off, 0.05)))
        lapel = some.share(edge(0.05 - (wide + 0.05 - off).abs(), 0.03))
        colours = colours * (1 - 0.3 * lapel[:, None])
    if some := upper.only(lambda one: not one.opening and one.kind in _BUTTONED):
        strong = some.number(lambda one: 0.3 if one.kind in ("shirt", "polo") else 0.5)
        lowest = some.number(lambda one: 0.75 if one.kind == "polo" else 0.0)
        line = edge(0.007 - across.abs(), 0.004) * (along > lowest * h) * strong
        colours = colours * (1 - some.share(line)[:, None])
    if some := upper.only(lambda one: one.kind in ("jacket", "coat", "hoodie")):
        pocket = edge(0.006 - (along - (0.585 * h - 0.25 * (off - 0.5))).abs(), 0.005)
        pocket = some.share(pocket * ((off > 0.5) & (off < 1.0)))
        colours = colours * (1 - 0.35 * pocket[:, None])
    if some := upper.only(lambda one: one.kind in ("jacket", "vest") and one.motif % 4 == 0):
        quilt = some.share(edge(0.12 - (along * 11).frac().abs(), 0.1))
        colours = colours * (1 - 0.35 * quilt[:, None])
    if some := upper.only(lambda one: one.kind in ("tee", "blouse", "dress", "sport")):
        deep = some.number(lambda one: 0.012 + 0.012 * (one.motif % 4))
        neck = edge(along - (0.834 - deep * torch.cos(around).clamp_(min=0)) * h, 0.008)
        colours = blend(colours, who.colour(_skin), some.share(neck))
    hem = upper.number(lambda one: one.hem)
    if some := upper.only(lambda one: one.kind in ("sweater", "hoodie", "jacket")):
        cuff = some.share(edge((hem + 0.025) * h - along, 0.005))
        colours = colours * (1 - 0.2 * cuff[:, None])
    if some := upper.only(lambda one: one.layered):
        colours = blend(colours, inner, some.share(edge((hem + 0.016) * h - along, 0.006)))
    return _straps(colours, across, around, along, who)


def _straps(
    colours: Tensor, across: Tensor, around: Tensor, along: Tensor, who: Owned[Person]
) -> Tensor:
    h, colour = who.number(_height), who.colour(lambda one: one.bag.colour)
    if some := who.only(lambda one: one.bag.kind == "backpack"):
        strap = edge(0.021 - (across.abs() - 0.105).abs(), 0.006)
        strap = strap * edge(along - 0.66 * h, 0.01) * (around.abs() < 1.7)
        colours = blend(colours, colour, some.share(strap))
    if some := who.only(lambda one: one.bag.kind == "crossbody"):
        # From one shoulder over the chest and over the back down to the other hip.
        side = some.number(lambda one: float(one.bag.side))
        height = 0.675 * h - side * torch.sin(around) * 0.16 * h
        colours = blend(colours, colour, some.share(edge(0.017 - (along - height).abs(), 0.008)))
    if some := who.only(lambda one: one.bag.kind == "waist"):
        strap = edge(0.016 - (along - 0.563 * h).abs(), 0.006)
        colours = blend(colours, colour, some.share(strap))
    return colours


def _sleeve(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    upper = who.map(_upper)
    if some := upper.only(lambda one: one.pattern == "side"):
        side = some.share(edge(0.35 - (around.abs() - 1.57).abs(), 0.15))
        colours = blend(colours, some.colour(_second), side)
    cloth = upper.only(lambda one: one.kind != "vest")
    if cloth and (found := pattern(cloth, around * 0.05, along, 0.665 * who.number(_height))):
        colours = blend(colours, found[0].colour(_second), found[1])
    return colours


def _lower(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    h, lower = who.number(_height), who.map(lambda one: one.lower)
    if some := lower.only(lambda one: one.pattern == "side"):
        side = some.share(edge(0.22 - (around.abs() - 1.57).abs(), 0.1))
        colours = blend(colours, some.colour(_second), side)
    if found := pattern(lower, around * 0.14, along, 0.4 * h):
        colours = blend(colours, found[0].colour(_second), found[1])
    if some := lower.only(lambda one: one.kind == "jeans"):
        worn = torch.exp(-(((along - 0.37 * h) / (0.09 * h)) ** 2) - (around / 0.7) ** 2)
        strong = some.number(lambda one: 0.2 + 0.2 * (one.motif % 4))
        colours = colours * (1 + some.share(strong * worn)[:, None])
    belt = who.share(edge(along - 0.597 * h, 0.006))
    return colours * (1 - 0.5 * belt[:, None])


def _shank(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    high = who.number(lambda one: one.height * (0.085 if one.shoes.kind == "sneakers" else 0.12))
    socks = who.colour(lambda one: one.shoes.socks)
    return blend(colours, socks, who.share(edge(high - along, 0.006)))


def _shoe(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    """along: shares of the height from ankle (0) to toe (0.1); around: 0 on top."""
    top = around.abs()
    if some := who.only(lambda one: one.shoes.kind == "sneakers" and one.number % 2 == 0):
        accent = edge(0.25 - (top - 1.2).abs(), 0.1) * edge(0.02 - (along - 0.03).abs(), 0.01)
        capped = some.number(lambda one: float(one.number % 4 == 0))
        toe = torch.maximum(accent, edge(along - 0.092, 0.004) * capped)
        colours = blend(colours, some.colour(lambda one: one.shoes.sole), some.share(toe * 0.8))
    if open_shoes := who.only(lambda one: one.shoes.kind in ("sandals", "flats")):
        bare = edge(1.2 - top, 0.2) * edge(0.078 - along, 0.01)
        if some := open_shoes.only(lambda one: one.shoes.kind == "sandals"):
            strapped = torch.maximum(bare, edge(along - 0.06, 0.01)) * wave(along + 10, 0.034, 0.62)
            bare = bare + some.share(strapped - bare)
        colours = blend(colours, open_shoes.colour(_skin), open_shoes.share(bare))
    return colours


def _hair(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    strands = 0.5 + 0.5 * torch.sin(around * 31 + 5 * torch.sin(around * 7) + along * 20)
    return colours * (0.75 + 0.5 * strands[:, None])


def _bag(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    """along: 0 (bottom) to 1 (top); more on handles."""
    second = who.colour(lambda one: one.bag.second)
    dark = torch.zeros_like(along)
    if some := who.only(lambda one: one.bag.kind == "backpack"):
        off = around.abs()
        pocket = edge(0.24 - (along - 0.32).abs(), 0.04) * (off > math.pi - 0.75)
        if panelled := some.only(lambda one: one.number % 3 == 0):  # down the middle
            pocket = pocket + panelled.share(edge(off - (math.pi - 0.35), 0.1) - pocket)
        colours = blend(colours, second, some.share(pocket * 0.9))
        seam = edge(0.035 - (along - 0.72).abs(), 0.02)
        dark = dark + some.share(seam + 0.6 * edge(0.03 - (along - 0.58).abs(), 0.02))
    if some := who.only(lambda one: one.bag.kind != "backpack"):
        least = some.number(lambda one: 1.05 if one.bag.kind == "tote" else -1.0)
        flap = some.share(edge(along - 0.62, 0.05) * (along > least))
        colours = blend(colours, second, flap)
        dark = dark + some.share(edge(0.04 - (along - 0.6).abs(), 0.03))
    return colours * (1 - 0.45 * dark.clamp(max=1)[:, None])


def _held(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    """A label on bottle, book or paper bag."""
    label = edge(0.035 - along.abs(), 0.01) * edge(around.sin().abs() - 0.85, 0.1)
    return blend(colours, who.colour(lambda one: one.hat_colour), who.share(label * 0.8))


def _scarf(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    folds = wave(along + around * 0.03 + 10, 0.045)
    return colours * (0.65 + 0.45 * folds[:, None])


def _anybody(one: Person) -> bool:
    return True


def _upper(one: Person) -> Garment:
    return one.upper


def _second(one: Garment) -> Colour:
    return one.second


def _skin(one: Person) -> Colour:
    return one.skin


def _height(one: Person) -> float:
    return one.height


# Most sleeves, trousers and shoes are plain: nothing is drawn there.
_PAINTERS: dict[Part, tuple[_Painter, Callable[[Person], bool]]] = {
    Part.TORSO: (_torso, _anybody),
    Part.SLEEVE: (
        _sleeve, lambda one: one.upper.pattern not in (*_FLAT, "plain", "chest", "sleeves")
    ),
    Part.PELVIS: (_lower, _anybody),
    Part.LEG: (
        _lower, lambda one: one.lower.pattern != "plain" or one.lower.kind != "leggings"
    ),
    Part.SKIRT: (_lower, lambda one: one.lower.pattern != "plain"),
    Part.HEAD: (painted_head, _anybody),
    Part.HAIR: (_hair, _anybody),
    Part.BAG: (_bag, _anybody),
    Part.SHANK: (_shank, lambda one: one.shoes.kind not in ("boots", "sandals", "flats")),
    Part.SHOE: (_shoe, lambda one: one.shoes.kind not in ("shoes", "boots")),
    Part.HELD: (_held, lambda one: one.held in ("bottle", "paper bag", "book")),
    Part.SCARF: (_scarf, _anybody),
}  # fmt: skip

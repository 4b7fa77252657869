"""Colours of cloth, skin and hair at points of the body, drawn by formulas."""

import math
from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.colours import Colour
from passerby.data.synthetic.faces import painted_head
from passerby.data.synthetic.parts import PARTS, Part
from passerby.data.synthetic.patterns import edge, pattern, printed, wave, wrapped
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.pigment import blend, linear

_FLAT = ("print", "logo", "text")


@lru_cache(maxsize=1024)
def base_colours(person: Person) -> Tensor:
    """Linear colour of each part before patterns: (PARTS, 3) float32."""
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


def paint(colours: Tensor, parts: Tensor, around: Tensor, along: Tensor, person: Person) -> None:
    """Draw one person's patterns, face, straps and prints over `colours` (P, 3), in place.

    parts: (P,) int64; around: (P,) radians; along: (P,) metres, of the head 0 (chin) to 1 (crown)
    """
    # Most sleeves and trousers are plain: nothing is drawn there.
    painters = dict(_PAINTERS)
    if person.upper.pattern in (*_FLAT, "plain", "chest", "sleeves"):
        del painters[Part.SLEEVE]
    if person.lower.pattern == "plain" and person.lower.kind in ("leggings", "skirt"):
        del painters[Part.LEG], painters[Part.SKIRT]
    if person.shoes.kind in ("shoes", "boots"):
        del painters[Part.SHOE]
    if person.shoes.kind == "boots" or person.shoes.kind in ("sandals", "flats"):
        del painters[Part.SHANK]
    order = torch.argsort(parts, stable=True)
    counts = torch.bincount(parts, minlength=PARTS)
    starts = (counts.cumsum(0) - counts).tolist()
    counts = counts.tolist()
    for part, draw in painters.items():
        if counts[part]:
            where = order.narrow(0, starts[part], counts[part])
            own, turn, place = (v.index_select(0, where) for v in (colours, around, along))
            colours.index_copy_(0, where, draw(own, turn, place, person))


def _torso(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    upper, h = person.upper, person.height
    across = around * 0.15
    off = around.abs()
    share = pattern(upper, across, along, 0.665 * h)
    if share is not None:
        colours = blend(colours, upper.second, share)
    elif upper.pattern in _FLAT:
        near, shown = wrapped(around, upper.motif)
        share = printed(upper, near * 0.15, along - 0.735 * h) * shown
        colours = blend(colours, upper.second, share)
    elif upper.pattern == "side":
        colours = blend(colours, upper.second, edge(0.18 - (off - 1.57).abs(), 0.06))
    if upper.opening:
        wide = upper.opening * (0.75 + 0.35 * ((0.80 * h - along) / (0.3 * h)).clamp_(0, 1))
        colours = blend(colours, upper.inner, edge(wide - off, 0.05))
        lapel = edge(0.05 - (wide + 0.05 - off).abs(), 0.03)
        colours = colours * (1 - 0.3 * lapel[:, None])
    elif upper.kind in ("shirt", "polo", "jacket", "coat", "hoodie", "vest"):
        strong = 0.3 if upper.kind in ("shirt", "polo") else 0.5
        line = edge(0.007 - across.abs(), 0.004)
        if upper.kind == "polo":
            line = line * (along > 0.75 * h)
        colours = colours * (1 - strong * line[:, None])
    if upper.kind in ("jacket", "coat", "hoodie"):
        pocket = edge(0.006 - (along - (0.585 * h - 0.25 * (off - 0.5))).abs(), 0.005)
        colours = colours * (1 - 0.35 * (pocket * ((off > 0.5) & (off < 1.0)))[:, None])
    if upper.kind in ("jacket", "vest") and upper.motif % 4 == 0:  # quilted
        colours = colours * (1 - 0.35 * edge(0.12 - (along * 11).frac().abs(), 0.1)[:, None])
    if upper.kind in ("tee", "blouse", "dress", "sport"):
        deep = 0.012 + 0.012 * (upper.motif % 4)
        neck = edge(along - (0.834 - deep * torch.cos(around).clamp_(min=0)) * h, 0.008)
        colours = blend(colours, person.skin, neck)
    if upper.kind in ("sweater", "hoodie", "jacket"):
        cuff = edge((upper.hem + 0.025) * h - along, 0.005)
        colours = colours * (1 - 0.2 * cuff[:, None])
    if upper.layered:
        colours = blend(colours, upper.inner, edge((upper.hem + 0.016) * h - along, 0.006))
    return _straps(colours, across, around, along, person)


def _straps(
    colours: Tensor, across: Tensor, around: Tensor, along: Tensor, person: Person
) -> Tensor:
    bag, h = person.bag, person.height
    if bag.kind == "backpack":
        strap = edge(0.021 - (across.abs() - 0.105).abs(), 0.006)
        strap = strap * edge(along - 0.66 * h, 0.01) * (around.abs() < 1.7)
    elif bag.kind == "crossbody":
        # From one shoulder over the chest and over the back down to the other hip.
        height = 0.675 * h - bag.side * torch.sin(around) * 0.16 * h
        strap = edge(0.017 - (along - height).abs(), 0.008)
    elif bag.kind == "waist":
        strap = edge(0.016 - (along - 0.563 * h).abs(), 0.006)
    else:
        return colours
    return blend(colours, bag.colour, strap)


def _sleeve(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    upper = person.upper
    if upper.pattern == "side":
        return blend(colours, upper.second, edge(0.35 - (around.abs() - 1.57).abs(), 0.15))
    if upper.kind == "vest":
        return colours
    share = pattern(upper, around * 0.05, along, 0.665 * person.height)
    return colours if share is None else blend(colours, upper.second, share)


def _lower(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    lower, h = person.lower, person.height
    if lower.pattern == "side":
        colours = blend(colours, lower.second, edge(0.22 - (around.abs() - 1.57).abs(), 0.1))
    elif (share := pattern(lower, around * 0.14, along, 0.4 * h)) is not None:
        colours = blend(colours, lower.second, share)
    if lower.kind == "jeans":
        worn = torch.exp(-(((along - 0.37 * h) / (0.09 * h)) ** 2) - (around / 0.7) ** 2)
        colours = colours * (1 + (0.2 + 0.2 * (lower.motif % 4)) * worn[:, None])
    belt = edge(along - 0.597 * h, 0.006)
    return colours * (1 - 0.5 * belt[:, None])


def _shank(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    high = 0.085 if person.shoes.kind == "sneakers" else 0.12
    return blend(colours, person.shoes.socks, edge(high * person.height - along, 0.006))


def _shoe(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    """along: shares of the height from ankle (0) to toe (0.1); around: 0 on top."""
    shoes, top = person.shoes, around.abs()
    if shoes.kind == "sneakers":
        if person.number % 2:
            return colours
        accent = edge(0.25 - (top - 1.2).abs(), 0.1) * edge(0.02 - (along - 0.03).abs(), 0.01)
        toe = edge(along - 0.092, 0.004) * (person.number % 4 == 0)
        return blend(colours, shoes.sole, torch.maximum(accent, toe) * 0.8)
    bare = edge(1.2 - top, 0.2) * edge(0.078 - along, 0.01)
    if shoes.kind == "sandals":
        bare = torch.maximum(bare, edge(along - 0.06, 0.01)) * wave(along + 10, 0.034, 0.62)
    return blend(colours, person.skin, bare)


def _hair(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    strands = 0.5 + 0.5 * torch.sin(around * 31 + 5 * torch.sin(around * 7) + along * 20)
    return colours * (0.75 + 0.5 * strands[:, None])


def _bag(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    """along: 0 (bottom) to 1 (top); more on handles."""
    bag, off = person.bag, around.abs()
    if bag.kind == "backpack":
        outer = off > math.pi - 0.75
        pocket = edge(0.24 - (along - 0.32).abs(), 0.04) * outer
        if person.number % 3 == 0:  # a panel down the middle
            pocket = edge(off - (math.pi - 0.35), 0.1)
        colours = blend(colours, bag.second, pocket * 0.9)
        seam = edge(0.035 - (along - 0.72).abs(), 0.02) + 0.6 * edge(
            0.03 - (along - 0.58).abs(), 0.02
        )
    else:
        flap = edge(along - 0.62, 0.05)
        colours = blend(colours, bag.second, flap if bag.kind != "tote" else flap * (along > 1.05))
        seam = edge(0.04 - (along - 0.6).abs(), 0.03)
    return colours * (1 - 0.45 * seam.clamp(max=1)[:, None])


def _held(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    """A label on bottle, book or paper bag."""
    if person.held not in ("bottle", "paper bag", "book"):
        return colours
    label = edge(0.035 - along.abs(), 0.01) * edge(around.sin().abs() - 0.85, 0.1)
    return blend(colours, person.hat_colour, label * 0.8)


def _scarf(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    folds = wave(along + around * 0.03 + 10, 0.045)
    return colours * (0.65 + 0.45 * folds[:, None])


_PAINTERS = {
    Part.TORSO: _torso,
    Part.SLEEVE: _sleeve,
    Part.PELVIS: _lower,
    Part.LEG: _lower,
    Part.SKIRT: _lower,
    Part.HEAD: painted_head,
    Part.HAIR: _hair,
    Part.BAG: _bag,
    Part.SHANK: _shank,
    Part.SHOE: _shoe,
    Part.HELD: _held,
    Part.SCARF: _scarf,
}

"""Colours of cloth, skin and hair at points of the body, drawn by formulas."""

import math
from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.parts import PARTS, Part
from passerby.data.synthetic.person import Colour, Garment, Person


def linear(colour: Colour) -> list[float]:
    """An sRGB colour as linear light.

    >>> linear((0.0, 1.0, 0.5))
    [0.0, 1.0, 0.25]
    """
    return [value * value for value in colour]


@lru_cache(maxsize=1024)
def base_colours(person: Person) -> Tensor:
    """Linear colour of each part before patterns: (PARTS, 3) float32."""
    table = torch.zeros(PARTS, 3)
    hat = person.upper.second if person.hair_style in ("cap", "beanie") else person.hair
    plain: dict[Part, Colour] = {
        Part.TORSO: person.upper.colour,
        Part.SLEEVE: person.upper.colour,
        Part.COLLAR: person.upper.inner if person.upper.opening else person.upper.colour,
        Part.ARM: person.skin,
        Part.HAND: person.skin,
        Part.HEAD: person.skin,
        Part.HAIR: person.hair,
        Part.HAT: hat,
        Part.PELVIS: person.lower.colour,
        Part.LEG: person.lower.colour,
        Part.SKIRT: person.lower.colour,
        Part.SHANK: person.skin,
        Part.SHOE: person.shoes,
        Part.SOLE: person.soles,
        Part.BAG: person.bag_colour,
    }
    for part, colour in plain.items():
        table[part] = torch.tensor(linear(colour))
    return table


def paint(colours: Tensor, parts: Tensor, around: Tensor, along: Tensor, person: Person) -> None:
    """Draw one person's patterns, face, straps and prints over `colours` (P, 3), in place.

    parts: (P,) int64; around: (P,) radians; along: (P,) metres, of the head 0 (chin) to 1 (crown)
    """
    for part, draw in _PAINTERS.items():
        where = (parts == part).nonzero()[:, 0]
        if len(where):
            own, turn, place = (v.index_select(0, where) for v in (colours, around, along))
            colours.index_copy_(0, where, draw(own, turn, place, person))


def _blend(colours: Tensor, over: Colour, share: Tensor) -> Tensor:
    return torch.lerp(colours, _tensor(over), share[:, None])


@lru_cache(maxsize=4096)
def _tensor(colour: Colour) -> Tensor:
    return torch.tensor(linear(colour))


def _edge(value: Tensor, width: float) -> Tensor:
    """0 below zero, 1 above, soft over `width`."""
    return (value / width + 0.5).clamp(0, 1)


def _wave(metres: Tensor, period: float, share: float = 0.5) -> Tensor:
    """Stripes: 1 on `share` of every period, 0 elsewhere, with soft edges."""
    place = (metres / period).frac().abs()
    return _edge(share / 2 - (place - 0.5).abs(), 0.08)


def pattern(garment: Garment, across: Tensor, along: Tensor, middle: float) -> Tensor:
    """How much of the garment's second colour shows: (P,) in [0, 1].

    across, along: metres; middle: height at which two-tone clothes change
    """
    period = garment.period
    match garment.pattern:
        case "bands":
            return _wave(along + 10, period)
        case "pinstripes":
            return _wave(across + 10, period, 0.3)
        case "checks":
            return 0.5 * (_wave(across + 10, period) + _wave(along + 10, period))
        case "dots":
            row = (along / period * 1.15).floor()
            u = (across / period + 0.5 * (row % 2)).frac()
            u = torch.where(u < 0, u + 1, u) - 0.5
            v = (along / period * 1.15).frac() - 0.5
            return _edge(0.085 - (u * u + v * v), 0.08)
        case "two-tone":
            return _edge(middle - along, 0.012)
    return torch.zeros_like(along)


def _torso(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    upper, h = person.upper, person.height
    across = around * 0.15
    off = around.abs()
    middle = 0.665 * h
    colours = _blend(colours, upper.second, pattern(upper, across, along, middle))
    if upper.pattern == "print":
        side = across.clone()
        tall = along - 0.735 * h
        big = upper.period > 0.09
        size = 0.11 if big else 0.045
        shape = size - torch.maximum(side.abs(), tall.abs() * (1.4 if big else 1.0))
        share = _edge(shape, 0.008) * (off < 1.4)
        hole = _wave(side + tall * (1 if upper.period > 0.075 else 0) + 10, size * 0.55, 0.55)
        colours = _blend(colours, upper.second, share * (0.35 + 0.65 * hole))
    if upper.kind == "shirt":
        line = _edge(0.008 - across.abs(), 0.004) * 0.35
        colours = colours * (1 - line[:, None])
    if upper.opening:
        low = 0.80 * h
        wide = upper.opening * (0.75 + 0.35 * ((low - along) / (0.3 * h)).clamp(0, 1))
        colours = _blend(colours, upper.inner, _edge(wide - off, 0.05))
        lapel = _edge(0.05 - (wide + 0.05 - off).abs(), 0.03)
        colours = colours * (1 - 0.3 * lapel[:, None])
    elif upper.kind in ("jacket", "coat", "hoodie"):
        zip_line = _edge(0.006 - across.abs(), 0.004)
        colours = colours * (1 - 0.55 * zip_line[:, None])
        pocket = _edge(0.006 - (along - (0.585 * h - 0.25 * (off - 0.5))).abs(), 0.005)
        colours = colours * (1 - 0.4 * (pocket * ((off > 0.5) & (off < 1.0)))[:, None])
    if upper.kind == "tee":
        neck = _edge(along - (0.834 - 0.020 * torch.cos(around).clamp(min=0)) * h, 0.008)
        colours = _blend(colours, person.skin, neck)
    if upper.kind in ("sweater", "hoodie"):
        cuff = _edge((upper.hem + 0.03) * h - along, 0.005)
        colours = colours * (1 - 0.22 * cuff[:, None])
    if person.bag == "backpack":
        strap = _edge(0.020 - (across.abs() - 0.105).abs(), 0.006)
        strap = strap * _edge(along - 0.64 * h, 0.01) * (off < 1.7)
        colours = _blend(colours, person.bag_colour, strap)
    elif person.bag == "shoulder":
        # From one shoulder over the chest and over the back down to the other hip.
        height = 0.675 * h - person.bag_side * torch.sin(around) * 0.16 * h
        strap = _edge(0.017 - (along - height).abs(), 0.008)
        colours = _blend(colours, person.bag_colour, strap)
    return colours


def _sleeve(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    upper = person.upper
    if upper.pattern == "print":
        return colours
    share = pattern(upper, around * 0.05, along, 0.665 * person.height)
    return _blend(colours, upper.second, share)


def _lower(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    lower, h = person.lower, person.height
    if lower.pattern != "plain":
        colours = _blend(colours, lower.second, pattern(lower, around * 0.14, along, 0.4 * h))
    if lower.kind == "jeans":
        worn = torch.exp(-(((along - 0.37 * h) / (0.09 * h)) ** 2) - (around / 0.7) ** 2)
        colours = colours * (1 + 0.9 * worn[:, None])
    belt = _edge(along - 0.597 * h, 0.006)
    return colours * (1 - 0.5 * belt[:, None])


def _head(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    off = around.abs()
    if person.hair_style in ("short", "full", "cap", "beanie", "ponytail", "bun"):
        nape = _edge(off - 1.9, 0.25) * _edge(along - 0.2, 0.1)
        colours = _blend(colours, person.hair, nape)
    if person.beard:
        jaw = _edge(0.34 - along - 0.05 * torch.cos(around * 4), 0.06) * _edge(1.5 - off, 0.2)
        jaw = jaw * (1 - _spot(off, along, 0.0, 0.215, 0.20, 0.025))
        colours = _blend(colours, person.hair, 0.85 * jaw)
    lips = (person.skin[0] * 0.82, person.skin[1] * 0.56, person.skin[2] * 0.56)
    colours = _blend(colours, lips, 0.8 * _spot(off, along, 0.0, 0.215, 0.30, 0.030))
    colours = colours * (1 - 0.35 * _spot(off, along, 0.0, 0.325, 0.16, 0.02)[:, None])
    colours = colours * (1 - 0.25 * _spot(off, along, 0.40, 0.50, 0.27, 0.065)[:, None])
    colours = _blend(colours, (0.93, 0.92, 0.90), 0.7 * _spot(off, along, 0.42, 0.495, 0.17, 0.028))
    colours = _blend(colours, (0.10, 0.07, 0.06), _spot(off, along, 0.42, 0.495, 0.085, 0.032))
    brow = 0.575 + 0.02 * torch.cos((off - 0.42) * 4)
    colours = _blend(colours, person.hair, 0.8 * _spot(off, along - brow, 0.42, 0.0, 0.24, 0.020))
    if person.glasses:
        far = torch.sqrt(((off - 0.42) / 0.30) ** 2 + ((along - 0.495) / 0.085) ** 2)
        rim = _edge(0.16 - (far - 1).abs(), 0.1)
        bridge = _edge(0.012 - (along - 0.51).abs(), 0.01) * ((off < 0.15) | (off > 0.7))
        colours = _blend(colours, (0.05, 0.05, 0.06), torch.maximum(rim, bridge * (off < 1.7)))
    return colours


def _spot(x: Tensor, y: Tensor, at_x: float, at_y: float, wide: float, tall: float) -> Tensor:
    return _edge(1 - ((x - at_x) / wide) ** 2 - ((y - at_y) / tall) ** 2, 0.7)


def _hair(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    strands = 0.5 + 0.5 * torch.sin(around * 31 + 5 * torch.sin(around * 7) + along * 20)
    return colours * (0.75 + 0.5 * strands[:, None])


def _bag(colours: Tensor, around: Tensor, along: Tensor, person: Person) -> Tensor:
    top = 0.775 * person.height if person.bag == "backpack" else 0.527 * person.height
    seam = _edge(0.007 - (along - top).abs(), 0.004)
    if person.bag == "backpack":
        pocket = (along - 0.665 * person.height).abs()
        seam = torch.maximum(seam, _edge(0.006 - pocket, 0.004) * (around.abs() > math.pi - 0.8))
    return colours * (1 - 0.5 * seam[:, None])


_PAINTERS = {
    Part.TORSO: _torso,
    Part.SLEEVE: _sleeve,
    Part.PELVIS: _lower,
    Part.LEG: _lower,
    Part.SKIRT: _lower,
    Part.HEAD: _head,
    Part.HAIR: _hair,
    Part.BAG: _bag,
}

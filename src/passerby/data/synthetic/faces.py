"""Faces: eyes, brows, lips, beards and glasses."""

import torch
from torch import Tensor

from passerby.data.synthetic.owned import Owned
from passerby.data.synthetic.patterns import edge
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.pigment import blend, plain

_NAPELESS = ("bald", "crew", "bob", "long", "afro")


def painted_head(colours: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    """Face, beard and glasses over `colours` (P, 3) of heads; along 0 (chin) to 1 (crown)."""
    off = around.abs()
    hair = who.colour(lambda one: one.hair)
    if some := who.only(lambda one: one.hair_style not in _NAPELESS):
        nape = edge(off - 1.9, 0.25) * edge(along - 0.2, 0.1)
        colours = blend(colours, hair, some.share(nape))
    if some := who.only(lambda one: one.beard):
        jaw = edge(0.34 - along - 0.05 * torch.cos(around * 4), 0.06) * edge(1.5 - off, 0.2)
        jaw = jaw * (1 - _spot(off, along, 0.0, 0.215, 0.20, 0.025))
        colours = blend(colours, hair, some.share(0.85 * jaw))
    lips = who.colour(lambda one: (one.skin[0] * 0.82, one.skin[1] * 0.56, one.skin[2] * 0.56))
    colours = blend(colours, lips, 0.8 * _spot(off, along, 0.0, 0.215, 0.30, 0.030))
    colours = colours * (1 - 0.35 * _spot(off, along, 0.0, 0.325, 0.16, 0.02)[:, None])
    colours = colours * (1 - 0.25 * _spot(off, along, 0.40, 0.50, 0.27, 0.065)[:, None])
    white, dark = plain((0.93, 0.92, 0.90), colours), plain((0.10, 0.07, 0.06), colours)
    colours = blend(colours, white, 0.7 * _spot(off, along, 0.42, 0.495, 0.17, 0.028))
    colours = blend(colours, dark, _spot(off, along, 0.42, 0.495, 0.085, 0.032))
    brow = 0.575 + 0.02 * torch.cos((off - 0.42) * 4)
    colours = blend(colours, hair, 0.8 * _spot(off, along - brow, 0.42, 0.0, 0.24, 0.020))
    if some := who.only(lambda one: one.glasses):
        far = torch.sqrt(((off - 0.42) / 0.30) ** 2 + ((along - 0.495) / 0.085) ** 2)
        rim = edge(0.16 - (far - 1).abs(), 0.1)
        bridge = edge(0.012 - (along - 0.51).abs(), 0.01) * ((off < 0.15) | (off > 0.7))
        frame = some.share(torch.maximum(rim, bridge * (off < 1.7)))
        colours = blend(colours, plain((0.05, 0.05, 0.06), colours), frame)
    return colours


def _spot(x: Tensor, y: Tensor, at_x: float, at_y: float, wide: float, tall: float) -> Tensor:
    return edge(1 - ((x - at_x) / wide) ** 2 - ((y - at_y) / tall) ** 2, 0.7)

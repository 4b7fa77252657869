"""Patterns of cloth as formulas over its surface: stripes, checks, dots, prints, lettering."""

import math

import torch
from torch import Tensor

from passerby.data.synthetic.garment import Garment
from passerby.data.synthetic.owned import Owned

Number = float | Tensor
"""One number for all points, or one for each (P,)."""


def edge(value: Tensor, width: Number) -> Tensor:
    """0 below zero, 1 above, soft over `width`.

    >>> edge(torch.tensor([-1.0, 0.0, 1.0]), 0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    return (value * (1 / width) + 0.5).clamp_(0, 1)


def wave(metres: Tensor, period: Number, share: Number = 0.5) -> Tensor:
    """Stripes: 1 on `share` of every period, 0 elsewhere, with soft edges.

    >>> wave(torch.tensor([0.5, 1.0]), 1.0).tolist()
    [1.0, 0.0]
    """
    place = (metres * (1 / period)).frac().abs_()
    return edge(share / 2 - place.sub_(0.5).abs_(), 0.08)


def pattern(
    cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number
) -> tuple[Owned[Garment], Tensor] | None:
    """Whose second colour shows in a pattern, and how much of it: (P,) in [0, 1]; or None.

    across, along: metres; middle: height at which two-tone clothes change
    """
    shares: list[Tensor] = []
    for name, draw in _DRAWN.items():
        if some := cloth.only(lambda one, name=name: one.pattern == name):
            shares.append(some.share(draw(some, across, along, middle)))
    patterned = cloth.only(lambda one: one.pattern in _DRAWN)
    if patterned is None:
        return None
    total = shares[0]
    for one in shares[1:]:
        total = total + one
    return patterned, total


def _bands(cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number) -> Tensor:
    share = cloth.number(lambda one: (0.5, 0.3, 0.65, 0.2)[one.motif % 4])
    return wave(along + 10, cloth.number(_period), share)


def _pinstripes(cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number) -> Tensor:
    return wave(across + 10, cloth.number(_period), 0.3)


def _checks(cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number) -> Tensor:
    share = cloth.number(lambda one: (0.5, 0.25, 0.5, 0.15)[one.motif % 4])
    period = cloth.number(_period)
    grid = wave(across + 10, period, share) + wave(along + 10, period, share)
    # Either both directions are half as strong, or lines cross without being stronger there.
    strong, most = (
        cloth.number(lambda one, pair=pair: pair[one.motif % 2])
        for pair in ((0.5, 0.7), (2.0, 1.0))
    )
    return _at_most(grid, most) * strong


def _dots(cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number) -> Tensor:
    period = cloth.number(_period)
    row = (along / period * 1.15).floor()
    u = (across / period + 0.5 * (row % 2)).frac()
    u = torch.where(u < 0, u + 1, u) - 0.5
    v = (along / period * 1.15).frac() - 0.5
    return edge(0.085 - (u * u + v * v), 0.08)


def _two_tone(cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number) -> Tensor:
    lift = cloth.number(lambda one: 0.05 * (one.motif % 5 - 2))
    return edge(middle + lift - along, 0.012)


def _gradient(cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number) -> Tensor:
    share = ((middle + 0.18 - along) * (1 / 0.4)).clamp_(0, 1)
    upwards = cloth.number(lambda one: float(one.motif % 2 == 0))
    return share * (1 - 2 * upwards) + upwards


def _chest(cloth: Owned[Garment], across: Tensor, along: Tensor, middle: Number) -> Tensor:
    tall = cloth.number(lambda one: 0.02 + 0.012 * (one.motif % 4))
    return edge(tall - (along - middle - 0.10).abs(), 0.01)


_DRAWN = {
    "bands": _bands, "pinstripes": _pinstripes, "checks": _checks, "dots": _dots,
    "two-tone": _two_tone, "gradient": _gradient, "chest": _chest,
}  # fmt: skip


def printed(cloth: Owned[Garment], across: Tensor, up: Tensor) -> Tensor:
    """A picture, a logo or lettering: how much of it shows, (P,) in [0, 1].

    across, up: metres from the middle of the chest, or of the back
    """
    total = torch.zeros_like(across)
    for name, draw in (("logo", _logo), ("text", _lettering), ("print", _picture)):
        if some := cloth.only(lambda one, name=name: one.pattern == name):
            total = total + some.share(draw(some, across, up))
    return total


def _logo(cloth: Owned[Garment], across: Tensor, up: Tensor) -> Tensor:
    side = cloth.number(lambda one: 0.065 if one.motif % 3 else 0.0)
    size = cloth.number(lambda one: 0.020 + 0.006 * (one.motif % 4))
    tall = cloth.number(lambda one: 1.0 + one.motif // 4 % 3)
    spot = (across - side).square() + (up - 0.02).square() * tall
    return edge(size * size - spot, 0.0006)


def _picture(cloth: Owned[Garment], across: Tensor, up: Tensor) -> Tensor:
    wide = cloth.number(lambda one: 0.06 + 0.02 * (one.motif % 4))
    tall = cloth.number(lambda one: 0.05 + 0.02 * (one.motif // 4 % 5))
    shape = torch.zeros_like(across)
    oval = edge(1 - (across / wide).square() - (up / tall).square(), 0.2)
    for kind in range(4):
        some = cloth.only(lambda one, kind=kind: one.motif // 20 % 4 == kind)
        if some is None:
            continue
        if kind == 0:
            one = oval
        elif kind == 1:
            one = edge(torch.minimum(wide - across.abs(), tall - up.abs()), 0.008)
        elif kind == 2:
            one = edge(tall - up.abs() - across.abs() * 0.8, 0.01)
        else:
            seven, eleven = (some.number(lambda one, n=n: float(one.motif % n)) for n in (7, 11))
            turn = torch.sin(across * 47 + seven) + torch.sin(up * 41 + eleven)
            one = oval * edge(turn + 0.3, 0.4)
        shape = shape + some.share(one)
    if some := cloth.only(lambda one: one.motif // 80 % 3 == 1):
        slant = some.number(lambda one: float(one.motif % 2))
        stripes = 0.25 + 0.75 * wave(across + up * slant + 10, wide * 0.55, 0.6)
        shape = shape * (1 - some.share(1 - stripes))
    if some := cloth.only(lambda one: one.motif // 80 % 3 == 2):
        motif = some.number(lambda one: float(one.motif))
        holes = edge(torch.sin(across * 90 + motif) * torch.cos(up * 70), 0.5)
        shape = shape * (1 - some.share(0.7 * (1 - holes)))
    return shape


def _lettering(cloth: Owned[Garment], across: Tensor, up: Tensor) -> Tensor:
    """One to three lines of marks that look like letters from afar."""
    lines = cloth.number(lambda one: 1.0 + one.motif % 3)
    cell = cloth.number(lambda one: 0.016 + 0.004 * (one.motif // 3 % 3))
    half = cloth.number(lambda one: 0.075 + 0.015 * (one.motif // 9 % 3))
    letter = cloth.number(lambda one: float(one.motif % 101))
    row = torch.floor(up / (cell * 2.2) + lines / 2)
    column = torch.floor(across / cell)
    ink = torch.sin((column * 12.9898 + row * 78.233 + letter) * 3.7) > -0.35
    within = (up / (cell * 2.2) + lines / 2).frac().abs()
    shown = ink & (within > 0.28) & (row >= 0) & (row < lines) & (across.abs() < half)
    gap = (across / cell).frac().abs()
    return (shown & (gap > 0.18)).float()


def wrapped(around: Tensor, cloth: Owned[Garment]) -> tuple[Tensor, Tensor]:
    """Angles (P,) from the nearer of chest and back, and whether the motif is on that side (P,)."""
    off = around.abs()
    front = off < math.pi / 2
    near = torch.where(front, around, (math.pi - off) * around.sign())
    both = cloth.number(lambda one: float(one.motif % 5 == 0))
    return near, torch.maximum(front.float(), torch.zeros_like(around) + both)


def _period(one: Garment) -> float:
    return one.period


def _at_most(values: Tensor, most: Number) -> Tensor:
    return torch.minimum(values, most) if isinstance(most, Tensor) else values.clamp(max=most)

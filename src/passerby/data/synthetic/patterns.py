"""Patterns of cloth as formulas over its surface: stripes, checks, dots, prints, lettering."""

import math

import torch
from torch import Tensor

from passerby.data.synthetic.garment import Garment


def edge(value: Tensor, width: float) -> Tensor:
    """0 below zero, 1 above, soft over `width`.

    >>> edge(torch.tensor([-1.0, 0.0, 1.0]), 0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    return (value * (1 / width) + 0.5).clamp_(0, 1)


def wave(metres: Tensor, period: float, share: float = 0.5) -> Tensor:
    """Stripes: 1 on `share` of every period, 0 elsewhere, with soft edges.

    >>> wave(torch.tensor([0.5, 1.0]), 1.0).tolist()
    [1.0, 0.0]
    """
    place = (metres * (1 / period)).frac().abs_()
    return edge(share / 2 - place.sub_(0.5).abs_(), 0.08)


def pattern(garment: Garment, across: Tensor, along: Tensor, middle: float) -> Tensor | None:
    """How much of the garment's second colour shows: (P,) in [0, 1]; None where none does.

    across, along: metres; middle: height at which two-tone clothes change
    """
    period, motif = garment.period, garment.motif
    match garment.pattern:
        case "bands":
            return wave(along + 10, period, (0.5, 0.3, 0.65, 0.2)[motif % 4])
        case "pinstripes":
            return wave(across + 10, period, 0.3)
        case "checks":
            share = (0.5, 0.25, 0.5, 0.15)[motif % 4]
            grid = wave(across + 10, period, share) + wave(along + 10, period, share)
            return grid.mul_(0.5) if motif % 2 == 0 else grid.clamp_(max=1).mul_(0.7)
        case "dots":
            row = (along / period * 1.15).floor()
            u = (across / period + 0.5 * (row % 2)).frac()
            u = torch.where(u < 0, u + 1, u) - 0.5
            v = (along / period * 1.15).frac() - 0.5
            return edge(0.085 - (u * u + v * v), 0.08)
        case "two-tone":
            return edge(middle + 0.1 * (motif % 5 - 2) * 0.5 - along, 0.012)
        case "gradient":
            share = ((middle + 0.18 - along) * (1 / 0.4)).clamp_(0, 1)
            return share if motif % 2 else 1 - share
        case "chest":
            tall = 0.02 + 0.012 * (motif % 4)
            return edge(tall - (along - middle - 0.10).abs(), 0.01)
    return None


def printed(garment: Garment, across: Tensor, up: Tensor) -> Tensor:
    """A picture, a logo or lettering: how much of it shows, (P,) in [0, 1].

    across, up: metres from the middle of the chest, or of the back
    """
    motif = garment.motif
    if garment.pattern == "logo":
        side = 0.065 if motif % 3 else 0.0
        size = 0.020 + 0.006 * (motif % 4)
        spot = (across - side).square() + (up - 0.02).square() * (1 + motif // 4 % 3)
        return edge(size * size - spot, 0.0006)
    if garment.pattern == "text":
        return _lettering(motif, across, up)
    wide, tall = 0.06 + 0.02 * (motif % 4), 0.05 + 0.02 * (motif // 4 % 5)
    kind = motif // 20 % 4
    if kind == 0:
        shape = edge(1 - (across / wide).square() - (up / tall).square(), 0.2)
    elif kind == 1:
        shape = edge(torch.minimum(wide - across.abs(), tall - up.abs()), 0.008)
    elif kind == 2:
        shape = edge(tall - up.abs() - across.abs() * 0.8, 0.01)
    else:
        turn = torch.sin(across * 47 + motif % 7) + torch.sin(up * 41 + motif % 11)
        shape = edge(1 - (across / wide).square() - (up / tall).square(), 0.2) * edge(
            turn + 0.3, 0.4
        )
    cut = motif // 80 % 3
    if cut == 1:
        shape = shape * (0.25 + 0.75 * wave(across + up * (motif % 2) + 10, wide * 0.55, 0.6))
    elif cut == 2:
        shape = shape * (0.3 + 0.7 * edge(torch.sin(across * 90 + motif) * torch.cos(up * 70), 0.5))
    return shape


def _lettering(motif: int, across: Tensor, up: Tensor) -> Tensor:
    """One to three lines of marks that look like letters from afar."""
    lines, cell = 1 + motif % 3, 0.016 + 0.004 * (motif // 3 % 3)
    row = torch.floor(up / (cell * 2.2) + lines / 2)
    column = torch.floor(across / cell)
    ink = torch.sin((column * 12.9898 + row * 78.233 + motif % 101) * 3.7) > -0.35
    within = (up / (cell * 2.2) + lines / 2).frac().abs()
    half = 0.075 + 0.015 * (motif // 9 % 3)
    shown = ink & (within > 0.28) & (row >= 0) & (row < lines) & (across.abs() < half)
    gap = (across / cell).frac().abs()
    return (shown & (gap > 0.18)).float()


def wrapped(around: Tensor, motif: int) -> tuple[Tensor, Tensor]:
    """Angles (P,) from the nearer of chest and back, and whether the motif is on that side (P,)."""
    off = around.abs()
    front = off < math.pi / 2
    near = torch.where(front, around, (math.pi - off) * around.sign())
    both = motif % 5 == 0
    return near, front | both

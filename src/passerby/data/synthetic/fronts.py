"""Fronts of houses and shops, and curtains of glass."""

import torch

from passerby.data.synthetic.canvas import column
from passerby.data.synthetic.person import Colour
from passerby.data.synthetic.surface import Look, Surface, whole

_PLASTER: tuple[Colour, ...] = (
    (0.72, 0.66, 0.56), (0.58, 0.36, 0.29), (0.62, 0.63, 0.65), (0.82, 0.80, 0.76),
    (0.40, 0.43, 0.46), (0.66, 0.58, 0.50),
)  # fmt: skip


def houses(surface: Surface) -> Look:
    """Windows over windows, on some streets with large panes below."""
    return _facade(surface, street=bool(surface.rng.random() < 0.5))


def shops(surface: Surface) -> Look:
    """Large windows with goods behind them and a sign above each."""
    colour, shown, glow = _facade(surface, street=True)
    rng, u, v = surface.rng, surface.u, surface.v
    wide = float(rng.uniform(3.0, 5.5))
    number = (u / wide).floor()
    tint = torch.stack([surface.canvas.cells(number + n, number * 0 + n) for n in (3, 11, 29)])
    sign = (v > 2.45) & (v < 3.05) & ((u / wide % 1 - 0.5).abs() < 0.46)
    letters = (v > 2.6) & (v < 2.9) & ((u / wide % 1 - 0.5).abs() < 0.3)
    letters &= surface.canvas.cells((u / 0.13 + 70).floor(), (v / 0.15).floor()) > 0.0
    board = (0.3 + 0.5 * tint).clamp(0.03, 0.9) ** 2
    board = torch.where(letters, torch.full_like(board, 0.85), board)
    colour = torch.where(sign, board, colour)
    goods_u, goods_v = (u / 0.32 + 40).floor(), (v / 0.4).floor()
    goods = torch.stack([surface.canvas.cells(goods_u + n, goods_v) for n in (1, 5, 23)])
    window = (v > 0.5) & (v < 2.2) & ((u / wide % 1 - 0.5).abs() < 0.43)
    wares = window & (surface.canvas.cells(goods_u, goods_v + 9) > 0.05) & (v < 1.7)
    colour = torch.where(wares, (0.28 + 0.32 * goods).clamp(0.02, 0.9) ** 1.5, colour)
    light = torch.tensor([[1.0], [0.92], [0.8]]) * (window * 0.5 + sign * 0.35)
    return colour, shown, glow + light * colour


def _facade(surface: Surface, street: bool) -> Look:
    """Brick or plaster, windows, and large panes at street level."""
    rng, u, v, speckle = surface.rng, surface.u, surface.v, surface.canvas.speckle
    wall, trim = (column(_PLASTER[int(rng.integers(len(_PLASTER)))]) for _ in range(2))
    bay, floor = float(rng.uniform(2.2, 3.6)), float(rng.uniform(2.8, 3.6))
    colour = wall * surface.grain(0.10, 0.07) * (1 - 0.12 * ((v / 0.16) % 1 < 0.12).float())
    pane_u, pane_v = (u / bay) % 1, (v / floor) % 1
    window = (pane_u > 0.22) & (pane_u < 0.78) & (pane_v > 0.28) & (pane_v < 0.82)
    low = 0.08 if street else 0.30
    large = (pane_u > 0.08) & (pane_u < 0.92) & (pane_v > low) & (pane_v < 0.86)
    glass = torch.where(v < floor, large, window)
    number = (u / bay).floor() * 7.7 + (v / floor).floor() * 3.1
    shine = 0.16 + 0.14 * speckle(number, number * 1.7) + 0.12 * speckle(u * 0.8 + v, v * 1.5)
    pane = torch.stack([shine * 0.9, shine, shine * 1.1]).clamp(0.02, 1)
    lit = glass & (speckle(number * 2.3, number) > 0.3)
    warm = torch.tensor([[0.9], [0.76], [0.55]]) * (0.5 + 0.3 * speckle(u * 5, v * 4)).clamp(0.05)
    colour = torch.where(glass, torch.where(lit, 0.5 * warm, pane), colour)
    sill = (v > floor * 0.9) & (v < floor) | ((pane_u - 0.5).abs() < 0.012) & glass | (v < 0.25)
    colour = torch.where(sill, trim * (1 + 0.05 * speckle(u * 6, v * 6)), colour)
    return whole(colour, 0.6 * warm * (lit & ~sill))


def glass_curtain(surface: Surface) -> Look:
    """A curtain of glass that mirrors what stands opposite."""
    u, v, speckle = surface.u, surface.v, surface.canvas.speckle
    bay = float(surface.rng.uniform(1.0, 2.2))
    mirrored = 0.25 + 0.25 * speckle(u * 0.7, v * 0.35) + 0.12 * speckle(u * 3, v * 0.8)
    tall = (v / 2.6 % 1 - 0.5).abs() > 0.485
    frame = ((u / bay % 1 - 0.5).abs() > 0.485) | tall
    tint = torch.tensor([[0.88], [1.0], [1.02]])
    return whole(torch.where(frame, column((0.4, 0.41, 0.43)), tint * mirrored.clamp(0.03, 0.9)))

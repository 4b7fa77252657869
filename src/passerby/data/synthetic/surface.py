"""The points of a wall, what they look like, and the posters on them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from passerby.data.synthetic.canvas import Canvas


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Points of a wall: u along it, v up (n,) metres."""

    canvas: Canvas
    u: Tensor
    v: Tensor
    rng: np.random.Generator

    def grain(self, fine: float, broad: float) -> Tensor:
        """A factor around 1 (n,): small specks and large stains."""
        u, v = self.u, self.v
        return (
            1 + fine * self.canvas.speckle(u * 9, v * 9) + broad * self.canvas.speckle(u, v * 0.6)
        )


Look = tuple[Tensor, Tensor, Tensor]
"""Colour (3, n), where there is a wall at all (n,) bool, light of its own (3, n)."""


def whole(colour: Tensor, glow: Tensor | None = None) -> Look:
    """A wall without holes."""
    shown = torch.ones(colour.shape[1], dtype=torch.bool)
    return colour, shown, torch.zeros_like(colour) if glow is None else glow


def with_posters(surface: Surface, colour: Tensor, often: float = 0.25) -> Look:
    """Now and then a picture hangs on the wall."""
    if surface.rng.random() > 2 * often:
        return whole(colour)
    u, v, cells = surface.u, surface.v, surface.canvas.cells
    step, wide = float(surface.rng.uniform(2.0, 5.0)), float(surface.rng.uniform(0.4, 0.9))
    across = (u / step % 1 - 0.5) * step
    inside = (across.abs() < wide) & ((v - 1.5).abs() < 0.65)
    number = (u / step).floor()
    fine_u, fine_v = (across / 0.3 + 20).floor(), (v / 0.25).floor()
    picture = torch.stack(
        [cells(number + n, number * 0) * 0.5 + cells(fine_u + n, fine_v) * 0.4 for n in (2, 9, 31)]
    )
    picture = (0.42 + 0.5 * picture).clamp(0.04, 0.95) ** 2
    return whole(torch.where(inside, picture, colour))

"""What ends a place at the far side and to the left and right: fronts of houses and shops,
walls, shutters, parapets, fences and hedges.
"""

from collections.abc import Callable

import numpy as np
import torch

from passerby.data.synthetic.canvas import Canvas, column, greyish
from passerby.data.synthetic.fronts import glass_curtain, houses, shops
from passerby.data.synthetic.light import LIGHTS
from passerby.data.synthetic.surface import Look, Surface, whole, with_posters

Normal = tuple[float, float, float]


def draw_walls(canvas: Canvas, rng: np.random.Generator) -> None:
    """The front at the far end, and one on either side."""
    camera = canvas.camera
    far = camera.far + camera.wall
    if camera.front in ("parapet", "fence"):  # one looks over them, or through
        behind = "hedge" if rng.random() < 0.6 else "houses"
        draw_wall(canvas, behind, far + float(rng.uniform(6, 20)), 0, rng)
    draw_wall(canvas, camera.front, far, 0, rng)
    if camera.sides == "open":
        return
    for side in (-1, 1):
        # Wide enough that nobody's way leads through it.
        off = float(rng.uniform(1.0, 1.3)) * 0.889 * camera.far / camera.focal + 1.5
        draw_wall(canvas, camera.sides, off, side, rng)


def draw_wall(canvas: Canvas, kind: str, off: float, side: int, rng: np.random.Generator) -> None:
    """A wall `off` metres ahead (side 0), to the left (-1) or to the right (1)."""
    right, up, ahead = canvas.ray
    depth = off / (right * side if side else ahead).clamp(min=1e-4)
    normal: Normal = (-float(side), 0.0, 0.0) if side else (0.0, 0.0, -1.0)
    where = canvas.nearer(depth)
    u = ((ahead if side else right)[where] * depth[where]) + float(rng.uniform(0, 9))
    v = up[where] * depth[where] + canvas.camera.mast
    surface = Surface(canvas, u, v, rng)
    colour, shown, glow = WALLS[kind](surface)
    colour = colour * (0.75 + 0.25 * (v / 1.0).clamp(0, 1))
    kept = where.clone()
    kept[where] = shown
    bright = glow[:, shown] * (1.0 if LIGHTS[canvas.camera.light].dark else 0.35)
    canvas.put(depth[kept], kept, colour[:, shown], normal, bright)


def _brick(surface: Surface) -> Look:
    rng, u, v = surface.rng, surface.u, surface.v
    tone = column((0.55, 0.36, 0.29) if rng.random() < 0.6 else greyish(rng, 0.35, 0.7))
    row = (v / 0.085).floor()
    across = u / 0.25 + 0.5 * (row % 2)
    joint = ((v / 0.085 % 1) < 0.14) | ((across % 1) < 0.05)
    colour = tone * (1 + 0.22 * surface.canvas.cells(across.floor(), row))
    return with_posters(surface, colour * (1 + 0.25 * joint.float()) * surface.grain(0.08, 0.08))


def _concrete(surface: Surface) -> Look:
    u, v = surface.u, surface.v
    wide, tall = float(surface.rng.uniform(1.2, 3.0)), float(surface.rng.uniform(0.9, 2.6))
    rim = torch.minimum((u / wide % 1) * wide, (v / tall % 1) * tall)
    colour = column(greyish(surface.rng, 0.5, 0.9)) * surface.grain(0.07, 0.12)
    streak = surface.canvas.speckle(u * 4, v * 0.25).clamp(0, 1) * 0.22
    return with_posters(surface, colour * (1 - 0.35 * (rim < 0.02).float()) * (1 - streak))


def _panels(surface: Surface) -> Look:
    u, v = surface.u, surface.v
    wide, low = float(surface.rng.uniform(0.8, 1.6)), float(surface.rng.uniform(0.8, 1.3))
    seam = (u / wide % 1) < 0.02
    upper, lower = greyish(surface.rng, 0.6, 0.95, 0.03), greyish(surface.rng, 0.25, 0.7, 0.06)
    colour = torch.where(v < low, column(lower), column(upper)) * surface.grain(0.03, 0.05)
    door = (u / (wide * 5) % 1 < 0.17) & (v < 2.1)
    colour = torch.where(door, column(greyish(surface.rng, 0.15, 0.5, 0.05)), colour)
    return with_posters(surface, colour * (1 - 0.4 * seam.float()))


def _shutter(surface: Surface) -> Look:
    """Corrugated metal."""
    period = float(surface.rng.uniform(0.07, 0.22))
    upright = surface.rng.random() < 0.6
    wave = torch.sin((surface.u if upright else surface.v) * (2 * np.pi / period))
    colour = column(greyish(surface.rng, 0.3, 0.8, 0.03)) * (1 + 0.35 * wave)
    base = (surface.v < 0.25) | ((surface.v > 2.6) & (surface.v < 2.8))
    return whole(
        torch.where(base, column(greyish(surface.rng, 0.3, 0.9)), colour * surface.grain(0.06, 0.1))
    )


def _metro(surface: Surface) -> Look:
    """Small tiles, a coloured line, advertisements."""
    u, v = surface.u, surface.v
    joint = ((u / 0.2 % 1) < 0.06) | ((v / 0.2 % 1) < 0.06)
    colour = column(greyish(surface.rng, 0.6, 0.92, 0.03)) * surface.grain(0.05, 0.06)
    colour = colour * (1 - 0.25 * joint.float())
    band = surface.rng.uniform(0.1, 0.7, 3).tolist()
    line = (v > 2.2) & (v < 2.45)
    return with_posters(
        surface, torch.where(line, column((band[0], band[1], band[2])), colour), 0.6
    )


def _parapet(surface: Surface) -> Look:
    """A breast-high wall with a rail on it."""
    u, v, rng = surface.u, surface.v, surface.rng
    tall = float(rng.uniform(0.9, 1.5))
    colour = column(greyish(rng, 0.6, 0.95)) * surface.grain(0.06, 0.12)
    step = float(rng.uniform(1.5, 4.0))
    colour = colour * (1 - 0.4 * ((u / step % 1) < 0.015).float())
    rail = ((v - tall - 0.18).abs() < 0.035) | (
        (u / step % 1 < 0.02) & (v > tall) & (v < tall + 0.2)
    )
    pillar = (u / (2.3 * step) % 1 < 0.09) & (v < 4.0)
    colour = torch.where(rail, column((0.62, 0.63, 0.64)), colour)
    colour = torch.where(pillar, column(greyish(rng, 0.4, 0.9)) * surface.grain(0.05, 0.1), colour)
    return colour, (v < tall) | rail | pillar, torch.zeros_like(colour)


def _fence(surface: Surface) -> Look:
    """Bars or a mesh in a frame, on a low base."""
    u, v, rng = surface.u, surface.v, surface.rng
    tall, gap = float(rng.uniform(1.0, 1.7)), float(rng.uniform(0.09, 0.16))
    mesh = rng.random() < 0.5
    bars = (u / gap % 1) < 0.2
    if mesh:
        bars = bars | ((v / gap % 1) < 0.2)
    frame = ((v - tall).abs() < 0.04) | ((v - 0.3).abs() < 0.04) | (u / 1.8 % 1 < 0.035)
    base = v < 0.22
    shown = ((bars | frame) & (v < tall + 0.04)) | base
    dark = rng.random() < 0.6
    iron = greyish(rng, 0.08, 0.3, 0.03) if dark else greyish(rng, 0.6, 0.95)
    stone = column(greyish(rng, 0.4, 0.8)) * surface.grain(0.06, 0.1)
    return torch.where(base, stone, column(iron) * surface.grain(0.05, 0.05)), shown, 0 * stone


def _hedge(surface: Surface) -> Look:
    """Bushes, and trees over them."""
    u, v, speckle = surface.u, surface.v, surface.canvas.speckle
    leaf = speckle(u * 6, v * 6) + 0.7 * speckle(u * 1.5, v * 1.5) + 0.5 * speckle(u * 17, v * 17)
    top = 3.2 + 2.2 * speckle(u * 0.35, u * 0.1) + 0.5 * leaf
    tone = float(surface.rng.uniform(0.75, 1.15))
    green = column((0.23 * tone, 0.30 * tone, 0.16 * tone)) * (1 + 0.65 * leaf).clamp(0.12, 2.4)
    trunk = ((u / 3.7 + float(surface.rng.uniform(0, 1))) % 1 < 0.05) & (v < 2.6)
    colour = torch.where(trunk, column((0.28, 0.23, 0.18)), green)
    return colour, v < top, torch.zeros_like(colour)


WALLS: dict[str, Callable[[Surface], Look]] = {
    "houses": houses, "shops": shops, "glass": glass_curtain, "brick": _brick,
    "concrete": _concrete, "panels": _panels, "shutter": _shutter, "metro": _metro,
    "parapet": _parapet,
    "fence": _fence, "hedge": _hedge,
}  # fmt: skip
"""How each kind of wall is coloured, by name."""

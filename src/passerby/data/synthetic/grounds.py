"""What people walk on: paving, asphalt, tiles, grass, snow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from passerby.data.synthetic.canvas import Canvas, column, greyish
from passerby.data.synthetic.light import LIGHTS
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.things import Thing


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """Points of the ground: x, z (n,) metres; fade (n,), how much fine detail can be seen."""

    canvas: Canvas
    x: Tensor
    z: Tensor
    fade: Tensor
    rng: np.random.Generator

    def grain(self, fine: float, broad: float) -> Tensor:
        """A factor around 1, rough from near and blotched from afar."""
        x, z = self.x, self.z
        rough = self.canvas.speckle(x * 40, z * 40) + self.canvas.speckle(x * 90, z * 90)
        return 1 + fine * rough * self.fade + broad * self.canvas.speckle(x * 1.3, z * 1.3)


def draw_ground(canvas: Canvas, rng: np.random.Generator, things: Sequence[Thing]) -> None:
    """The ground of the canvas's camera, with the shade that things and houses leave on it."""
    camera = canvas.camera
    depth = camera.mast / (-canvas.ray[1]).clamp(min=1e-4)
    where = canvas.nearer(depth)
    depth = depth[where]
    x, z = canvas.ray[0][where] * depth, canvas.ray[2][where] * depth
    fade = (1.2 / (depth * 0.12).clamp(min=1)).clamp(0, 1)
    spot = _Spot(canvas, x, z, fade, rng)
    colour = GROUNDS[camera.ground](spot)
    # Behind what one looks over lie roofs and trees, not the same paving again.
    beyond = z > camera.far + camera.wall
    if beyond.any() and camera.front in ("hedge", "parapet", "fence"):
        green = column((0.30, 0.34, 0.26)) * (1 + 0.6 * canvas.speckle(x * 0.9, z * 0.4))
        colour = torch.where(beyond, green, colour)
    if STYLES[camera.style].weather == "rain":
        wet = (canvas.speckle(x * 0.8, z * 0.5) * 2 + 0.6).clamp(0.15, 1)
        gleam = 0.16 * wet * (1 + canvas.speckle(x * 3, z * 0.7)) * (depth / 9).clamp(0.3, 1.5)
        colour = colour * (1 - 0.5 * wet) + gleam
    canvas.put(depth, where, colour * _shade(spot, things), (0.0, 1.0, 0.0))


def _shade(spot: _Spot, things: Sequence[Thing]) -> Tensor:
    """A factor for what keeps light from the ground."""
    camera, x, z = spot.canvas.camera, spot.x, spot.z
    shade = torch.ones_like(x)
    for thing in things:
        dx, dz = (x - thing.x).abs() - thing.wide, (z - thing.z).abs() - thing.deep
        far = (dx.clamp(min=0) ** 2 + dz.clamp(min=0) ** 2).sqrt()
        shade = shade * (1 - 0.45 * torch.exp(-far / 0.22))
    light = LIGHTS[camera.light]
    turn, off = float(spot.rng.uniform(0, 2 * np.pi)), float(spot.rng.uniform(-4, 5))
    kind = spot.rng.random()
    if light.lamp and light.dark:  # the pool of one lamp
        far = (x - off) ** 2 + (z - camera.near - 3) ** 2
        return shade * (0.45 + 0.75 * torch.exp(-far / 30))
    if light.lamp or min(camera.direct) < 0.5 or kind < 0.4:
        return shade
    loss = 1 - 1 / (1 + np.mean(camera.direct) * camera.sun[1] / np.mean(camera.sky))
    if kind < 0.7:  # a house keeps the sun from one side
        side = x * np.cos(turn) + (z - camera.near - 4) * np.sin(turn) - off
        dark = (side / 0.3).clamp(0, 1)
    else:  # and leaves let it through in flecks
        dark = (spot.canvas.speckle(x * 2.2, z * 2.2) * 3 + 0.5).clamp(0, 1)
    return shade * (1 - float(loss) * dark)


def _slabs(spot: _Spot) -> Tensor:
    rng = spot.rng
    first = greyish(rng, 0.36, 0.68, 0.025)
    size = float(rng.uniform(0.4, 1.2))
    return _paved(
        spot, first, size, size, 0.5 * int(rng.integers(2)), float(rng.uniform(0.05, 0.2))
    )


def _bricks(spot: _Spot) -> Tensor:
    rng = spot.rng
    red = rng.random() < 0.5
    first = (0.50, 0.38, 0.33) if red else greyish(rng, 0.33, 0.6, 0.03)
    return _paved(spot, first, float(rng.uniform(0.2, 0.3)), 0.12, 0.5, 0.2)


def _cobbles(spot: _Spot) -> Tensor:
    size = float(spot.rng.uniform(0.11, 0.2))
    return _paved(spot, greyish(spot.rng, 0.3, 0.6), size, size, 0.5, 0.35)


def _paved(
    spot: _Spot,
    first: tuple[float, float, float],
    wide: float,
    deep: float,
    shift: float,
    vary: float,
) -> Tensor:
    """Stones of one size, every other row shifted, no two of quite the same tone."""
    x, z = spot.x, spot.z
    row = (z / deep).floor()
    across = x / wide + shift * (row % 2)
    colour = column(first) * (1 + vary * spot.canvas.cells(across.floor(), row))
    rim = torch.minimum(
        (0.5 - (across % 1 - 0.5).abs()) * wide, (0.5 - (z / deep % 1 - 0.5).abs()) * deep
    )
    joint = (rim < 0.007 + 0.0012 * z).float() * spot.fade
    return colour * spot.grain(0.10, 0.10) * (1 - 0.4 * joint)


def _stripes(spot: _Spot) -> Tensor:
    """Bands of light and dark slabs."""
    rng, x, z = spot.rng, spot.x, spot.z
    light, dark = greyish(rng, 0.48, 0.72), greyish(rng, 0.25, 0.46)
    along = x if rng.random() < 0.5 else z
    turned = along + float(rng.uniform(-0.5, 0.5)) * (z if along is x else x)
    period = float(rng.uniform(0.5, 2.4))
    band = (turned / period % 1 < float(rng.uniform(0.3, 0.6))).float()
    groove = ((turned / (period / 8) % 1) < 0.25).float() * spot.fade
    colour = torch.lerp(column(dark), column(light), band) * (1 - 0.18 * groove)
    return colour * spot.grain(0.12, 0.08)


def _asphalt(spot: _Spot) -> Tensor:
    rng, x, z = spot.rng, spot.x, spot.z
    colour = column(greyish(rng, 0.28, 0.5)) * spot.grain(0.22, 0.16)
    patch = spot.canvas.cells((x / 3.1 + 40).floor(), (z / 2.3).floor()) > 0.35
    colour = torch.where(patch, colour * 0.8, colour)
    line = float(rng.uniform(-4, 4))
    stripe = ((x - line + float(rng.uniform(-0.4, 0.4)) * z).abs() < 0.07).float()
    return torch.lerp(colour, column((0.85, 0.84, 0.78)), 0.75 * stripe)


def _zebra(spot: _Spot) -> Tensor:
    colour = _asphalt(spot)
    start, length = float(spot.rng.uniform(4, 7)), float(spot.rng.uniform(2.5, 4))
    bar = (spot.x / 1.0 % 1 < 0.5) & (spot.z > start) & (spot.z < start + length)
    worn = 0.85 + 0.15 * spot.canvas.speckle(spot.x * 6, spot.z * 6)
    return torch.lerp(colour, column((0.9, 0.9, 0.88)), 0.9 * bar.float() * worn)


def _concrete(spot: _Spot) -> Tensor:
    size = float(spot.rng.uniform(2.0, 4.0))
    colour = column(greyish(spot.rng, 0.4, 0.66)) * spot.grain(0.06, 0.2)
    edge = torch.minimum((spot.x / size % 1 - 0.5).abs(), (spot.z / size % 1 - 0.5).abs())
    return colour * (1 - 0.45 * (edge * size < 0.015 + 0.001 * spot.z).float())


def _speckled(spot: _Spot) -> Tensor:
    """Terrazzo or granite: dark and bright grains."""
    rng = spot.rng
    grains = spot.canvas.speckle(spot.x * 70, spot.z * 70) + spot.canvas.speckle(
        spot.x * 31, spot.z * 31
    )
    strong = float(rng.uniform(0.3, 0.7))
    colour = column(greyish(rng, 0.33, 0.6)) * (
        1 + strong * grains * (0.3 + 0.7 * spot.fade)
    ).clamp(0.1)
    return colour * (1 + 0.08 * spot.canvas.speckle(spot.x, spot.z))


def _tiles(spot: _Spot) -> Tensor:
    """Polished tiles that mirror the lamps."""
    rng, x, z = spot.rng, spot.x, spot.z
    size = float(rng.uniform(0.4, 0.9))
    first, second = greyish(rng, 0.5, 0.78, 0.025), greyish(rng, 0.3, 0.75, 0.03)
    row, place = (z / size).floor(), (x / size).floor()
    other = ((row + place) % int(rng.integers(2, 5)) == 0).float()
    rim = 0.5 - torch.maximum((x / size % 1 - 0.5).abs(), (z / size % 1 - 0.5).abs())
    colour = torch.lerp(column(first), column(second), other) * (1 - 0.3 * (rim < 0.012).float())
    lamp = (x / 2.7 + float(rng.uniform(0, 1))) % 1 - 0.5
    gleam = torch.exp(-((lamp / 0.12) ** 2)) * (0.6 + 0.4 * spot.canvas.speckle(x, z * 0.6))
    return colour * (1 + 0.05 * spot.canvas.speckle(x * 3, z * 3)) + 0.22 * gleam * (z / 10).clamp(
        0, 1
    )


def _marble(spot: _Spot) -> Tensor:
    x, z = spot.x, spot.z
    bend = 2.5 * spot.canvas.speckle(x * 0.7, z * 0.7)
    vein = torch.exp(-((torch.sin(x * 2.1 + z * 1.3 + 3 * bend) / 0.12) ** 2))
    colour = column(greyish(spot.rng, 0.55, 0.78, 0.025)) * (1 - 0.3 * vein)
    gleam = 0.15 * (spot.canvas.speckle(x * 0.6, z * 0.25) + 0.4).clamp(min=0)
    return colour * (1 + 0.06 * spot.canvas.speckle(x * 2, z * 2)) + gleam


def _carpet(spot: _Spot) -> Tensor:
    rng = spot.rng
    first = greyish(rng, 0.15, 0.5, 0.09)
    light = float(rng.uniform(1.3, 2.5))
    size = float(rng.uniform(0.15, 0.7))
    motif = torch.sin(spot.x * 6.28 / size) * torch.sin(spot.z * 6.28 / size) > 0.3
    return column(first) * torch.where(motif, light, 1.0) * spot.grain(0.15, 0.06)


def _grass(spot: _Spot) -> Tensor:
    """A path between lawns."""
    x, z, canvas = spot.x, spot.z, spot.canvas
    path = _PATHS[int(spot.rng.integers(len(_PATHS)))](spot)
    edge = float(spot.rng.uniform(0.8, 3.0)) + 0.25 * canvas.speckle(z * 0.9, z * 0.3)
    lawn = (((x + 0.3 * canvas.speckle(z * 0.1, z * 0.2)).abs() - edge) / 0.08 + 0.5).clamp(0, 1)
    blade = canvas.speckle(x * 55, z * 30) * spot.fade + canvas.speckle(x * 2, z * 2)
    tone = float(spot.rng.uniform(0.7, 1.1))
    green = column((0.33 * tone, 0.38 * tone, 0.20 * tone)) * (1 + 0.35 * blade)
    return torch.lerp(path, green, lawn)


def _gravel(spot: _Spot) -> Tensor:
    return column(greyish(spot.rng, 0.42, 0.62, 0.03)) * spot.grain(0.24, 0.14)


def _platform(spot: _Spot) -> Tensor:
    """Concrete with a yellow tactile strip."""
    line = float(spot.rng.uniform(3.5, 8))
    strip = ((spot.z - line).abs() < 0.2).float()
    studs = 0.85 + 0.15 * torch.sin(spot.x * 90) * spot.fade
    return torch.lerp(_concrete(spot), column((0.78, 0.66, 0.25)) * studs, 0.9 * strip)


def _snow(spot: _Spot) -> Tensor:
    x, z, canvas = spot.x, spot.z, spot.canvas
    deep = column((0.92, 0.94, 0.98)) * (1 + 0.06 * canvas.speckle(x * 4, z * 4))
    trodden = canvas.speckle(x * 1.2, z * 0.5) + 0.8 * canvas.speckle(x * 8, z * 8)
    width = float(spot.rng.uniform(0.8, 3.5))
    path = ((width - x.abs()) / 0.6 + trodden).clamp(0, 1) * float(spot.rng.uniform(0.4, 1.0))
    slush = column(greyish(spot.rng, 0.45, 0.7)) * (1 + 0.2 * trodden)
    return torch.lerp(deep, slush, path)


_PATHS: tuple[Callable[[_Spot], Tensor], ...] = (_concrete, _slabs, _asphalt, _gravel)

GROUNDS: dict[str, Callable[[_Spot], Tensor]] = {
    "slabs": _slabs, "bricks": _bricks, "cobbles": _cobbles, "stripes": _stripes,
    "asphalt": _asphalt, "zebra": _zebra, "concrete": _concrete, "speckled": _speckled,
    "tiles": _tiles, "marble": _marble, "carpet": _carpet, "grass": _grass, "gravel": _gravel,
    "platform": _platform, "snow": _snow,
}  # fmt: skip
"""How each kind of ground is coloured, by name."""

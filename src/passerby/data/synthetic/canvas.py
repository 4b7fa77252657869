"""`Canvas`: an empty picture of a place that grounds, walls and things are drawn on."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.paint import linear
from passerby.data.synthetic.person import Colour

ROWS, COLUMNS = 720, 1280
"""Size at which a place is drawn once; crops and frames are cut from it."""

_TILE = 512


class Canvas:
    """Colour (3, ROWS, COLUMNS), linear light, and depth (ROWS, COLUMNS) so far; everything that
    is drawn replaces what lies behind it.

    ray: (x, y, z) of one metre of depth through each pixel
    """

    def __init__(self, camera: Camera, rng: np.random.Generator) -> None:
        y, x = torch.meshgrid(torch.arange(ROWS) + 0.5, torch.arange(COLUMNS) + 0.5, indexing="ij")
        right = (x - COLUMNS / 2) / (camera.focal * ROWS)
        down = (y - ROWS / 2) / (camera.focal * ROWS)
        sin, cos = float(np.sin(camera.tilt)), float(np.cos(camera.tilt))
        self.ray = (right, -sin - down * cos, cos - down * sin)
        self.camera = camera
        self.depth = torch.full_like(right, 400.0)
        glow = (self.ray[1] * 1.5 + 0.6).clamp(0, 1)
        self.colour = torch.tensor(camera.sky)[:, None, None] * (1.15 - 0.35 * glow)
        self._noise = _noise(rng)

    def put(
        self,
        depth: Tensor,
        where: Tensor,
        colour: Tensor,
        normal: tuple[float, float, float],
        glow: Tensor | None = None,
    ) -> None:
        """Show `colour` (3, n), unlit, at the pixels `where` (bool) at `depth` (n,); `glow` (3, n)
        is light of its own.
        """
        camera = self.camera
        sun = max(0.0, sum(a * b for a, b in zip(normal, camera.sun, strict=True)))
        sky = 0.62 + 0.38 * normal[1]
        light = torch.tensor(camera.direct) * sun + torch.tensor(camera.sky) * sky
        lit = colour * light[:, None]
        self.colour[:, where] = lit if glow is None else lit + glow
        self.depth[where] = depth

    def nearer(self, depth: Tensor) -> Tensor:
        """Where a surface at `depth` would be seen."""
        return (depth > 0.3) & (depth < self.depth)

    def speckle(self, u: Tensor, v: Tensor) -> Tensor:
        """Smooth noise in [-1, 1] at (u, v), repeating every 512 units."""
        u0, v0 = u.floor(), v.floor()
        fu, fv = u - u0, v - v0
        i, j = u0.long() % _TILE, v0.long() % _TILE
        # The noise is wider by a row and a column, which repeat the first.
        at, noise = j * (_TILE + 1) + i, self._noise
        top = torch.lerp(noise.take(at), noise.take(at + 1), fu)
        low = torch.lerp(noise.take(at + _TILE + 1), noise.take(at + _TILE + 2), fu)
        return torch.lerp(top, low, fv)

    def cells(self, u: Tensor, v: Tensor) -> Tensor:
        """A number in [-1, 1] for each unit square that (u, v) lies in."""
        row, place = (v.long() * 7) % _TILE, (u.long() * 13 + v.long() * 5) % _TILE
        return self._noise.take(row * (_TILE + 1) + place)


def column(colour: Colour) -> Tensor:
    """An sRGB colour as linear light (3, 1).

    >>> column((0.0, 0.5, 1.0)).tolist()
    [[0.0], [0.25], [1.0]]
    """
    return torch.tensor(linear(colour))[:, None]


def greyish(rng: np.random.Generator, low: float, high: float, tint: float = 0.02) -> Colour:
    """A colour as streets have them: grey between `low` and `high`, hardly tinted."""
    tone = float(rng.uniform(low, high))
    warm, green = (float(v) for v in rng.normal(0, tint, 2))
    red, green, blue = np.clip([tone + warm, tone + green / 2, tone - warm], 0.02, 0.98).tolist()
    return red, green, blue


def _noise(rng: np.random.Generator) -> Tensor:
    """(_TILE + 1, _TILE + 1) in [-1, 1], detail at several scales; its last row and column are
    the first, so that it tiles.
    """
    total = torch.zeros(_TILE + 1, _TILE + 1)
    for cells, share in ((_TILE, 0.5), (_TILE // 2, 0.35), (_TILE // 4, 0.3)):
        grid = torch.from_numpy(rng.uniform(-1, 1, (cells, cells))).float()
        grid = torch.cat([torch.cat([grid, grid[:1]]), torch.cat([grid, grid[:1]])[:, :1]], 1)
        fine = interpolate(
            grid[None, None], size=(_TILE + 1, _TILE + 1), mode="bilinear", align_corners=True
        )
        total += share * fine[0, 0]
    return total.clamp(-1, 1)

"""Places: what a camera sees when nobody is there."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.paint import linear
from passerby.data.synthetic.person import Colour
from passerby.data.synthetic.seeds import stream

ROWS, COLUMNS = 720, 1280
"""Size at which a place is drawn once; crops and frames are cut from it."""

_TILE = 512

_GROUNDS: tuple[tuple[Colour, Colour], ...] = (
    ((0.62, 0.60, 0.57), (0.50, 0.48, 0.46)),
    ((0.50, 0.50, 0.52), (0.42, 0.42, 0.44)),
    ((0.68, 0.60, 0.50), (0.58, 0.50, 0.42)),
    ((0.55, 0.44, 0.38), (0.47, 0.37, 0.32)),
    ((0.74, 0.73, 0.70), (0.60, 0.60, 0.60)),
)
_WALLS: tuple[Colour, ...] = (
    (0.72, 0.66, 0.56),
    (0.58, 0.34, 0.27),
    (0.62, 0.63, 0.65),
    (0.80, 0.78, 0.72),
    (0.40, 0.44, 0.48),
    (0.66, 0.56, 0.48),
)
_THINGS: tuple[Colour, ...] = (
    (0.22, 0.24, 0.26),
    (0.55, 0.53, 0.50),
    (0.60, 0.22, 0.18),
    (0.20, 0.34, 0.28),
    (0.75, 0.62, 0.25),
    (0.25, 0.34, 0.52),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A thing on the ground: a box with a colour, metres. Green ones bear leaves."""

    x: float
    z: float
    wide: float
    deep: float
    tall: float
    colour: Colour
    leaves: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """colour (3, ROWS, COLUMNS) float32 linear light; nearness (ROWS, COLUMNS): 1 / depth."""

    colour: Tensor
    nearness: Tensor


@lru_cache(maxsize=256)
def blocks(camera: Camera, seed: int) -> tuple[Block, ...]:
    """What stands around in the camera's place; people walk around it."""
    rng = stream(seed, "blocks", camera.number)
    found = []
    for _ in range(int(rng.integers(3, 6))):
        z = float(rng.uniform(camera.near + 1.0, camera.far))
        x = float(rng.choice([-1, 1]) * rng.uniform(0.18, 0.75) * z / camera.focal)
        leaves = bool(rng.random() < 0.4)
        wide, deep = float(rng.uniform(0.12, 0.5)), float(rng.uniform(0.12, 0.4))
        if leaves:
            wide, deep = wide + 0.3, deep + 0.3
        tall = float(rng.uniform(0.45, 1.0))
        colour = _THINGS[int(rng.integers(len(_THINGS)))]
        found.append(Block(x, z, wide, deep, tall, colour, leaves))
    return tuple(found)


@lru_cache(maxsize=16)
def backdrop(camera: Camera, seed: int) -> Backdrop:
    """The empty place, lit but not yet developed into a photograph.

    >>> from passerby.data.synthetic.camera import describe_camera
    >>> backdrop(describe_camera(0, 1), 0).colour.shape
    torch.Size([3, 720, 1280])
    """
    rng = stream(seed, "place", camera.number)
    noise = _noise(rng)
    y, x = torch.meshgrid(torch.arange(ROWS) + 0.5, torch.arange(COLUMNS) + 0.5, indexing="ij")
    right = (x - COLUMNS / 2) / (camera.focal * ROWS)
    down = (y - ROWS / 2) / (camera.focal * ROWS)
    sin, cos = float(np.sin(camera.tilt)), float(np.cos(camera.tilt))
    ray = (right, -sin - down * cos, cos - down * sin)  # one metre of depth along each
    things = blocks(camera, seed)
    scene = _Scene(ray, camera, noise, things)
    scene.sky()
    scene.ground(rng)
    scene.walls(rng)
    for block in things:
        scene.block(block)
    haze = (1 - torch.exp(-scene.depth / 160))[None]
    colour = torch.lerp(scene.colour, torch.tensor(camera.sky)[:, None, None] * 0.9, haze)
    return Backdrop(colour.contiguous(), (1 / scene.depth).contiguous())


class _Scene:
    """Colour and depth so far; every thing replaces what lies behind it."""

    def __init__(
        self,
        ray: tuple[Tensor, Tensor, Tensor],
        camera: Camera,
        noise: Tensor,
        things: tuple[Block, ...],
    ) -> None:
        self.ray, self.camera, self.noise, self.things = ray, camera, noise, things
        self.depth = torch.full_like(ray[0], 400.0)
        self.colour = torch.zeros(3, *ray[0].shape)

    def put(self, depth: Tensor, where: Tensor, colour: Tensor, normal: tuple[float, ...]) -> None:
        """Show `colour` (3, n), unlit, at the pixels `where` (bool) at `depth` (n,)."""
        camera = self.camera
        sun = max(0.0, sum(a * b for a, b in zip(normal, camera.sun, strict=True)))
        sky = 0.62 + 0.38 * normal[1]
        light = torch.tensor(camera.direct) * sun + torch.tensor(camera.sky) * sky
        self.colour[:, where] = colour * light[:, None]
        self.depth[where] = depth

    def nearer(self, depth: Tensor) -> Tensor:
        return (depth > 0.3) & (depth < self.depth)

    def speckle(self, u: Tensor, v: Tensor) -> Tensor:
        """Smooth noise in [-1, 1] at (u, v), repeating every `_TILE` units."""
        u0, v0 = u.floor(), v.floor()
        fu, fv = u - u0, v - v0
        i, j = u0.long() % _TILE, v0.long() % _TILE
        k, m = (i + 1) % _TILE, (j + 1) % _TILE
        top = torch.lerp(self.noise[j, i], self.noise[j, k], fu)
        return torch.lerp(top, torch.lerp(self.noise[m, i], self.noise[m, k], fu), fv)

    def sky(self) -> None:
        glow = (self.ray[1] * 1.5 + 0.6).clamp(0, 1)
        tone = torch.tensor(self.camera.sky)[:, None, None]
        self.colour = tone * (1.15 - 0.35 * glow)

    def ground(self, rng: np.random.Generator) -> None:
        camera = self.camera
        first, second = _GROUNDS[int(rng.integers(len(_GROUNDS)))]
        depth = camera.mast / (-self.ray[1]).clamp(min=1e-4)
        where = self.nearer(depth)
        depth = depth[where]
        x, z = self.ray[0][where] * depth, self.ray[2][where] * depth
        size = float(rng.uniform(0.5, 1.2))
        brick = int(rng.integers(2))
        row = (z / size).floor()
        column = (x / size + 0.5 * brick * (row % 2)).floor()
        checker = self.speckle(column * 17.3 + row * 5.1, row * 11.7 - column * 3.3)
        share = (0.5 + 0.5 * checker).clamp(0, 1)
        colour = torch.lerp(_column(first), _column(second), share)
        fade = (1.2 / (depth * 0.12).clamp(min=1)).clamp(0, 1)
        across = ((x / size + 0.5 * brick * (row % 2)) % 1 - 0.5).abs()
        rim = 0.5 - torch.maximum(across, ((z / size) % 1 - 0.5).abs())
        joint = (rim < 0.014 / size * (0.5 + depth / 12)).float() * fade
        grain = 0.13 * self.speckle(x * 40, z * 40) * fade + 0.10 * self.speckle(x * 1.3, z * 1.3)
        colour = colour * (1 + grain) * (1 - 0.35 * joint)
        if camera.place == 1:  # grass beside a path
            edge = float(rng.uniform(1.5, 3.5)) + 0.25 * self.speckle(z * 0.9, z * 0.3)
            grass = ((x.abs() - edge) / 0.08 + 0.5).clamp(0, 1)
            blade = self.speckle(x * 55, z * 30) * fade + self.speckle(x * 2, z * 2)
            green = _column((0.30, 0.42, 0.18)) * (1 + 0.25 * blade)
            colour = torch.lerp(colour, green, grass)
        elif camera.place == 0:  # a kerb and a painted line
            line = float(rng.uniform(-4, 4))
            stripe = ((x - line + 0.12 * z).abs() < 0.07).float()
            colour = torch.lerp(colour, _column((0.85, 0.83, 0.75)), 0.6 * stripe)
        shade = torch.ones_like(x)
        for block in self.things:
            dx, dz = (x - block.x).abs() - block.wide, (z - block.z).abs() - block.deep
            far = (dx.clamp(min=0) ** 2 + dz.clamp(min=0) ** 2).sqrt()
            shade = shade * (1 - 0.45 * torch.exp(-far / 0.22))
        self.put(depth, where, colour * shade, (0.0, 1.0, 0.0))

    def walls(self, rng: np.random.Generator) -> None:
        """A front at the far end, and one on either side."""
        far = self.camera.far + float(rng.uniform(4, 12))
        if self.camera.place == 1:
            self.hedge(far, rng)
            return
        depth = far / self.ray[2].clamp(min=1e-4)
        self.front(depth, self.ray[0], (0.0, 0.0, -1.0), rng)
        for side in (-1, 1):
            # Wide enough that nobody's way leads through it.
            off = float(rng.uniform(1.0, 1.3)) * 0.889 * self.camera.far / self.camera.focal + 1.5
            depth = off / (self.ray[0] * side).clamp(min=1e-4)
            depth = torch.where(self.ray[2] * depth < far, depth, torch.inf)
            self.front(depth, self.ray[2], (-float(side), 0.0, 0.0), rng)

    def front(
        self, depth: Tensor, sideways: Tensor, normal: tuple[float, ...], rng: np.random.Generator
    ) -> None:
        """A house front: brick or plaster, windows, a door row at street level."""
        wall = _column(_WALLS[int(rng.integers(len(_WALLS)))])
        trim = _column(_WALLS[int(rng.integers(len(_WALLS)))])
        bay, floor = float(rng.uniform(2.2, 3.6)), float(rng.uniform(2.8, 3.6))
        shift, street = float(rng.uniform(0, 5)), rng.random() < 0.6
        where = self.nearer(depth)
        depth = depth[where]
        u = sideways[where] * depth + shift
        v = self.ray[1][where] * depth + self.camera.mast
        colour = wall * (1 + 0.10 * self.speckle(u * 9, v * 9) + 0.07 * self.speckle(u, v * 0.6))
        brick = ((v / 0.16) % 1 < 0.12).float() * 0.12
        colour = colour * (1 - brick)
        pane_u, pane_v = (u / bay) % 1, (v / floor) % 1
        low = 0.08 if street else 0.30
        window = (pane_u > 0.22) & (pane_u < 0.78) & (pane_v > 0.28) & (pane_v < 0.82)
        shop = (pane_u > 0.08) & (pane_u < 0.92) & (pane_v > low) & (pane_v < 0.86)
        glass = torch.where(v < floor, shop, window)
        number = (u / bay).floor() * 7.7 + (v / floor).floor() * 3.1
        tone = 0.16 + 0.14 * self.speckle(number, number * 1.7)
        reflection = tone + 0.12 * self.speckle(u * 0.8 + v, v * 1.5)
        pane = torch.stack([reflection * 0.85, reflection, reflection * 1.15]).clamp(0.02, 1)
        lit = (self.speckle(number * 2.3, number) > 0.35) & (v < floor) & street
        warm = torch.tensor([0.9, 0.72, 0.48])[:, None] * (0.55 + 0.3 * self.speckle(u * 5, v * 4))
        pane = torch.where(lit, warm.clamp(0.05, 1), pane)
        colour = torch.where(glass, pane, colour)
        mullion = ((pane_u - 0.5).abs() < 0.012) & glass
        sill = (v > floor * 0.9) & (v < floor) | mullion | (v < 0.25)
        colour = torch.where(sill, trim * (1 + 0.05 * self.speckle(u * 6, v * 6)), colour)
        colour = colour * (0.72 + 0.28 * (v / 1.2).clamp(0, 1))
        self.put(depth, where, colour, normal)

    def hedge(self, far: float, rng: np.random.Generator) -> None:
        """Bushes, and trees over them."""
        depth = far / self.ray[2].clamp(min=1e-4)
        where = self.nearer(depth)
        depth = depth[where]
        u, v = self.ray[0][where] * depth, self.ray[1][where] * depth + self.camera.mast
        leaf = self.speckle(u * 6, v * 6) + 0.7 * self.speckle(u * 1.5, v * 1.5)
        top = 3.2 + 2.2 * self.speckle(u * 0.35, u * 0.1) + 0.5 * leaf
        solid = v < top
        green = _column((0.20, 0.30, 0.13)) * (1 + 0.55 * leaf).clamp(0.15, 2)
        trunk = ((u / 3.7 + float(rng.uniform(0, 1))) % 1 < 0.05) & (v < 2.6)
        colour = torch.where(trunk, _column((0.26, 0.20, 0.15)), green)
        inner = where.clone()
        inner[where] = solid
        self.put(depth[solid], inner, colour[:, solid], (0.0, 0.35, -0.9))

    def block(self, block: Block) -> None:
        """A box, by its three faces that the camera may see."""
        camera, (rx, ry, rz) = self.camera, self.ray
        side = -1.0 if block.x > 0 else 1.0
        faces = (
            ((block.z - block.deep) / rz.clamp(min=1e-4), (0.0, 0.0, -1.0)),
            (
                (block.x + side * block.wide) / torch.where(rx.abs() < 1e-4, 1e-4, rx),
                (side, 0.0, 0.0),
            ),
            ((block.tall - camera.mast) / torch.where(ry.abs() < 1e-4, -1e-4, ry), (0.0, 1.0, 0.0)),
        )
        for depth, normal in faces:
            x, z = rx * depth, rz * depth
            y = ry * depth + camera.mast
            inside = (x - block.x).abs() <= block.wide + 1e-4
            inside &= (
                ((z - block.z).abs() <= block.deep + 1e-4) & (y >= 0) & (y <= block.tall + 1e-4)
            )
            where = inside & self.nearer(depth)
            u, v = (x + z)[where], y[where]
            grain = 0.12 * self.speckle(u * 30, v * 30) + 0.08 * self.speckle(u * 5, v * 5)
            colour = _column(block.colour) * (1 + grain)
            colour = colour * (1 - 0.25 * ((v - block.tall).abs() < 0.05).float())
            if block.leaves:
                leaf = self.speckle(u * 22 + z[where] * 13, v * 22) + 0.5 * self.speckle(
                    u * 7, v * 7
                )
                green = _column((0.24, 0.36, 0.15)) * (1 + 0.6 * leaf).clamp(0.2, 2)
                colour = torch.where(v > 0.35, green, colour)
            colour = colour * (0.6 + 0.4 * (v / 0.5).clamp(0, 1))
            self.put(depth[where], where, colour, normal)


def _column(colour: Colour) -> Tensor:
    return torch.tensor(linear(colour))[:, None]


def _noise(rng: np.random.Generator) -> Tensor:
    """(_TILE, _TILE) in [-1, 1], with detail at several scales; it tiles."""
    total = torch.zeros(_TILE, _TILE)
    for cells, share in ((_TILE, 0.5), (_TILE // 2, 0.35), (_TILE // 4, 0.3)):
        grid = torch.from_numpy(rng.uniform(-1, 1, (cells, cells))).float()
        grid = torch.cat([torch.cat([grid, grid[:1]]), torch.cat([grid, grid[:1]])[:, :1]], 1)
        fine = interpolate(
            grid[None, None], size=(_TILE + 1, _TILE + 1), mode="bilinear", align_corners=True
        )
        total += share * fine[0, 0, :_TILE, :_TILE]
    return total.clamp(-1, 1)

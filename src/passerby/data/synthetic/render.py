"""People in a place, as a camera sees them: linear light, and who is at which pixel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, interpolate

from passerby.data.synthetic.body import body_mesh
from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.gait import walking_pose
from passerby.data.synthetic.mesh import Mesh
from passerby.data.synthetic.paint import base_colours, paint
from passerby.data.synthetic.parts import PARTS, Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.place import COLUMNS, ROWS, backdrop
from passerby.data.synthetic.raster import covered, rasterise

_OVERSAMPLE = 2


@dataclass(frozen=True, slots=True)
class Walker:
    """A person at a moment: x, z in metres of the place, heading in radians (0 walks away from
    the camera, pi towards it, pi / 2 to the right), phase of the walking cycle 0 to 1.
    """

    person: Person
    x: float
    z: float
    heading: float
    phase: float


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a camera's picture to render; ROWS x COLUMNS pixels are the whole of it."""

    left: float = 0.0
    top: float = 0.0
    right: float = COLUMNS
    bottom: float = ROWS


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """colour: (3, H, W) float32 linear light, not yet developed
    owners: (2 H, 2 W) int64, index of the walker at each half pixel, -1 for the place
    visible: (N,) float64, the share of each walker's pixels that nothing hides
    """

    colour: Tensor
    owners: Tensor
    visible: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A walker in space and on the picture.

    mesh:   the body, in its own metres; points, normals: (V, 3) in the place
    pixels: (V, 2) in a ROWS x COLUMNS picture; nearness: (V,) one over depth
    shadow: (V, 2), the pixels of the shadow on the ground
    """

    walker: Walker
    mesh: Mesh
    normals: np.ndarray
    pixels: np.ndarray
    nearness: np.ndarray
    shadow: np.ndarray

    @property
    def box(self) -> np.ndarray:
        """(4,) xyxy around the whole body, pixels of a ROWS x COLUMNS picture."""
        return np.concatenate([self.pixels.min(0), self.pixels.max(0)])


def figure(walker: Walker, camera: Camera) -> Figure:
    """Pose a walker and look at it through a camera."""
    mesh = body_mesh(walker.person, walking_pose(walker.person.gait, walker.phase))
    sin, cos = math.sin(walker.heading), math.cos(walker.heading)
    turn = np.array([[-cos, 0, sin], [0, 1, 0], [sin, 0, cos]])  # left, up, ahead in the place
    points = mesh.points @ turn + np.array([walker.x, 0.0, walker.z])
    pixels, nearness = camera.project(points, ROWS, COLUMNS)
    sun = np.array(camera.sun)
    flat = points - points[:, 1:2] * (sun / max(sun[1], 0.35))
    flat[:, 1] = 0.0
    shadow = camera.project(flat, ROWS, COLUMNS)[0]
    return Figure(walker, mesh, mesh.normals @ turn, pixels, nearness, shadow)


def render(
    figures: Sequence[Figure],
    camera: Camera,
    seed: int,
    height: int,
    width: int,
    window: Window | None = None,
) -> Rendered:
    """Figures before their place, `window` of the picture scaled to (height, width).

    Deterministic: the result depends on nothing but the arguments.
    """
    window = window or Window()
    colour, nearness = _behind(camera, seed, height, width, window)
    colour = _with_shadows(colour, nearness, figures, camera, window)
    high, wide = height * _OVERSAMPLE, width * _OVERSAMPLE
    owners = torch.full((high * wide,), -1, dtype=torch.int64)
    if not figures:
        return Rendered(colour, owners.view(high, wide), np.zeros(0))
    soup = _soup(figures)
    corners = _corners(_to_window(soup.pixels, window, high, wide), soup.triangles)
    seen = rasterise(corners, _corners(soup.nearness, soup.triangles), high, wide)

    # What stands in front of the people hides them.
    row = torch.div(seen.pixels, wide, rounding_mode="floor")
    place = (row // _OVERSAMPLE) * width + (seen.pixels - row * wide) // _OVERSAMPLE
    corner = soup.triangles.index_select(0, seen.triangles).T.contiguous()  # (3, P)
    near = seen.between(*(soup.nearness.index_select(0, one) for one in corner))
    open_to_view = near > nearness.reshape(-1).index_select(0, place)
    owner = soup.owners.index_select(0, seen.triangles)
    owners[seen.pixels] = torch.where(open_to_view, owner, -1)
    visible = _visibility(owner, open_to_view, figures, corners, soup, high, wide)

    values = seen.between(
        *(soup.values.index_select(0, one) for one in corner)
    ).T.contiguous()  # (6, P)
    light = _shade(values, soup.parts.index_select(0, seen.triangles), owner, figures, camera)
    light *= open_to_view[:, None]
    colour = _laid_over(colour, place, light, open_to_view)
    return Rendered(colour, owners.view(high, wide), visible)


def _laid_over(colour: Tensor, place: Tensor, light: Tensor, shown: Tensor) -> Tensor:
    """`colour` (3, H, W) behind the mean of the half pixels `light` (P, 3) at pixels `place`."""
    if not len(place):
        return colour
    width = colour.shape[2]
    top, bottom = int(place.min()) // width, int(place.max()) // width + 1
    layer = torch.zeros((bottom - top) * width, 4)
    layer.index_add_(0, place - top * width, torch.cat([light, shown[:, None].float()], 1))
    layer = (layer.T / _OVERSAMPLE**2).view(4, bottom - top, width)
    colour = colour.clone()
    colour[:, top:bottom] *= 1 - layer[3:]
    colour[:, top:bottom] += layer[:3]
    return colour


@dataclass(frozen=True, slots=True, eq=False)
class _Soup:
    """The triangles of all figures in one list."""

    pixels: Tensor
    nearness: Tensor
    values: Tensor  # (V, 6): normal, around, along, openness
    triangles: Tensor
    parts: Tensor
    owners: Tensor


def _soup(figures: Sequence[Figure]) -> _Soup:
    offsets = np.cumsum([0, *(len(f.pixels) for f in figures)])
    values = [
        np.column_stack([f.normals, f.mesh.around, f.mesh.along, f.mesh.openness]) for f in figures
    ]
    triangles = [f.mesh.triangles + o for f, o in zip(figures, offsets[:-1], strict=True)]
    owners = np.repeat(np.arange(len(figures)), [len(f.mesh.triangles) for f in figures])
    return _Soup(
        pixels=torch.from_numpy(np.concatenate([f.pixels for f in figures])).float(),
        nearness=torch.from_numpy(np.concatenate([f.nearness for f in figures])).float(),
        values=torch.from_numpy(np.concatenate(values)).float(),
        triangles=torch.from_numpy(np.concatenate(triangles)),
        parts=torch.from_numpy(np.concatenate([f.mesh.parts for f in figures])),
        owners=torch.from_numpy(owners),
    )


def _corners(values: Tensor, triangles: Tensor) -> Tensor:
    """Values (V, ...) of vertices as (T, 3, ...) of corners."""
    return values.index_select(0, triangles.view(-1)).view(len(triangles), 3, *values.shape[1:])


def _to_window(pixels: Tensor, window: Window, height: int, width: int) -> Tensor:
    scale = pixels.new_tensor(
        [width / (window.right - window.left), height / (window.bottom - window.top)]
    )
    return (pixels - pixels.new_tensor([window.left, window.top])) * scale


def _behind(
    camera: Camera, seed: int, height: int, width: int, window: Window
) -> tuple[Tensor, Tensor]:
    """The empty place in the window: colour (3, H, W) and nearness (H, W)."""
    if window == Window():
        return _whole(camera, seed, height, width)
    scene = backdrop(camera, seed)
    x = window.left + (torch.arange(width) + 0.5) * ((window.right - window.left) / width)
    y = window.top + (torch.arange(height) + 0.5) * ((window.bottom - window.top) / height)
    grid_y, grid_x = torch.meshgrid(y * (2 / ROWS) - 1, x * (2 / COLUMNS) - 1, indexing="ij")
    colour = grid_sample(
        scene.colour[None],
        torch.stack([grid_x, grid_y], -1)[None],
        padding_mode="reflection",
        align_corners=False,
    )[0]
    rows, columns = y.long().clamp(0, ROWS - 1), x.long().clamp(0, COLUMNS - 1)
    return colour, scene.nearness[rows[:, None], columns]


@lru_cache(maxsize=16)
def _whole(camera: Camera, seed: int, height: int, width: int) -> tuple[Tensor, Tensor]:
    scene = backdrop(camera, seed)
    colour = interpolate(scene.colour[None], size=(height, width), mode="area")[0]
    return colour, interpolate(scene.nearness[None, None], size=(height, width))[0, 0]


def _with_shadows(
    colour: Tensor, nearness: Tensor, figures: Sequence[Figure], camera: Camera, window: Window
) -> Tensor:
    """Where people keep sun and sky from the ground."""
    if not figures:
        return colour
    height, width = colour.shape[1:]
    high, wide = height // 2, width // 2
    mask = torch.zeros(high, wide, dtype=torch.bool)
    for one in figures:
        flat = _to_window(torch.from_numpy(one.shadow).float(), window, high, wide)
        mask |= covered(_corners(flat, torch.from_numpy(one.mesh.triangles)), high, wide)
    # Only the ground takes shadows: its nearness is known for every row.
    row = window.top + (torch.arange(high) + 0.5) * ((window.bottom - window.top) / high)
    down = (row - ROWS / 2) / (camera.focal * ROWS)
    ground = (math.sin(camera.tilt) + down * math.cos(camera.tilt)) / camera.mast
    mask &= nearness[: high * 2 : 2, : wide * 2 : 2] < ground[:, None] * 1.03
    mask = mask.float().view(1, 1, high, wide)
    mask = avg_pool2d(mask, 3, 1, 1, count_include_pad=False)
    mask = interpolate(mask, size=(height, width), mode="bilinear", align_corners=False)[0]
    direct, sky = torch.tensor(camera.direct) * camera.sun[1], torch.tensor(camera.sky)
    loss = (direct / (direct + sky))[:, None, None]
    shade = 1 - loss * mask
    for one in figures:
        _contact(shade, one, camera, window)
    return colour * shade


def _contact(shade: Tensor, one: Figure, camera: Camera, window: Window) -> None:
    """The soft dark spot beneath a body that every light leaves; multiplies `shade` in place."""
    height, width = shade.shape[1:]
    middle = np.array([[one.walker.x, 0.0, one.walker.z]])
    ring = middle + np.array([[0.0, 0, 0], [0.55, 0, 0], [0, 0, 0.55]])
    at = camera.project(ring, ROWS, COLUMNS)[0]
    spots = _to_window(torch.from_numpy(at).float(), window, height, width)
    (cx, cy), rx, ry = spots[0].tolist(), *(spots[1:] - spots[0]).abs().amax(1).tolist()
    left, right = max(0, int(cx - 2 * rx)), min(width, int(cx + 2 * rx) + 1)
    top, bottom = max(0, int(cy - 2 * ry)), min(height, int(cy + 2 * ry) + 1)
    if left >= right or top >= bottom:
        return
    x = ((torch.arange(left, right) + 0.5 - cx) / rx).square()
    y = ((torch.arange(top, bottom) + 0.5 - cy) / ry).square()
    shade[:, top:bottom, left:right] *= 1 - 0.5 * torch.exp(-2.2 * (y[:, None] + x))


def _visibility(
    owner: Tensor,
    open_to_view: Tensor,
    figures: Sequence[Figure],
    corners: Tensor,
    soup: _Soup,
    height: int,
    width: int,
) -> np.ndarray:
    shown = torch.bincount(owner[open_to_view], minlength=len(figures)).numpy()
    if len(figures) == 1:
        alone = [len(owner)]
    else:
        mine = [soup.owners == number for number in range(len(figures))]
        alone = [int(covered(corners[one], height, width).sum()) for one in mine]
    return shown / np.maximum(np.array(alone), 1)


# How much cloth creases, by part.
_CREASES = torch.zeros(PARTS)
for _part, _depth in (
    (Part.TORSO, 0.30), (Part.SLEEVE, 0.34), (Part.PELVIS, 0.2), (Part.LEG, 0.26),
    (Part.SKIRT, 0.15), (Part.BAG, 0.12), (Part.COLLAR, 0.1),
):  # fmt: skip
    _CREASES[_part] = _depth


def _shade(
    values: Tensor, parts: Tensor, owner: Tensor, figures: Sequence[Figure], camera: Camera
) -> Tensor:
    """Light that leaves the body at P points towards the camera: (P, 3)."""
    right, upward, ahead, around, along, openness = values
    table = torch.cat([base_colours(f.walker.person) for f in figures])
    colours = table.index_select(0, owner * PARTS + parts)
    for number, one in enumerate(figures):
        if len(figures) == 1:
            paint(colours, parts, around, along, one.walker.person)
            break
        mine = (owner == number).nonzero()[:, 0]
        own = colours[mine]
        paint(own, parts[mine], around[mine], along[mine], one.walker.person)
        colours[mine] = own
    crease = torch.sin(along * 62 + 3.0 * torch.sin(around * 2.3 + along * 17))
    crease = crease * torch.sin(around * 3.1 + along * 9) * _CREASES.index_select(0, parts)
    up = upward + crease
    length = (right * right + up * up + ahead * ahead).clamp(min=1e-9).rsqrt()
    x, y, z = camera.sun
    facing = (right * x + up * y + ahead * z) * length
    sun = ((facing + 0.15) / 1.15).clamp(min=0) * (0.35 + 0.65 * openness)
    sky = (0.66 + 0.34 * up * length) * openness
    direct, ambient = torch.tensor(camera.direct), torch.tensor(camera.sky)
    return colours * (sun[:, None] * direct + sky[:, None] * ambient)

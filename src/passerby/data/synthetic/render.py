"""People in a place, as a camera sees them: linear light, and who is at which pixel."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Figure, Walker, Window, at_corners, figure, to_window
from passerby.data.synthetic.modalities import LAMPS, Modality
from passerby.data.synthetic.place import COLUMNS, ROWS, backdrop
from passerby.data.synthetic.raster import covered, rasterise
from passerby.data.synthetic.shading import albedo, shade
from passerby.data.synthetic.shadows import with_shadows

__all__ = ["Figure", "Rendered", "Walker", "Window", "figure", "render"]

_OVERSAMPLE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """colour: (3, H, W) float32 linear light, not yet developed
    owners: (2 H, 2 W) int64, index of the walker at each half pixel, -1 for the place
    visible: (N,) float64, the share of each walker's pixels that nothing hides
    parts:   (2 H, 2 W) uint8, 0 for the place, else one more than the `Part`; asked for by `truth`
    nearness: (2 H, 2 W) float32, one over depth, of people and place; asked for by `truth`
    """

    colour: Tensor
    owners: Tensor
    visible: np.ndarray
    parts: Tensor | None = None
    nearness: Tensor | None = None


def render(
    figures: Sequence[Figure],
    camera: Camera,
    seed: int,
    height: int,
    width: int,
    window: Window | None = None,
    *,
    modality: Modality = "visible",
    truth: bool = False,
) -> Rendered:
    """Figures before their place, `window` of the picture scaled to (height, width).

    modality: what the camera is sensitive to; "sketch" and "low" see as "visible" does
    truth:    the maps of parts and nearness too

    Deterministic: the result depends on nothing but the arguments.
    """
    window = window or Window()
    colour, nearness = _behind(camera, seed, height, width, window)
    if modality in LAMPS:
        colour = LAMPS[modality].place(colour, nearness, camera)
    else:
        colour = with_shadows(colour, nearness, figures, camera, window)
    high, wide = height * _OVERSAMPLE, width * _OVERSAMPLE
    owners = torch.full((high * wide,), -1, dtype=torch.int64)
    maps = _Maps(nearness) if truth else None
    if not figures:
        return Rendered(colour, owners.view(high, wide), np.zeros(0), *_shaped(maps))
    soup = _soup(figures)
    corners = at_corners(to_window(soup.pixels, window, high, wide), soup.triangles)
    seen = rasterise(corners, at_corners(soup.nearness, soup.triangles), high, wide)

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
    parts = soup.parts.index_select(0, seen.triangles)
    if maps is not None:
        maps.add(seen.pixels[open_to_view], parts[open_to_view], near[open_to_view])
    colours = albedo(parts, owner, values[3], values[4], figures)
    if modality in LAMPS:
        light = LAMPS[modality].body(colours, values, parts, owner, near, figures, camera)
    else:
        light = shade(colours, values, parts, camera)
    light *= open_to_view[:, None]
    colour = _laid_over(colour, place, light, open_to_view)
    return Rendered(colour, owners.view(high, wide), visible, *_shaped(maps))


class _Maps:
    """Part and nearness at each half pixel."""

    def __init__(self, nearness: Tensor) -> None:
        twice = nearness.repeat_interleave(_OVERSAMPLE, 0).repeat_interleave(_OVERSAMPLE, 1)
        self.nearness, self.parts = twice, torch.zeros(twice.shape, dtype=torch.uint8)

    def add(self, pixels: Tensor, parts: Tensor, near: Tensor) -> None:
        self.parts.view(-1)[pixels] = (parts + 1).to(torch.uint8)
        self.nearness.view(-1)[pixels] = near


def _shaped(maps: _Maps | None) -> tuple[Tensor | None, Tensor | None]:
    return (None, None) if maps is None else (maps.parts, maps.nearness)


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

"""People in places, as cameras see them: linear light, and who is at which pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from passerby.data.synthetic.behind import behind
from passerby.data.synthetic.bodies import Bodies, bodies
from passerby.data.synthetic.figure import Figure, Walker, Window, figure
from passerby.data.synthetic.modalities import LAMPS, Modality
from passerby.data.synthetic.owned import Owned
from passerby.data.synthetic.raster import covered, rasterise
from passerby.data.synthetic.shading import albedo, shade
from passerby.data.synthetic.shadows import with_shadows
from passerby.data.synthetic.sizes import Sizes
from passerby.data.synthetic.upload import Device
from passerby.data.synthetic.view import View

__all__ = ["Figure", "Rendered", "View", "Walker", "Window", "figure", "render", "visibility"]

_OVERSAMPLE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """What B views show, each in the corner of a canvas (H, W) that holds the largest.

    colour: (B, 3, H, W) float32 linear light, not yet developed
    owners: (B, 2 H, 2 W) int64, index of the view's walker at each half pixel, -1 for the place
    sizes:  of the views
    bodies: everybody in them, None when nobody is
    parts:  (B, 2 H, 2 W) uint8, 0 for the place, else one more than the `Part`; by `truth`
    nearness: (B, 2 H, 2 W) float32, one over depth, of people and place; by `truth`
    """

    colour: Tensor
    owners: Tensor
    sizes: Sizes
    bodies: Bodies | None
    parts: Tensor | None = None
    nearness: Tensor | None = None


def render(
    views: Sequence[View],
    device: Device = "cpu",
    *,
    modality: Modality = "visible",
    truth: bool = False,
) -> Rendered:
    """Many views in one pass over tensors on `device`, which may differ in everything.

    modality: what the cameras are sensitive to; "sketch" and "low" see as "visible" does
    truth:    the maps of parts and nearness too

    What a view shows does not depend on the others. Which triangle a pixel shows is the same on all
    devices; its light differs by rounding alone.

    >>> from passerby.data.synthetic.camera import describe_camera
    >>> empty = View((), describe_camera(0, 1), seed=0, height=9, width=16)
    >>> render([empty, empty]).colour.shape
    torch.Size([2, 3, 9, 16])
    """
    sizes = Sizes([view.size for view in views], device)
    cameras = [view.camera for view in views]
    drawn = bodies(views, device)
    colour, nearness = behind(views, sizes)
    if modality in LAMPS:
        colour = LAMPS[modality].place(colour, nearness, cameras)
    else:
        colour = with_shadows(colour, nearness, views, drawn, sizes)
    count, halves = len(views), sizes.map(lambda length: length * _OVERSAMPLE)
    owners = torch.full(
        (count, halves.high, halves.wide), -1, dtype=torch.int64, device=colour.device
    )
    maps = _Maps(nearness) if truth else None
    if drawn is None:
        return Rendered(colour, owners, sizes, drawn, *_shaped(maps))
    seen = rasterise(
        drawn.at_corners(drawn.x) * _OVERSAMPLE, drawn.at_corners(drawn.y) * _OVERSAMPLE,
        drawn.at_corners(drawn.nearness), drawn.views, halves,
    )  # fmt: skip

    # What stands in front of the people hides them.
    place = (seen.pictures * sizes.high + (seen.rows // _OVERSAMPLE)) * sizes.wide
    place = place + seen.columns // _OVERSAMPLE
    corner = drawn.triangles.index_select(1, seen.triangles)  # (3, P)
    near = seen.between(*(drawn.nearness.index_select(0, one) for one in corner))
    open_to_view = near > nearness.reshape(-1).index_select(0, place)
    owner = drawn.figures.index_select(0, seen.triangles)
    pixel = (seen.pictures * halves.high + seen.rows) * halves.wide + seen.columns
    first = drawn.firsts.index_select(0, seen.pictures)  # of the view's own figures
    owners.view(-1)[pixel] = torch.where(open_to_view, owner - first, -1)

    values = seen.between(
        *(drawn.values.index_select(0, one) for one in corner)
    ).T.contiguous()  # (6, P)
    parts = drawn.parts.index_select(0, seen.triangles)
    if maps is not None:
        maps.add(pixel[open_to_view], parts[open_to_view], near[open_to_view])
    who = Owned([one.walker.person for view in views for one in view.figures], owner)
    by = Owned(cameras, seen.pictures)
    colours = albedo(parts, values[3], values[4], who)
    if modality in LAMPS:
        light = LAMPS[modality].body(colours, values, parts, near, who, by)
    else:
        light = shade(colours, values, parts, by)
    light *= open_to_view[:, None]
    quarter = (seen.rows % _OVERSAMPLE) * _OVERSAMPLE + seen.columns % _OVERSAMPLE
    colour = _laid_over(colour, place * _OVERSAMPLE**2 + quarter, light, open_to_view)
    return Rendered(colour, owners, sizes, drawn, *_shaped(maps))


def visibility(seen: Rendered) -> Tensor:
    """The share of each walker's pixels that nothing hides, view after view: (F,) float32."""
    drawn, sizes = seen.bodies, seen.sizes
    if drawn is None:
        return torch.zeros(0, device=seen.owners.device)
    count = len(drawn.view_of)
    first = drawn.firsts[:, None, None]
    own = torch.where(seen.owners >= 0, seen.owners + first, count).view(-1)
    shown = torch.bincount(own, minlength=count + 1)[:count]
    each = [sizes.each[view] for view in drawn.view_of]
    alone = covered(
        drawn.at_corners(drawn.x) * _OVERSAMPLE, drawn.at_corners(drawn.y) * _OVERSAMPLE,
        drawn.figures, Sizes(each, sizes.device).map(lambda length: length * _OVERSAMPLE),
    )  # fmt: skip
    return shown / alone.sum((1, 2)).clamp(min=1)


class _Maps:
    """Part and nearness at each half pixel."""

    def __init__(self, nearness: Tensor) -> None:
        twice = nearness.repeat_interleave(_OVERSAMPLE, 1).repeat_interleave(_OVERSAMPLE, 2)
        self.nearness = twice
        self.parts = torch.zeros(twice.shape, dtype=torch.uint8, device=twice.device)

    def add(self, pixels: Tensor, parts: Tensor, near: Tensor) -> None:
        self.parts.view(-1)[pixels] = (parts + 1).to(torch.uint8)
        self.nearness.view(-1)[pixels] = near


def _shaped(maps: _Maps | None) -> tuple[Tensor | None, Tensor | None]:
    return (None, None) if maps is None else (maps.parts, maps.nearness)


def _laid_over(colour: Tensor, place: Tensor, light: Tensor, shown: Tensor) -> Tensor:
    """`colour` (B, 3, H, W) behind the means of half pixels `light` (P, 3), four to a pixel.

    place: (P,) int64, four times the pixel's number, and which of its half pixels
    """
    count, _, high, wide = colour.shape
    # Each half pixel has a place of its own: sums of fixed order are the same on every run.
    layer = torch.zeros(count * high * wide * _OVERSAMPLE**2, 4, device=colour.device)
    layer.index_copy_(0, place, torch.cat([light, shown[:, None].float()], 1))
    layer = layer.view(-1, _OVERSAMPLE**2, 4)
    layer = (layer[:, 0] + layer[:, 1] + (layer[:, 2] + layer[:, 3])) / _OVERSAMPLE**2
    layer = layer.view(count, -1, 4).transpose(1, 2).reshape(count, 4, high, wide)
    return colour * (1 - layer[:, 3:]) + layer[:, :3]

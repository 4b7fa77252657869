"""The empty places behind the people of a batch of views, cut from backdrops on the device."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Window
from passerby.data.synthetic.place import COLUMNS, ROWS, Backdrop, backdrop
from passerby.data.synthetic.sizes import Sizes, taken
from passerby.data.synthetic.upload import upload
from passerby.data.synthetic.view import View


def behind(views: Sequence[View], sizes: Sizes) -> tuple[Tensor, Tensor]:
    """The empty places: colour (B, 3, H, W) and nearness (B, H, W).

    Each backdrop is drawn once, by the host, and stays on the device.
    """
    groups: dict[tuple[Camera, int, tuple[int, int] | None], list[int]] = {}
    for number, view in enumerate(views):
        # A whole frame has all pixels of the backdrop in each of its own, not those nearest alone.
        whole = view.size if view.window == Window() else None
        groups.setdefault((view.camera, view.seed, whole), []).append(number)
    if len(groups) == 1 and views[0].window == Window():
        colour, nearness = _whole(views[0], str(sizes.device))
        return colour.expand(len(views), -1, -1, -1), nearness.expand(len(views), -1, -1)
    windows = [view.window for view in views]
    x = _places([w.left for w in windows], [w.right for w in windows], sizes.columns,
                sizes.own_columns())  # fmt: skip
    y = _places([w.top for w in windows], [w.bottom for w in windows], sizes.rows, sizes.own_rows())
    if len(groups) == 1:
        return _cut(views[0], x, y)
    colour = torch.empty(len(views), 3, sizes.high, sizes.wide, device=sizes.device)
    nearness = torch.empty(len(views), sizes.high, sizes.wide, device=sizes.device)
    for (_, _, whole), numbers in groups.items():
        one, which = views[numbers[0]], upload(numbers, sizes.device)
        if whole is None:
            colour[which], nearness[which] = _cut(one, x[which], y[which])
        else:
            seen = _whole(one, str(sizes.device))
            colour[which, :, : one.height, : one.width] = seen[0]
            nearness[which, : one.height, : one.width] = seen[1]
    return colour, nearness


def _places(low: list[float], high: list[float], counts: Tensor, pixels: Tensor) -> Tensor:
    """Where in the backdrop the middles of `pixels` (B, n) lie, of windows from `low` to `high`."""
    first, last = upload([low, high], counts.device)
    return first[:, None] + (pixels + 0.5) * ((last - first) / counts)[:, None]


def _cut(view: View, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """One camera's place at columns x (B, W) and rows y (B, H)."""
    scene = _kept(view.camera, view.seed, str(x.device))
    count, high, wide = len(x), y.shape[1], x.shape[1]
    across = (x * (2 / COLUMNS) - 1)[:, None, :].expand(-1, high, -1)
    down = (y * (2 / ROWS) - 1)[:, :, None].expand(-1, -1, wide)
    colour = grid_sample(
        scene.colour[None].expand(count, -1, -1, -1),
        torch.stack([across, down], -1),
        padding_mode="reflection",
        align_corners=False,
    )
    rows, columns = y.long().clamp(0, ROWS - 1), x.long().clamp(0, COLUMNS - 1)
    nearness = scene.nearness[None, None].expand(count, -1, -1, -1)
    return colour, taken(nearness, rows, columns)[:, 0]


@lru_cache(maxsize=64)
def _kept(camera: Camera, seed: int, device: str) -> Backdrop:
    """A backdrop on a device."""
    scene = backdrop(camera, seed)
    return Backdrop(scene.colour.to(device), scene.nearness.to(device))


def _whole(view: View, device: str) -> tuple[Tensor, Tensor]:
    return _shrunk(view.camera, view.seed, view.size, device)


@lru_cache(maxsize=16)
def _shrunk(camera: Camera, seed: int, size: tuple[int, int], device: str) -> tuple[Tensor, Tensor]:
    scene = _kept(camera, seed, device)
    colour = interpolate(scene.colour[None], size=size, mode="area")
    return colour, interpolate(scene.nearness[None, None], size=size)[:, 0]

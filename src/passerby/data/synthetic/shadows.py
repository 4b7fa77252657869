"""Shadows that people throw on the ground."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Figure, Window, at_corners, to_window
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.raster import covered


def with_shadows(
    colour: Tensor, nearness: Tensor, figures: Sequence[Figure], camera: Camera, window: Window
) -> Tensor:
    """Where people keep sun and sky from the ground."""
    if not figures:
        return colour
    height, width = colour.shape[1:]
    high, wide = height // 2, width // 2
    mask = torch.zeros(high, wide, dtype=torch.bool)
    for one in figures:
        flat = to_window(torch.from_numpy(one.shadow).float(), window, high, wide)
        mask |= covered(at_corners(flat, torch.from_numpy(one.mesh.triangles)), high, wide)
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
    spots = to_window(torch.from_numpy(at).float(), window, height, width)
    (cx, cy), rx, ry = spots[0].tolist(), *(spots[1:] - spots[0]).abs().amax(1).tolist()
    left, right = max(0, int(cx - 2 * rx)), min(width, int(cx + 2 * rx) + 1)
    top, bottom = max(0, int(cy - 2 * ry)), min(height, int(cy + 2 * ry) + 1)
    if left >= right or top >= bottom:
        return
    x = ((torch.arange(left, right) + 0.5 - cx) / rx).square()
    y = ((torch.arange(top, bottom) + 0.5 - cy) / ry).square()
    shade[:, top:bottom, left:right] *= 1 - 0.5 * torch.exp(-2.2 * (y[:, None] + x))

"""Shadows that people throw on the ground."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from passerby.data.synthetic.bodies import Bodies
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.raster import covered
from passerby.data.synthetic.sizes import Sizes, resampled
from passerby.data.synthetic.upload import upload
from passerby.data.synthetic.view import View


def with_shadows(
    colour: Tensor, nearness: Tensor, views: Sequence[View], drawn: Bodies | None, sizes: Sizes
) -> Tensor:
    """Places (B, 3, H, W) where people keep sun and sky from the ground.

    nearness: (B, H, W), one over depth; drawn: the bodies of everybody in the views
    """
    if drawn is None:
        return colour
    device = colour.device
    halves = sizes.map(lambda length: length // 2)
    # Drawn at half the size: shadows have soft borders.
    half = upload([[(h // 2) / h, (w // 2) / w] for h, w in sizes.each], device)
    down, across = half.index_select(0, drawn.views).T
    x, y = drawn.at_corners(drawn.shadow_x), drawn.at_corners(drawn.shadow_y)
    mask = covered(x * across, y * down, drawn.views, halves)
    # Only the ground takes shadows: its nearness is known for every row.
    row = upload([_rows(view) for view in views], device)  # (B, 2)
    count = torch.arange(halves.high, device=device) + 0.5
    mask &= (
        nearness[:, : halves.high * 2 : 2, : halves.wide * 2 : 2]
        < ((row[:, :1] + row[:, 1:] * count)[:, :, None])
    )
    soft = _softened(mask[:, None].float(), halves)
    soft = resampled(soft, halves, sizes)
    loss = upload([_loss(view) for view in views], device)[:, :, None, None]
    return colour * ((1 - loss * soft) * _contacts(views, sizes))


def _rows(view: View) -> tuple[float, float]:
    """Nearness of the ground in rows of half the view's size, with some room: its line."""
    camera, window = view.camera, view.window
    step = (window.bottom - window.top) / (view.height // 2)
    scale = 1 / (camera.focal * ROWS)
    sin, cos, room = math.sin(camera.tilt), math.cos(camera.tilt), 1.03 / camera.mast
    first = (window.top - ROWS / 2) * scale
    return room * (sin + first * cos), room * step * scale * cos


def _loss(view: View) -> list[float]:
    """What share of red, green and blue a shadow takes away."""
    direct = np.array(view.camera.direct) * view.camera.sun[1]
    return (direct / (direct + np.array(view.camera.sky))).tolist()


def _softened(mask: Tensor, sizes: Sizes) -> Tensor:
    """Means of 3 x 3 pixels of (B, 1, H, W); those beyond the edge are left out."""
    if sizes.equal:
        return avg_pool2d(mask, 3, 1, 1, count_include_pad=False)
    own = sizes.mask()
    sums, counts = (avg_pool2d(one, 3, 1, 1) for one in (mask * own, own.float()))
    return sums / counts.clamp(min=1 / 9)


def _contacts(views: Sequence[View], sizes: Sizes) -> Tensor:
    """What soft dark spots beneath bodies leave of every light: (B, 1, H, W)."""
    spots = [[_spot(view, one.walker.x, one.walker.z) for one in view.figures] for view in views]
    most = max(len(some) for some in spots)
    # As many for everybody; a spot that is nowhere darkens nothing.
    numbers = upload([some + [_NOWHERE] * (most - len(some)) for some in spots], sizes.device)
    middle_x, middle_y, wide, high = numbers.unbind(-1)  # (B, most)
    bells = []
    for middle, radius, length in ((middle_y, high, sizes.high), (middle_x, wide, sizes.wide)):
        place = torch.arange(length, device=sizes.device) + 0.5
        off = (place - middle[..., None]) / radius[..., None]
        bells.append(torch.exp(-2.2 * off.square()))  # (B, most, length)
    left = 1 - 0.5 * bells[0][..., None] * bells[1][:, :, None, :]
    return left.prod(1, keepdim=True)


_NOWHERE = (-1e6, -1e6, 1.0, 1.0)


def _spot(view: View, x: float, z: float) -> tuple[float, float, float, float]:
    """Middle and radii, right and down, in pixels of the view, of the spot around (x, z)."""
    window = view.window
    ring = np.array([[x, 0.0, z], [x + 0.55, 0.0, z], [x, 0.0, z + 0.55]])
    at = view.camera.project(ring, ROWS, COLUMNS)[0] - [window.left, window.top]
    at *= [view.width / (window.right - window.left), view.height / (window.bottom - window.top)]
    wide, high = np.abs(at[1:] - at[0]).max(1).tolist()
    middle_x, middle_y = at[0].tolist()
    return middle_x, middle_y, max(wide, 1e-3), max(high, 1e-3)

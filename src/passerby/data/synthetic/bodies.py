"""All bodies of a batch as one list of triangles, on the device that renders."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from passerby.data.synthetic.figure import Figure
from passerby.data.synthetic.mesh import ANGLES, SECTORS
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.upload import Device, upload
from passerby.data.synthetic.view import View

_CORNERS = SECTORS + 1


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """The V vertices and T triangles of all figures of a batch of views.

    x, y:      (V,) float32, pixels of the vertex's own view, at its (height, width)
    nearness:  (V,) float32, one over depth
    shadow_x, shadow_y: (V,) float32, the pixels of the shadow on the ground
    values:    (V, 6) float32: normal in the place (right, up, ahead), around, along, openness
    triangles: (3, T) int64, vertices, clockwise seen from outside
    parts, figures, views: (T,) int64, the `Part`, and which figure and view it belongs to
    firsts:    (B,) int64, number of each view's first figure
    view_of:   the view of each figure

    Every pixel position is made by single products, sums and quotients, which IEEE 754 rounds in
    one way only: all devices agree to the last bit on what covers what.
    """

    x: Tensor
    y: Tensor
    nearness: Tensor
    shadow_x: Tensor
    shadow_y: Tensor
    values: Tensor
    triangles: Tensor
    parts: Tensor
    figures: Tensor
    views: Tensor
    firsts: Tensor
    view_of: tuple[int, ...]

    def at_corners(self, values: Tensor) -> Tensor:
        """Values (V,) of vertices as (3, T) of corners."""
        return values.index_select(0, self.triangles.view(-1)).view(3, -1)


def bodies(views: Sequence[View], device: Device) -> Bodies | None:
    """Everybody in some views, projected and lit by nothing yet; None when nobody is there."""
    figures = [one for view in views for one in view.figures]
    if not figures:
        return None
    meshes = [one.mesh for one in figures]
    counts = np.array([len(mesh.parts) for mesh in meshes])
    firsts = np.cumsum(counts) - counts
    owner = np.repeat(np.arange(len(figures)), counts)
    homes = np.repeat(np.arange(len(views)), [len(view.figures) for view in views])
    parts, nexts, befores = (
        np.concatenate([getattr(mesh, name) for mesh in meshes])
        for name in ("parts", "nexts", "befores")
    )
    nexts, befores = nexts + firsts[owner], befores + firsts[owner]
    start = np.flatnonzero(nexts != np.arange(len(nexts)))  # rings with a next one in their loft
    rings = upload(np.concatenate([mesh.rings for mesh in meshes]).reshape(-1, 3).T, device)
    rings = rings.contiguous().view(3, -1, _CORNERS)
    along, openness, hands = upload(
        np.stack([
            np.concatenate([getattr(mesh, name) for mesh in meshes])
            for name in ("along", "openness", "hands")
        ]), device,
    )  # fmt: skip
    nexts, befores, owners = upload(np.stack([nexts, befores, owner]), device)
    start, part, figure_of, view_of = upload(
        np.stack([start, parts[start], owner[start], homes[owner[start]]]), device
    )
    towards = upload([_constants(one, view) for view in views for one in view.figures], device)
    seen = towards.index_select(0, owners).T[:, :, None]  # (K, R, 1)

    right, up, ahead = _normals(rings, nexts, befores, hands)
    sin, cos = seen[0], seen[1]
    x, y, z = sin * rings[2] - cos * rings[0] + seen[2], rings[1], sin * rings[0] + cos * rings[2]
    z = z + seen[3]
    near, across, down = _projected(x, y, z, seen)
    shadow = _projected(x - y * seen[11], None, z - y * seen[12], seen)
    around = upload(ANGLES, device).expand(len(along), -1)
    values = torch.stack(
        [
            sin * ahead - cos * right, up, sin * right + cos * ahead, around,
            along[:, None].expand_as(around), openness[:, None].expand_as(around),
        ], -1,
    )  # fmt: skip
    return Bodies(
        x=across.view(-1),
        y=down.view(-1),
        nearness=near.view(-1),
        shadow_x=shadow[1].view(-1),
        shadow_y=shadow[2].view(-1),
        values=values.view(-1, 6),
        triangles=_triangles(start, hands.index_select(0, start)),
        parts=_for_each_triangle(part),
        figures=_for_each_triangle(figure_of),
        views=_for_each_triangle(view_of),
        firsts=upload(np.cumsum([0, *(len(view.figures) for view in views[:-1])]), device),
        view_of=tuple(homes.tolist()),
    )


def _constants(one: Figure, view: View) -> tuple[float, ...]:
    """What turns, moves and projects a figure's vertices into its view."""
    walker, camera, window = one.walker, view.camera, view.window
    sun = camera.sun
    wide = view.width / (window.right - window.left)
    high = view.height / (window.bottom - window.top)
    scale = camera.focal * ROWS
    return (
        math.sin(walker.heading), math.cos(walker.heading), walker.x, walker.z,
        camera.mast, math.sin(camera.tilt), math.cos(camera.tilt), scale * wide, scale * high,
        (COLUMNS / 2 - window.left) * wide, (ROWS / 2 - window.top) * high,
        sun[0] / max(sun[1], 0.35), sun[2] / max(sun[1], 0.35),
    )  # fmt: skip


def _projected(x: Tensor, y: Tensor | None, z: Tensor, seen: Tensor) -> tuple[Tensor, ...]:
    """Nearness, and pixels right and down, of points of the place; without `y`, of the ground."""
    y = -seen[4] if y is None else y - seen[4]
    sin, cos = seen[5], seen[6]
    near = 1 / (z * cos - y * sin).clamp(min=0.05)
    down = y * cos + z * sin
    return near, seen[9] + seen[7] * near * x, seen[10] - seen[8] * near * down


def _normals(rings: Tensor, nexts: Tensor, befores: Tensor, hands: Tensor) -> Tensor:
    """Unit vectors (3, R, SECTORS + 1) that point out of the body, in its own space."""
    # Wrap round the seam, so that shading does not show it.
    ax, ay, az = torch.cat([rings[..., 1:], rings[..., 1:2]], -1) - torch.cat(
        [rings[..., -2:-1], rings[..., :-1]], -1
    )
    bx, by, bz = rings.index_select(1, nexts) - rings.index_select(1, befores)
    normals = torch.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
    length = normals.square().sum(0).sqrt() + 1e-12
    return normals * (-hands[:, None] / length)


def _triangles(start: Tensor, hands: Tensor) -> Tensor:
    """(3, T) vertices of the triangles between each ring of `start` and the next."""
    a = start[:, None] * _CORNERS + torch.arange(SECTORS, device=start.device)
    b, c = a + 1, a + _CORNERS
    d, flip = c + 1, (hands > 0)[:, None]
    second = [torch.where(flip, b, c), torch.where(flip, d, c)]
    third = [torch.where(flip, c, b), torch.where(flip, c, d)]
    corners = [torch.cat(one, 1) for one in ([a, b], second, third)]
    return torch.stack(corners).view(3, -1)


def _for_each_triangle(values: Tensor) -> Tensor:
    """Values (K,) of rings as those of the 2 SECTORS triangles that start there."""
    return values[:, None].expand(-1, 2 * SECTORS).reshape(-1)

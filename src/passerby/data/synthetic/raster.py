"""Triangles to pixels: which triangle is nearest at each pixel, and where in it the pixel lies."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

_DEPTH_BITS = 22
_TRIANGLE_BITS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """The P pixels that show something.

    pixels:    (P,) int64, row * width + column, rising
    triangles: (P,) int64
    second, third: (P,) float32, the weights of the triangle's second and third corner; the
               first corner has the rest of 1
    """

    pixels: Tensor
    triangles: Tensor
    second: Tensor
    third: Tensor

    def between(self, first: Tensor, second: Tensor, third: Tensor) -> Tensor:
        """Values (P,) or (P, K) at the pixels, from those at the three corners."""
        a, b = self.second, self.third
        if first.ndim == 2:
            a, b = a[:, None], b[:, None]
        return first + a * (second - first) + b * (third - first)


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Runs of pixels, one for each row of each triangle: (S,) each, int64."""

    triangle: Tensor
    row: Tensor
    left: Tensor
    right: Tensor


def rasterise(corners: Tensor, nearness: Tensor, height: int, width: int) -> Fragments:
    """The nearest triangle at every pixel's centre.

    corners:  (T, 3, 2) float32, x right and y down in pixels; only triangles whose corners go
              clockwise on the screen are seen, the others show their back
    nearness: (T, 3) float32, larger is nearer; linear on the screen (one over depth)

    Work grows with the pixels that the triangles cover, not with the size of the image: every
    triangle is cut into rows, every row into its pixels. The nearest is found by the largest of
    integers that hold depth and triangle number, so the result does not depend on any order.

    >>> square = torch.tensor([[[0.0, 0], [4, 0], [0, 4]]])
    >>> rasterise(square, torch.ones(1, 3), 4, 4).pixels.tolist()
    [0, 1, 2, 4, 5, 8]
    """
    kept, x, y = _facing(corners, height, width)
    # Work in the smallest part of the image that holds them all.
    top, left, height, inner = _extent(x, y, height, width)
    x, y = x - left, y - top
    spans = _spans(x, y, height, inner)
    planes = _planes(x, y)
    near = nearness.index_select(0, kept).T.contiguous()
    low, high = nearness.amin(), nearness.amax()
    near = (near - low) * (2**_DEPTH_BITS - 1) / (high - low).clamp(min=1e-9)
    second, third = near[1] - near[0], near[2] - near[0]
    across = planes[0] * second + planes[3] * third
    down = planes[1] * second + planes[4] * third
    base = near[0] + planes[2] * second + planes[5] * third

    of = spans.triangle
    count = spans.right - spans.left
    span = torch.repeat_interleave(count)
    shift = spans.left - (count.cumsum(0) - count)
    column = torch.arange(len(span), device=span.device) + shift.index_select(0, span)
    # Depth along a run is a line from its left end.
    start = _take(base, of) + _take(down, of) * (spans.row + 0.5)
    level = _take(start, span) + _take(_take(across, of), span) * (column + 0.5)
    key = level.clamp_(0, 2**_DEPTH_BITS - 1).long().bitwise_left_shift_(_TRIANGLE_BITS)
    key |= _take(of, span)
    buffer = torch.full((height * inner,), -1, dtype=torch.int64, device=corners.device)
    buffer.scatter_reduce_(0, column + _take(spans.row * inner, span), key, "amax")
    pixels = (buffer >= 0).nonzero()[:, 0]
    triangles = _take(buffer, pixels).bitwise_and_(2**_TRIANGLE_BITS - 1)
    row = torch.div(pixels, inner, rounding_mode="floor")
    column = pixels - row * inner
    px, py = column + 0.5, row + 0.5
    chosen = [_take(plane, triangles) for plane in planes]
    return Fragments(
        (row + top) * width + (column + left),
        _take(kept, triangles),
        chosen[0] * px + chosen[1] * py + chosen[2],
        chosen[3] * px + chosen[4] * py + chosen[5],
    )


def covered(corners: Tensor, height: int, width: int) -> Tensor:
    """Where triangles that show their front lie: (height, width) bool. Much cheaper than depth.

    >>> covered(torch.tensor([[[0.0, 0], [4, 0], [0, 4]]]), 4, 4).sum(1).tolist()
    [3, 2, 1, 0]
    """
    _, x, y = _facing(corners, height, width)
    top, left, high, wide = _extent(x, y, height, width)
    spans = _spans(x - left, y - top, high, wide)
    # Every run opens at its left and closes at its right; between them the sum is above zero.
    steps = torch.zeros(high * (wide + 1), dtype=torch.int32, device=corners.device)
    ones = torch.ones_like(spans.row, dtype=torch.int32)
    first = spans.row * (wide + 1)
    steps.index_add_(0, first + spans.left, ones)
    steps.index_add_(0, first + spans.right, -ones)
    mask = torch.zeros(height, width, dtype=torch.bool, device=corners.device)
    inside = steps.view(high, wide + 1).cumsum(1, dtype=torch.int32)[:, :wide] > 0
    mask[top : top + high, left : left + wide] = inside
    return mask


def _take(values: Tensor, which: Tensor) -> Tensor:
    return values.index_select(0, which)


def _facing(corners: Tensor, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers (K,) and corners x, y (3, K) of the triangles that show their front on the screen."""
    x, y = (corners[:, :, axis].T.contiguous() for axis in (0, 1))
    area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])
    inside = (x.amax(0) > 0) & (x.amin(0) < width) & (y.amax(0) > 0) & (y.amin(0) < height)
    kept = ((area > 1e-6) & inside).nonzero()[:, 0]
    return kept, x.index_select(1, kept), y.index_select(1, kept)


def _extent(x: Tensor, y: Tensor, height: int, width: int) -> tuple[int, int, int, int]:
    """(top, left, height, width) of the part of the screen that the corners reach."""
    if not x.numel():
        return 0, 0, 1, 1
    left, right = max(0, math.floor(x.min())), min(width, math.ceil(x.max()) + 1)
    top, bottom = max(0, math.floor(y.min())), min(height, math.ceil(y.max()) + 1)
    return top, left, max(1, bottom - top), max(1, right - left)


def _planes(x: Tensor, y: Tensor) -> Tensor:
    """Weights of the second and third corner as planes over the screen: (6, K)."""
    x1, y1, x2, y2 = x[1] - x[0], y[1] - y[0], x[2] - x[0], y[2] - y[0]
    over = 1 / (x1 * y2 - y1 * x2)
    a, b, c, d = y2 * over, -x2 * over, -y1 * over, x1 * over
    return torch.stack([a, b, -a * x[0] - b * y[0], c, d, -c * x[0] - d * y[0]])


def _spans(x: Tensor, y: Tensor, height: int, width: int) -> _Spans:
    """The runs of pixels whose centres lie in triangles with corners x, y (3, K)."""
    top = (y.amin(0) - 0.5).ceil().clamp(0, height).long()
    bottom = (y.amax(0) - 0.5).ceil().clamp(0, height).long()
    number = bottom - top
    triangle = torch.repeat_interleave(number)
    shift = top - (number.cumsum(0) - number)
    row = torch.arange(len(triangle), device=x.device) + _take(shift, triangle)
    left, right = torch.zeros_like(row, dtype=x.dtype), torch.full_like(row, width, dtype=x.dtype)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        # Clockwise on the screen: an edge that goes up bounds its row on the left.
        rise = y[b] - y[a]
        slant = (x[b] - x[a]) / torch.where(rise == 0, 1.0, rise)
        base = x[a] - slant * y[a] + 0.5 * slant
        rise = _take(rise, triangle)
        cross = _take(base, triangle) + _take(slant, triangle) * row
        left = torch.where(rise < 0, torch.maximum(left, cross), left)
        right = torch.where(rise > 0, torch.minimum(right, cross), right)
    first = (left - 0.5).ceil().clamp(0, width).long()
    last = (right - 0.5).ceil().clamp(0, width).long()
    return _Spans(triangle, row, first, torch.maximum(first, last))

"""Triangles to pixels: which triangle is nearest at each pixel, and where in it the pixel lies."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from passerby.data.synthetic.sizes import Sizes

_DEPTH_BITS = 22
_TRIANGLE_BITS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """The P pixels that show something, picture by picture and row by row.

    pictures, rows, columns: (P,) int64, where they are
    triangles: (P,) int64, what they show
    second, third: (P,) float32, the weights of the triangle's second and third corner; the
               first corner has the rest of 1
    """

    pictures: Tensor
    rows: Tensor
    columns: Tensor
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


def rasterise(x: Tensor, y: Tensor, nearness: Tensor, pictures: Tensor, sizes: Sizes) -> Fragments:
    """The nearest triangle at every pixel's centre, in many pictures at once.

    x, y:     (3, T) float32, corners right and down in pixels of the triangle's own picture; only
              triangles whose corners go clockwise on the screen are seen: the others show their
              back
    nearness: (3, T) float32, larger is nearer; linear on the screen (one over depth)
    pictures: (T,) int64, the picture that each triangle is in

    Work grows with the pixels that the triangles cover, not with the size of the pictures: every
    triangle is cut into rows, every row into its pixels. The nearest is found by the largest of
    integers that hold depth and triangle number, so the result depends neither on any order nor on
    what else is in the batch.

    Raises ValueError when 2^24 triangles or more show their front.

    >>> x, y = torch.tensor([[0.0], [4.0], [0.0]]), torch.tensor([[0.0], [0.0], [4.0]])
    >>> first = torch.zeros(1, dtype=torch.int64)
    >>> seen = rasterise(x, y, torch.ones(3, 1), first, Sizes([(4, 4)], "cpu"))
    >>> list(zip(seen.rows.tolist(), seen.columns.tolist(), strict=True))
    [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)]
    """
    kept, x, y, pictures = _facing(x, y, pictures, sizes)
    if len(kept) >= 2**_TRIANGLE_BITS:
        raise ValueError(
            f"{len(kept)} triangles in one batch are more than {2**_TRIANGLE_BITS - 1}; render "
            "fewer pictures at once"
        )
    frame = _extent(x, y, sizes)
    spans = _spans(x, y, pictures, sizes)
    planes = _planes(x, y)
    near = _levels(nearness.index_select(1, kept), pictures, len(sizes))
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
    # The buffer is as large as the part of the pictures that shows something in any of them.
    buffer = torch.full(
        (len(sizes) * frame.high * frame.wide,), -1, dtype=torch.int64, device=x.device
    )
    line = (_take(pictures, of) * frame.high + spans.row - frame.top) * frame.wide - frame.left
    buffer.scatter_reduce_(0, column + _take(line, span), key, "amax")
    found = (buffer >= 0).nonzero()[:, 0]
    triangles = _take(buffer, found).bitwise_and_(2**_TRIANGLE_BITS - 1)
    line = torch.div(found, frame.wide, rounding_mode="floor")
    column = found - line * frame.wide + frame.left
    picture = _take(pictures, triangles)
    row = line - picture * frame.high + frame.top
    px, py = column + 0.5, row + 0.5
    chosen = [_take(plane, triangles) for plane in planes]
    return Fragments(
        picture,
        row,
        column,
        _take(kept, triangles),
        chosen[0] * px + chosen[1] * py + chosen[2],
        chosen[3] * px + chosen[4] * py + chosen[5],
    )


def covered(x: Tensor, y: Tensor, pictures: Tensor, sizes: Sizes) -> Tensor:
    """Where triangles that show their front lie: (B, high, wide) bool. Much cheaper than depth.

    x, y, pictures: as `rasterise` takes them

    >>> x, y = torch.tensor([[0.0], [4.0], [0.0]]), torch.tensor([[0.0], [0.0], [4.0]])
    >>> first = torch.zeros(1, dtype=torch.int64)
    >>> covered(x, y, first, Sizes([(4, 4)], "cpu"))[0].sum(1).tolist()
    [3, 2, 1, 0]
    """
    _, x, y, pictures = _facing(x, y, pictures, sizes)
    frame = _extent(x, y, sizes)
    spans = _spans(x, y, pictures, sizes)
    # Every run opens at its left and closes at its right; between them the sum is above zero.
    high, wide = frame.high, frame.wide
    steps = torch.zeros(len(sizes) * high * (wide + 1), dtype=torch.int32, device=x.device)
    ones = torch.ones_like(spans.row, dtype=torch.int32)
    first = _take(pictures, spans.triangle) * high + spans.row - frame.top
    first = first * (wide + 1) - frame.left
    steps.index_add_(0, first + spans.left, ones)
    steps.index_add_(0, first + spans.right, -ones)
    mask = torch.zeros(len(sizes), sizes.high, sizes.wide, dtype=torch.bool, device=x.device)
    inside = steps.view(-1, high, wide + 1).cumsum(2, dtype=torch.int32)[:, :, :wide] > 0
    mask[:, frame.top : frame.top + high, frame.left : frame.left + wide] = inside
    return mask


def _take(values: Tensor, which: Tensor) -> Tensor:
    return values.index_select(0, which)


def _facing(
    x: Tensor, y: Tensor, pictures: Tensor, sizes: Sizes
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Numbers (K,), corners x, y (3, K), pictures (K,) of triangles that show their front."""
    area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])
    high, wide = _limits(pictures, sizes)
    inside = (x.amax(0) > 0) & (x.amin(0) < wide) & (y.amax(0) > 0) & (y.amin(0) < high)
    kept = ((area > 1e-6) & inside).nonzero()[:, 0]
    return kept, x.index_select(1, kept), y.index_select(1, kept), _take(pictures, kept)


def _limits(pictures: Tensor, sizes: Sizes) -> tuple[Tensor, Tensor]:
    """Rows and columns of each triangle's picture: (K,), or (1,) when all have the same."""
    if sizes.equal:
        return sizes.rows[:1], sizes.columns[:1]
    return _take(sizes.rows, pictures), _take(sizes.columns, pictures)


@dataclass(frozen=True, slots=True)
class _Extent:
    """The part of the pictures that the corners reach in any of them."""

    top: int
    left: int
    high: int
    wide: int


def _extent(x: Tensor, y: Tensor, sizes: Sizes) -> _Extent:
    if not x.numel():
        return _Extent(0, 0, 1, 1)
    edges = torch.stack([x.amin(), x.amax(), y.amin(), y.amax()]).cpu().tolist()
    left, right = max(0, math.floor(edges[0])), min(sizes.wide, math.ceil(edges[1]) + 1)
    top, bottom = max(0, math.floor(edges[2])), min(sizes.high, math.ceil(edges[3]) + 1)
    return _Extent(top, left, max(1, bottom - top), max(1, right - left))


def _levels(nearness: Tensor, pictures: Tensor, count: int) -> Tensor:
    """Nearness (3, K) stretched over the whole numbers of `_DEPTH_BITS`, picture by picture."""
    if not nearness.numel():
        return nearness
    if count == 1:
        low, high = nearness.amin(), nearness.amax()
    else:
        ends = torch.zeros(2, count, device=nearness.device)
        ends[0].scatter_reduce_(0, pictures, nearness.amin(0), "amin", include_self=False)
        ends[1].scatter_reduce_(0, pictures, nearness.amax(0), "amax", include_self=False)
        low, high = ends.index_select(1, pictures)
    return (nearness - low) * (2**_DEPTH_BITS - 1) / (high - low).clamp(min=1e-9)


def _planes(x: Tensor, y: Tensor) -> Tensor:
    """Weights of the second and third corner as planes over the screen: (6, K)."""
    x1, y1, x2, y2 = x[1] - x[0], y[1] - y[0], x[2] - x[0], y[2] - y[0]
    over = 1 / (x1 * y2 - y1 * x2)
    a, b, c, d = y2 * over, -x2 * over, -y1 * over, x1 * over
    return torch.stack([a, b, -a * x[0] - b * y[0], c, d, -c * x[0] - d * y[0]])


def _spans(x: Tensor, y: Tensor, pictures: Tensor, sizes: Sizes) -> _Spans:
    """The runs of pixels whose centres lie in triangles with corners x, y (3, K)."""
    high, wide = _limits(pictures, sizes)
    top = torch.minimum((y.amin(0) - 0.5).ceil().clamp(min=0), high).long()
    bottom = torch.minimum((y.amax(0) - 0.5).ceil().clamp(min=0), high).long()
    number = bottom - top
    triangle = torch.repeat_interleave(number)
    shift = top - (number.cumsum(0) - number)
    row = torch.arange(len(triangle), device=x.device) + _take(shift, triangle)
    left = torch.zeros_like(row, dtype=x.dtype)
    wide = (wide if len(wide) == 1 else _take(wide, triangle)).to(x.dtype)
    right = wide.expand_as(left)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        # Clockwise on the screen: an edge that goes up bounds its row on the left.
        rise = y[b] - y[a]
        slant = (x[b] - x[a]) / torch.where(rise == 0, 1.0, rise)
        base = x[a] - slant * y[a] + 0.5 * slant
        rise = _take(rise, triangle)
        cross = _take(base, triangle) + _take(slant, triangle) * row
        left = torch.where(rise < 0, torch.maximum(left, cross), left)
        right = torch.where(rise > 0, torch.minimum(right, cross), right)
    first = torch.minimum((left - 0.5).ceil().clamp_(min=0), wide).long()
    last = torch.minimum((right - 0.5).ceil().clamp_(min=0), wide).long()
    return _Spans(triangle, row, first, torch.maximum(first, last))

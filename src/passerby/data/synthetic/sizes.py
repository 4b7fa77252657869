"""`Sizes`: pictures of different sizes as one tensor, each in the corner of a common canvas."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from passerby.data.synthetic.upload import Device, upload


class Sizes:
    """How large each of B pictures is in a canvas (B, C, high, wide) that holds them all.

    each: (height, width) of every picture, which lies at the top left of the canvas
    high, wide: of the canvas, by default the largest of them
    rows, columns: (B,) int64, the same sizes on the device
    equal: all are as large as the canvas, as one picture always is

    What lies beyond a picture's own edge has no meaning, until `filled` repeats the edge there.

    >>> Sizes([(4, 2), (3, 5)], "cpu").high, Sizes([(4, 2), (3, 5)], "cpu").wide
    (4, 5)
    """

    def __init__(
        self,
        each: Sequence[tuple[int, int]],
        device: Device,
        canvas: tuple[int, int] | None = None,
    ) -> None:
        self.each, self.device = tuple(each), device
        self.high, self.wide = canvas or (max(h for h, _ in each), max(w for _, w in each))
        self.equal = set(self.each) == {(self.high, self.wide)}
        both = upload(list(self.each), device, torch.int64)
        self.rows, self.columns = both[:, 0], both[:, 1]

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self.each)

    def map(self, change: Callable[[int], int]) -> "Sizes":
        """The same pictures with every height and width changed, the canvas's too.

        >>> Sizes([(4, 2)], "cpu").map(lambda length: 2 * length).each
        ((8, 4),)
        """
        each = [(change(high), change(wide)) for high, wide in self.each]
        return Sizes(each, self.device, (change(self.high), change(self.wide)))

    def of(self, which: Sequence[int]) -> "Sizes":
        """The sizes of some of the pictures, in the same canvas."""
        return Sizes([self.each[n] for n in which], self.device, (self.high, self.wide))

    def own_rows(self) -> Tensor:
        """(B, high) int64: the row that `filled` shows in each row of the canvas."""
        return torch.minimum(self._count(self.high), self.rows[:, None] - 1)

    def own_columns(self) -> Tensor:
        """(B, wide) int64: the column that `filled` shows in each column of the canvas."""
        return torch.minimum(self._count(self.wide), self.columns[:, None] - 1)

    def mask(self) -> Tensor:
        """(B, 1, high, wide) bool: where the pictures are."""
        down = self._count(self.high) < self.rows[:, None]
        across = self._count(self.wide) < self.columns[:, None]
        return (down[:, :, None] & across[:, None, :])[:, None]

    def filled(self, images: Tensor) -> Tensor:
        """`images` (B, C, high, wide), each with its last row and column repeated to the canvas.

        >>> Sizes([(1, 1), (1, 3)], "cpu").filled(torch.tensor([[[[5, 0, 0]]], [[[1, 2, 3]]]]))
        tensor([[[[5, 5, 5]]],
        <BLANKLINE>
        <BLANKLINE>
                [[[1, 2, 3]]]])
        """
        return images if self.equal else taken(images, self.own_rows(), self.own_columns())

    def _count(self, length: int) -> Tensor:
        return torch.arange(length, device=self.device)


def taken(images: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Row rows[b, y] and column columns[b, x] of `images` (B, C, H, W): (B, C, h, w)."""
    count, channels, _, wide = images.shape
    at = rows[:, :, None] * wide + columns[:, None, :]  # (B, h, w)
    flat = at.view(count, 1, -1).expand(-1, channels, -1)
    return images.flatten(2).gather(2, flat).view(count, channels, *at.shape[1:])


def resampled(images: Tensor, have: Sizes, want: Sizes) -> Tensor:
    """Pictures (B, C, have.high, have.wide) stretched from one size each to another: bilinear, as
    `torch.nn.functional.interpolate` without `align_corners` does it.

    >>> have, want = Sizes([(1, 2)], "cpu"), Sizes([(1, 4)], "cpu")
    >>> resampled(torch.tensor([[[[0.0, 4.0]]]]), have, want)
    tensor([[[[0., 1., 3., 4.]]]])
    """
    if have.equal and want.equal:
        if have.each[0] == want.each[0]:
            return images
        return interpolate(images, (want.high, want.wide), mode="bilinear", align_corners=False)
    for axis in (2, 3):
        had, wanted = (s.rows if axis == 2 else s.columns for s in (have, want))
        length = want.high if axis == 2 else want.wide
        place = torch.minimum(torch.arange(length, device=images.device), wanted[:, None] - 1)
        place = ((place + 0.5) * (had / wanted)[:, None] - 0.5).clamp(min=0)  # (B, length)
        first = place.long()
        second = torch.minimum(first + 1, had[:, None] - 1)
        shape = [len(place), 1, length, 1] if axis == 2 else [len(place), 1, 1, length]
        over = list(images.shape)
        over[axis] = length
        low, high = (images.gather(axis, at.view(shape).expand(over)) for at in (first, second))
        images = torch.lerp(low, high, (place - first).view(shape))
    return images

"""What JPEG does to a picture, as tensors: the lossless half of the coder is left out."""

import math
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate, pad

from passerby.data.synthetic.sizes import Sizes
from passerby.data.synthetic.upload import upload

_CLEAR = 96  # quality from which nothing is lost
_STEEP = 100.0  # one over the share of values that `steadily_rounded` leaves between two

# ITU-T T.81, annex K: how coarsely each frequency of brightness and of colour is rounded.
_BRIGHTNESS = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_COLOUR = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    *(99,) * 32,
)  # fmt: skip


def compressed(pictures: Tensor, qualities: Sequence[int], sizes: Sizes) -> Tensor:
    """`pictures` (B, 3, H, W), grey levels 0 to 255, as JPEG of `qualities` 1 to 100 shows them.

    Colour is kept at half the rows and columns (4:2:0). Values are not rounded to bytes. From
    quality 96 on, nothing is lost.

    >>> from passerby.data.synthetic.sizes import Sizes
    >>> grey = torch.full((1, 3, 20, 12), 90.0)
    >>> compressed(grey, [50], Sizes([(20, 12)], "cpu")).round().unique().tolist()
    [90.0]
    """
    which = [number for number, quality in enumerate(qualities) if quality < _CLEAR]
    if not which:
        return pictures
    if len(which) < len(qualities):
        at = upload(which, pictures.device)
        some = compressed(pictures.index_select(0, at), [qualities[n] for n in which],
                          sizes.of(which))  # fmt: skip
        return pictures.index_copy(0, at, some)
    height, width = pictures.shape[2:]
    high, wide = -height % 16, -width % 16
    pictures = sizes.filled(pictures)
    if high or wide:
        pictures = pad(pictures, [0, wide, 0, high], mode="replicate")
    red, green, blue = pictures.unbind(1)
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    colours = torch.stack([(blue - bright) * 0.564, (red - bright) * 0.713], 1)
    bright = _rounded(bright[:, None] - 128, qualities, _BRIGHTNESS)[:, 0] + 128
    small = _rounded(avg_pool2d(colours, 2), qualities, _COLOUR)
    # The colour planes of a picture end with its own last block.
    small = sizes.map(lambda length: (length + 15) // 16 * 8).filled(small)
    size = (height + high, width + wide)
    cb, cr = interpolate(small, size=size, mode="bilinear", align_corners=False).unbind(1)
    shown = torch.stack(
        [bright + 1.402 * cr, bright - 0.344136 * cb - 0.714136 * cr, bright + 1.772 * cb], 1
    )
    return shown[:, :, :height, :width].clamp_(0, 255)


def _rounded(planes: Tensor, qualities: Sequence[int], table: tuple[int, ...]) -> Tensor:
    """Planes (B, C, H, W) of whole 8 x 8 blocks, their frequencies rounded."""
    count, channels, high, wide = planes.shape
    cosines = _transform(str(planes.device))
    steps = upload([_steps(quality, table) for quality in qualities], planes.device)[:, None]
    blocks = planes.view(count, channels, high // 8, 8, wide // 8, 8).transpose(3, 4)
    blocks = blocks.reshape(count, -1, 64)
    blocks = steadily_rounded(_product(blocks, cosines.T) / steps).mul_(steps)
    blocks = _product(blocks, cosines)
    blocks = blocks.view(count, channels, high // 8, wide // 8, 8, 8).transpose(3, 4)
    return blocks.reshape(planes.shape)


def _product(blocks: Tensor, matrix: Tensor) -> Tensor:
    """A product in whole float32, also where learning has asked for a faster, coarser one."""
    asked = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        return blocks @ matrix
    finally:
        torch.set_float32_matmul_precision(asked)


def steadily_rounded(values: Tensor) -> Tensor:
    """Whole numbers, but for values hardly off the middle of two, which lie between them.

    A coder rounds anywhere; one whose values differ in the last bit from another's would now and
    then take the next number, and show another block. Here small differences stay small.

    >>> steadily_rounded(torch.tensor([0.4, 0.5, 0.6, 1.5])).tolist()
    [0.0, 0.5, 1.0, 1.5]
    """
    low = values.floor()
    return low.add_(((values - low - 0.5) * _STEEP + 0.5).clamp_(0, 1))


@lru_cache(maxsize=4)
def _transform(device: str) -> Tensor:
    """(64, 64): the cosine transform of an 8 x 8 block as one orthogonal matrix."""
    k = torch.arange(8.0, dtype=torch.float64)
    one = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) / 2
    one[0] /= math.sqrt(2)
    return torch.kron(one, one).float().to(device)


@lru_cache(maxsize=512)
def _steps(quality: int, table: tuple[int, ...]) -> tuple[float, ...]:
    """How coarsely each of 64 frequencies is rounded."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return tuple(float(min(255, max(1, (step * scale + 50) // 100))) for step in table)

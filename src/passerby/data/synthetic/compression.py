"""What JPEG does to a picture, as tensors: the lossless half of the coder is left out."""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate, pad

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


def compressed(picture: Tensor, quality: int) -> Tensor:
    """`picture` (3, H, W), grey levels 0 to 255, as JPEG of `quality` 1 to 100 shows it.

    Colour is kept at half the rows and columns (4:2:0). Values are not rounded to bytes.

    >>> compressed(torch.full((3, 20, 12), 90.0), 50).round().unique().tolist()
    [90.0]
    """
    height, width = picture.shape[1:]
    high, wide = -height % 16, -width % 16
    if high or wide:
        picture = pad(picture[None], [0, wide, 0, high], mode="replicate")[0]
    red, green, blue = picture
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    colours = torch.stack([(blue - bright) * 0.564, (red - bright) * 0.713])
    bright = _rounded(bright[None] - 128, quality, _BRIGHTNESS)[0] + 128
    small = _rounded(avg_pool2d(colours[None], 2)[0], quality, _COLOUR)
    size = (height + high, width + wide)
    cb, cr = interpolate(small[None], size=size, mode="bilinear", align_corners=False)[0]
    shown = torch.stack(
        [bright + 1.402 * cr, bright - 0.344136 * cb - 0.714136 * cr, bright + 1.772 * cb]
    )
    return shown[:, :height, :width].clamp_(0, 255)


def _rounded(planes: Tensor, quality: int, table: tuple[int, ...]) -> Tensor:
    """Planes (C, H, W) of whole 8 x 8 blocks, their frequencies rounded."""
    count, high, wide = planes.shape
    cosines, steps = _transform(str(planes.device)), _steps(quality, table, str(planes.device))
    blocks = planes.view(count, high // 8, 8, wide // 8, 8).transpose(2, 3).reshape(-1, 64)
    blocks = ((blocks @ cosines.T) / steps).round_().mul_(steps) @ cosines
    blocks = blocks.view(count, high // 8, wide // 8, 8, 8).transpose(2, 3)
    return blocks.reshape(count, high, wide)


@lru_cache(maxsize=4)
def _transform(device: str) -> Tensor:
    """(64, 64): the cosine transform of an 8 x 8 block as one orthogonal matrix."""
    k = torch.arange(8.0, dtype=torch.float64)
    one = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) / 2
    one[0] /= math.sqrt(2)
    return torch.kron(one, one).float().to(device)


@lru_cache(maxsize=512)
def _steps(quality: int, table: tuple[int, ...], device: str) -> Tensor:
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    steps = ((torch.tensor(table, dtype=torch.float64) * scale + 50) / 100).floor().clamp(1, 255)
    return steps.float().to(device)

"""The sensor's noise: pieces of one large tile, which every device holds."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.sizes import Sizes
from passerby.data.synthetic.upload import upload

TILE = 1024
"""Rows and columns of the tile of noise."""

Offsets = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
"""Row and column, 0 to TILE - 1, at which red, green and blue begin in the tile."""


def grain(offsets: Sequence[Offsets], sizes: Sizes) -> Tensor:
    """Standard normal noise of many pictures: (B, 3, H, W) float32.

    The same offsets give the same noise on every device, whatever the size of the canvas; there
    are 2^60 of them, and what two pictures share lies at another place in each.

    >>> grain([((0, 0), (5, 5), (1023, 7))], Sizes([(4, 2)], "cpu")).shape
    torch.Size([1, 3, 4, 2])
    """
    tile, high, wide = _tile(str(sizes.device)), sizes.high, sizes.wide
    if len(offsets) == 1 and all(y + high <= TILE and x + wide <= TILE for y, x in offsets[0]):
        pieces = [tile[n, y : y + high, x : x + wide] for n, (y, x) in enumerate(offsets[0])]
        return torch.stack(pieces)[None]
    start = upload([list(map(list, one)) for one in offsets], sizes.device)  # (B, 3, 2)
    rows = (start[..., :1] + torch.arange(high, device=sizes.device)) % TILE
    columns = (start[..., 1:] + torch.arange(wide, device=sizes.device)) % TILE
    channel = torch.arange(3, device=sizes.device)[:, None, None]
    return tile[channel, rows[..., :, None], columns[..., None, :]]


@lru_cache(maxsize=4)
def _tile(device: str) -> Tensor:
    """(3, TILE, TILE)"""
    return upload(_numbers(), device)


@lru_cache(maxsize=1)
def _numbers():
    return stream(0, "grain").standard_normal((3, TILE, TILE), dtype="float32")

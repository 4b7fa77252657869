"""What falls from the sky between people and camera."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.sizes import Sizes
from passerby.data.synthetic.upload import upload

_TILE = 512
_BRIGHT = {"rain": 2.0, "snow": 3.2}  # against the mean of the picture


def fallen(
    light: Tensor, weathers: Sequence[str], slants: Sequence[float], seeds: Sequence[int],
    sizes: Sizes,
) -> Tensor:  # fmt: skip
    """`light` (B, 3, H, W) with rain or snow before it; another seed is another moment.

    weathers: "rain", "snow", or anything else for none; slants: pixels right for each down

    >>> from passerby.data.synthetic.sizes import Sizes
    >>> fallen(torch.zeros(1, 3, 4, 4), ["dry"], [0.0], [1], Sizes([(4, 4)], "cpu")).sum().item()
    0.0
    """
    which = [number for number, weather in enumerate(weathers) if weather in _BRIGHT]
    if not which:
        return light
    device, at = light.device, upload(which, light.device)
    some, own = sizes.of(which), light.index_select(0, at)
    kinds = [(weathers[number], round(slants[number], 1)) for number in which]
    names = sorted(set(kinds))
    tiles = torch.stack([_tile(*name, str(device)) for name in names])
    tile = upload([names.index(kind) for kind in kinds], device)[:, None, None]
    start = upload([[seeds[n] % 509, seeds[n] % 503] for n in which], device)
    rows = (torch.arange(some.high, device=device) + start[:, :1]) % _TILE
    columns = (torch.arange(some.wide, device=device) + start[:, 1:]) % _TILE
    veil = tiles[tile, rows[:, :, None], columns[:, None, :]][:, None]
    factor = upload([_BRIGHT[weathers[number]] for number in which], device)
    bright = (_mean(own, some) * factor)[:, None, None, None]
    return light.index_copy(0, at, own * (1 - veil) + bright * veil)


def _mean(light: Tensor, sizes: Sizes) -> Tensor:
    """Mean over each whole picture: (B,)."""
    if sizes.equal:
        return light.mean((1, 2, 3))
    total = torch.where(sizes.mask(), light, 0).sum((1, 2, 3))
    return total / (3 * sizes.rows * sizes.columns)


@lru_cache(maxsize=32)
def _tile(weather: str, slant: float, device: str) -> Tensor:
    """(_TILE, _TILE), how much of what lies behind is hidden; it tiles. Drawn by the host."""
    return _drawn(weather, slant).to(device)


def _drawn(weather: str, slant: float) -> Tensor:
    generator = torch.Generator().manual_seed(round(100 * slant) + len(weather))
    total = torch.zeros(_TILE, _TILE)
    if weather == "rain":
        for length, share, strength in ((7, 0.0025, 0.10), (16, 0.0012, 0.16), (30, 0.0004, 0.22)):
            drops = (torch.rand(_TILE, _TILE, generator=generator) < share).float()
            for step in range(length):
                moved = drops.roll((step, round(step * slant)), (0, 1))
                total = torch.maximum(total, strength * moved)
        return total + 0.04  # and the mist of the drops that are too far to be seen
    for size, share, strength in ((1, 0.004, 0.5), (2, 0.0015, 0.65), (4, 0.0003, 0.6)):
        flakes = (torch.rand(_TILE, _TILE, generator=generator) < share).float()
        soft = torch.zeros_like(flakes)
        for down in range(-size, size + 1):
            for right in range(-size, size + 1):
                weight = max(0.0, 1 - (down * down + right * right) / (size + 0.3) ** 2)
                soft = torch.maximum(soft, weight * flakes.roll((down, right), (0, 1)))
        total = torch.maximum(total, strength * soft)
    return total + 0.03

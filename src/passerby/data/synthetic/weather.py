"""What falls from the sky between people and camera."""

from functools import lru_cache

import torch
from torch import Tensor

_TILE = 512


def fallen(light: Tensor, weather: str, slant: float, seed: int) -> Tensor:
    """`light` (3, H, W) with rain or snow before it; another seed is another moment.

    weather: "rain", "snow", or anything else for none; slant: pixels right for each down

    >>> fallen(torch.zeros(3, 4, 4), "dry", 0.0, 1).sum().item()
    0.0
    """
    if weather not in ("rain", "snow"):
        return light
    height, width = light.shape[1:]
    rows = (torch.arange(height, device=light.device) + seed % 509) % _TILE
    columns = (torch.arange(width, device=light.device) + seed % 503) % _TILE
    veil = _tile(weather, round(slant, 1)).to(light.device)[rows[:, None], columns]
    bright = light.mean() * (2.0 if weather == "rain" else 3.2)
    return light * (1 - veil) + bright * veil


@lru_cache(maxsize=32)
def _tile(weather: str, slant: float) -> Tensor:
    """(_TILE, _TILE), how much of what lies behind is hidden; it tiles."""
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

"""Rain and snow."""

import torch

from passerby.data.synthetic import weather as module
from passerby.data.synthetic.sizes import Sizes


def fallen(light: torch.Tensor, weather: str, slant: float, seed: int) -> torch.Tensor:
    """One picture (3, H, W)."""
    size = Sizes([(light.shape[1], light.shape[2])], "cpu")
    return module.fallen(light[None], [weather], [slant], [seed], size)[0]


def test_rain_streaks_run_down_and_snow_flakes_are_round() -> None:
    grey = torch.full((3, 256, 256), 0.2)
    for weather, least, most in (("rain", 1.6, 50.0), ("snow", 0.7, 1.4)):
        veil = fallen(grey, weather, 0.0, 5)[0]
        down = (veil[1:] - veil[:-1]).abs().mean()
        across = (veil[:, 1:] - veil[:, :-1]).abs().mean()
        assert least < across / down < most
        assert veil.min() >= 0.2 * 0.9


def test_moments_differ_and_repeat() -> None:
    grey = torch.full((3, 64, 64), 0.2)
    assert torch.equal(fallen(grey, "rain", 0.3, 7), fallen(grey, "rain", 0.3, 7))
    assert not torch.equal(fallen(grey, "rain", 0.3, 7), fallen(grey, "rain", 0.3, 8))
    assert torch.equal(fallen(grey, "dry", 0.3, 7), grey)

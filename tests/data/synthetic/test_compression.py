"""Compression against a real JPEG coder."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from passerby.data.synthetic import compression
from passerby.data.synthetic.compression import steadily_rounded
from passerby.data.synthetic.sizes import Sizes


def compressed(picture: torch.Tensor, quality: int) -> torch.Tensor:
    """One picture (3, H, W)."""
    size = Sizes([(picture.shape[1], picture.shape[2])], "cpu")
    return compression.compressed(picture[None], [quality], size)[0]


def smooth(height: int, width: int) -> torch.Tensor:
    y, x = torch.linspace(0, 3, height)[:, None], torch.linspace(0, 5, width)
    return torch.stack([128 + 60 * torch.sin(y * k + 2 * x) for k in (1, 2, 3)]).round()


@pytest.mark.parametrize("quality", [25, 60, 90])
@pytest.mark.parametrize("size", [(64, 48), (75, 53)])
def test_it_loses_what_a_real_coder_loses(quality: int, size: tuple[int, int]) -> None:
    picture = smooth(*size)
    pixels = picture.byte().permute(1, 2, 0).contiguous().numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    real = np.asarray(Image.open(file)).astype(float)
    ours = compressed(picture, quality).permute(1, 2, 0).numpy()
    assert np.abs(ours - real).mean() < 1.5
    # Nearer to the coder's picture than the coder's picture is to the original.
    assert np.abs(ours - real).mean() < 0.75 * np.abs(real - pixels).mean() or quality == 90


def test_less_quality_loses_more() -> None:
    noise = torch.randn(1, 64, 64, generator=torch.Generator().manual_seed(0))
    picture = smooth(64, 64) + 20 * noise  # grey noise: colour is halved at any quality
    picture = picture.clamp(0, 255)
    losses = [(compressed(picture, q) - picture).abs().mean().item() for q in (95, 70, 40, 15)]
    assert losses == sorted(losses)
    assert losses[0] < 5


def test_colour_has_half_the_detail() -> None:
    stripes = torch.zeros(3, 16, 16)
    stripes[0, :, ::2] = 120.0
    stripes[1] = 120 - stripes[0] * 0.299 / 0.587  # as bright, in another colour
    ours = compressed(stripes, 95)
    assert ours[0].std() < 0.35 * stripes[0].std()


def test_differences_in_the_last_bits_stay_small() -> None:
    """However near to the middle of two numbers a frequency is."""
    values = torch.linspace(-3, 3, 100_001)
    rounded = steadily_rounded(values)
    assert ((rounded - values.round()).abs() > 1e-3).float().mean() < 0.011
    moved = steadily_rounded(values + 1e-5)
    assert (moved - rounded).abs().max() < 2e-3
    assert torch.equal(steadily_rounded(torch.arange(-5.0, 5)), torch.arange(-5.0, 5))


def test_each_of_a_batch_has_its_quality_and_its_size() -> None:
    sizes = [(64, 48), (33, 20), (48, 32)]
    canvas = torch.rand(3, 3, 64, 48, generator=torch.Generator().manual_seed(1)) * 255
    for n, (high, wide) in enumerate(sizes):
        canvas[n, :, :high, :wide] = smooth(high, wide)
    together = compression.compressed(canvas, [30, 80, 97], Sizes(sizes, "cpu"))
    for n, (quality, (high, wide)) in enumerate(zip((30, 80, 97), sizes, strict=True)):
        alone = compressed(canvas[n, :, :high, :wide], quality)
        torch.testing.assert_close(together[n, :, :high, :wide], alone, atol=1e-2, rtol=0)

"""Compression against a real JPEG coder."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from passerby.data.synthetic.compression import compressed


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
    ours = compressed(stripes, 100)
    assert ours[0].std() < 0.35 * stripes[0].std()

"""Cosines against a plain loop, and at their edges."""

import math

import pytest
import torch

from passerby.losses.cosines import cosines, unit


def test_equal_a_loop() -> None:
    a, b = torch.randn(3, 4).double(), torch.randn(2, 4).double()
    found = cosines(a, b)
    for i, x in enumerate(a.tolist()):
        for j, y in enumerate(b.tolist()):
            dot = sum(p * q for p, q in zip(x, y, strict=True))
            assert float(found[i, j]) == pytest.approx(dot / math.hypot(*x) / math.hypot(*y))


def test_autocast_does_not_shorten_them() -> None:
    a = torch.randn(4, 64)
    with torch.autocast("cpu", torch.bfloat16):
        found = cosines(a.half(), a)
    torch.testing.assert_close(found, cosines(a.half().double(), a.double()).float())


def test_a_zero_feature_has_cosine_0_and_small_gradients() -> None:
    features = torch.zeros(1, 3, requires_grad=True)
    (unit(features) @ torch.ones(3)).sum().backward()
    assert float(cosines(features, torch.ones(1, 3)).detach()) == 0
    assert features.grad is not None
    assert features.grad.abs().max() <= 1e6 * 1.001

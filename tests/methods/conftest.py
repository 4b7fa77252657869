"""A batch and a training loop small enough for any test."""

from collections.abc import Callable

import pytest
import torch

from passerby.core.batch import Batch
from passerby.methods.method import Method


@pytest.fixture
def batch() -> Batch:
    """4 people with 4 pictures each: noise over a pattern of their own."""
    generator = torch.Generator().manual_seed(0)
    persons = torch.arange(4).repeat_interleave(4)
    patterns = torch.randn(4, 3, 64, 32, generator=generator)
    images = patterns[persons] + 0.5 * torch.randn(16, 3, 64, 32, generator=generator)
    return Batch(images, persons, torch.arange(16) % 2, torch.zeros_like(persons), torch.arange(16))


@pytest.fixture
def learn() -> Callable[[Method, Batch, int], list[float]]:
    """Take that many steps on one batch; the total loss before each."""

    def run(method: Method, batch: Batch, steps: int) -> list[float]:
        optimizer = method.configure_optimizers()
        assert isinstance(optimizer, torch.optim.Optimizer)
        totals = []
        for _ in range(steps):
            loss = torch.stack(list(method.train().losses(batch).values())).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            totals.append(float(loss.detach()))
        return totals

    return run

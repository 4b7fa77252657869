"""Margin sample mining against the equation."""

import math
from itertools import combinations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.msml import msml_loss


def by_the_equation(rows: list[list[float]], names: list[int], margin: float) -> float:
    positives = [
        math.dist(rows[i], rows[j])
        for i, j in combinations(range(len(rows)), 2)
        if names[i] == names[j]
    ]
    negatives = [
        math.dist(rows[i], rows[j])
        for i, j in combinations(range(len(rows)), 2)
        if names[i] != names[j]
    ]
    if not positives or not negatives:
        return 0.0
    return max(0.0, margin + max(positives) - min(negatives))


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=10),
    margin=st.sampled_from([0.0, 0.6, 3.0]),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(persons: list[int], margin: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    assert float(msml_loss(features, torch.tensor(persons), margin)) == pytest.approx(
        by_the_equation(features.tolist(), persons, margin), abs=1e-6
    )


def test_only_the_two_pairs_learn() -> None:
    features = torch.tensor([[0.0], [2.0], [12.0], [13.0], [20.0], [20.5]], requires_grad=True)
    # The farthest positive is 0 - 2; the nearest negative 13 - 20.
    msml_loss(features, torch.tensor([0, 0, 1, 1, 2, 2]), margin=8.0).backward()
    assert features.grad is not None
    assert features.grad.squeeze(1).tolist() == [-1, 1, 0, 1, -1, 0]

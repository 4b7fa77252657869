"""Pairs of a batch against plain loops."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.losses.pairs import distances_within, mean_where, pairs_of


@given(persons=st.lists(st.integers(-1, 3), max_size=8))
def test_pairs_are_what_a_loop_says(persons: list[int]) -> None:
    positive, negative = pairs_of(torch.tensor(persons, dtype=torch.int64))
    for i, first in enumerate(persons):
        for j, second in enumerate(persons):
            assert bool(positive[i, j]) == (first == second and i != j)
            assert bool(negative[i, j]) == (first != second)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_distances_are_euclidean_and_exact_under_autocast(dtype: torch.dtype) -> None:
    features = (300 * torch.randn(5, 8)).to(dtype)
    with torch.autocast("cpu", torch.bfloat16):
        found = distances_within(features)
    assert found.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    rows = features.tolist()
    for i in range(5):
        for j in range(i):
            assert float(found[i, j]) == pytest.approx(math.dist(rows[i], rows[j]), rel=1e-4)


def test_mean_of_nothing_is_0() -> None:
    terms = torch.ones(3, requires_grad=True)
    value = mean_where(terms, torch.zeros(3, dtype=torch.bool))
    value.backward()
    assert float(value.detach()) == 0
    assert terms.grad is not None
    assert (terms.grad == 0).all()

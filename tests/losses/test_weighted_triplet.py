"""The weighted regularised triplet loss against the equation."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.weighted_triplet import softmax_where, weighted_triplet_loss


def by_the_equation(rows: list[list[float]], names: list[int], self_pairs: bool) -> float:
    terms = []
    for i, row in enumerate(rows):
        near = [
            math.dist(row, rows[j])
            for j in range(len(rows))
            if names[j] == names[i] and (self_pairs or j != i)
        ]
        far = [math.dist(row, rows[j]) for j in range(len(rows)) if names[j] != names[i]]
        if not near or not far:
            continue
        positive = sum(math.exp(d) * d for d in near) / sum(math.exp(d) for d in near)
        negative = sum(math.exp(-d) * d for d in far) / sum(math.exp(-d) for d in far)
        terms.append(math.log1p(math.exp(positive - negative)))
    return sum(terms) / len(terms) if terms else 0.0


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=10),
    self_pairs=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(persons: list[int], self_pairs: bool, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    found = weighted_triplet_loss(features, torch.tensor(persons), self_pairs)
    # An anchor's distance to itself is 1e-6 here, not 0.
    assert float(found) == pytest.approx(
        by_the_equation(features.tolist(), persons, self_pairs), abs=1e-5
    )


def test_gradients_with_self_pairs() -> None:
    features = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 0, 1, 1, 2])
    assert torch.autograd.gradcheck(
        lambda x: weighted_triplet_loss(x, persons, self_pairs=True), features
    )


def test_softmax_of_large_values_within_a_mask() -> None:
    values = torch.tensor([[1e4, 1e4 + math.log(3), 9e9]])
    found = softmax_where(values.double(), torch.tensor([[True, True, False]]))
    torch.testing.assert_close(found, torch.tensor([[0.25, 0.75, 0.0]]).double(), atol=1e-3, rtol=0)

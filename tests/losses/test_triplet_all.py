"""Triplets given, and all of a batch, against the equations."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.triplet_all import batch_all_triplet_loss, triplet_loss


def term(near: float, far: float, margin: float | None) -> float:
    return math.log1p(math.exp(near - far)) if margin is None else max(0.0, margin + near - far)


def batch_all_by_the_equation(
    features: torch.Tensor, persons: torch.Tensor, margin: float | None, non_zero_only: bool
) -> float:
    rows, names = features.tolist(), persons.tolist()
    places = range(len(rows))
    terms = [
        term(math.dist(rows[a], rows[p]), math.dist(rows[a], rows[n]), margin)
        for a in places
        for p in places
        for n in places
        if a != p and names[a] == names[p] and names[a] != names[n]
    ]
    if non_zero_only:
        terms = [value for value in terms if value > 0]
    return sum(terms) / len(terms) if terms else 0.0


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=9),
    margin=st.sampled_from([None, 0.0, 0.3, 2.0]),
    non_zero_only=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_batch_all_equals_a_loop(
    persons: list[int], margin: float | None, non_zero_only: bool, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    names = torch.tensor(persons)
    assert float(batch_all_triplet_loss(features, names, margin, non_zero_only)) == pytest.approx(
        batch_all_by_the_equation(features, names, margin, non_zero_only), abs=1e-9
    )


def test_soft_terms_that_round_to_0_still_count() -> None:
    features, persons = torch.tensor([[0.0], [1.0], [900.0]]), torch.tensor([0, 0, 1])
    near = torch.tensor([[0.0], [2.0], [1.0]])
    both = torch.cat([features, near + 5000])
    everybody = torch.cat([persons, persons + 2])
    soft = [batch_all_triplet_loss(both, everybody, None, only) for only in (True, False)]
    assert soft[0] == soft[1] > 0


@pytest.mark.parametrize("squared", [True, False])
@pytest.mark.parametrize("margin", [None, 0.2])
def test_given_triplets_equal_a_loop(margin: float | None, squared: bool) -> None:
    anchors, positives, negatives = torch.randn(3, 6, 4).double()
    power = 2 if squared else 1
    wanted = [
        term(math.dist(a, p) ** power, math.dist(a, n) ** power, margin)
        for a, p, n in zip(anchors.tolist(), positives.tolist(), negatives.tolist(), strict=True)
    ]
    found = triplet_loss(anchors, positives, negatives, margin, squared)
    assert float(found) == pytest.approx(sum(wanted) / 6, abs=1e-9)


@pytest.mark.parametrize("squared", [True, False])
def test_gradients_of_given_triplets(squared: bool) -> None:
    triplets = torch.randn(3, 5, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda x: triplet_loss(*x, margin=0.5, squared=squared), triplets
    )


@pytest.mark.parametrize("squared", [True, False])
def test_edges_of_given_triplets(squared: bool) -> None:
    same = torch.ones(2, 3, requires_grad=True)
    value = triplet_loss(same, same, same, margin=0.2, squared=squared)
    value.backward()
    assert float(value.detach()) == pytest.approx(0.2)
    assert same.grad is not None
    assert same.grad.isfinite().all()
    nothing = torch.zeros(0, 3)
    assert float(triplet_loss(nothing, nothing, nothing, squared=squared)) == 0


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_given_triplets_in_half_precision(dtype: torch.dtype) -> None:
    triplets = (300 * torch.randn(3, 6, 8)).to(dtype)
    a, p, n = triplets
    wanted = triplet_loss(a.double(), p.double(), n.double(), squared=False)
    with torch.autocast("cpu", dtype):
        found = triplet_loss(a, p, n, squared=False)
    assert float(found) == pytest.approx(float(wanted), rel=1e-4)

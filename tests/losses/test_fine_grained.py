"""The fine-grained pairwise loss against the equation."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.fine_grained import fine_grained_pairwise_loss, fine_grained_terms


def divergence(p: float, q: float, alpha: float) -> float:
    return p * math.log(alpha * p / ((alpha - 1) * p + q)) if p else 0.0


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=9),
    alpha=st.sampled_from([1.05, 1.5, 3.0]),
    beta=st.sampled_from([0.5, 2.0]),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(
    persons: list[int], alpha: float, beta: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    rows, terms = features.tolist(), []
    for i in range(len(rows)):
        for j in range(i):
            u = math.exp(-beta * math.dist(rows[i], rows[j]))
            k = float(persons[i] == persons[j])
            terms.append(divergence(u, k, alpha) + divergence(k, u, alpha))
    found = fine_grained_pairwise_loss(features, torch.tensor(persons), alpha, beta)
    assert float(found) == pytest.approx(sum(terms) / max(len(terms), 1), abs=1e-9)


def test_one_person_rises_to_a_bound_and_two_people_fall_exponentially() -> None:
    distances = torch.linspace(0, 60, 200, dtype=torch.float64)
    one = fine_grained_terms(distances, torch.ones(200, dtype=torch.bool))
    two = fine_grained_terms(distances, torch.zeros(200, dtype=torch.bool))
    bound = math.log(1.05 / 0.05)
    assert float(one[0]) == pytest.approx(0, abs=1e-12)
    assert (one.diff() > 0).all()
    assert float(one[-1]) == pytest.approx(bound, rel=1e-6)
    torch.testing.assert_close(two, bound * (-0.5 * distances).exp())


def test_distances_that_underflow_are_finite() -> None:
    distances = torch.tensor([1e4, 1e4], requires_grad=True)
    terms = fine_grained_terms(distances, torch.tensor([True, False]))
    terms.sum().backward()
    torch.testing.assert_close(terms.detach(), torch.tensor([math.log(21.0), 0.0]))
    assert distances.grad is not None
    assert distances.grad.isfinite().all()

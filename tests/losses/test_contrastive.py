"""The contrastive loss against the equation."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.contrastive import contrastive_loss, contrastive_terms


def by_the_equation(features: torch.Tensor, persons: torch.Tensor, margin: float) -> float:
    rows, names = features.tolist(), persons.tolist()
    terms = []
    for i in range(len(rows)):
        for j in range(i):
            distance = math.dist(rows[i], rows[j])
            if names[i] == names[j]:
                terms.append(distance**2 / 2)
            else:
                terms.append(max(0.0, margin - distance) ** 2 / 2)
    return sum(terms) / len(terms) if terms else 0.0


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=10),
    margin=st.sampled_from([0.5, 1.0, 3.0]),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(persons: list[int], margin: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    names = torch.tensor(persons)
    assert float(contrastive_loss(features, names, margin)) == pytest.approx(
        by_the_equation(features, names, margin), abs=1e-9
    )


def test_by_hand() -> None:
    distances = torch.tensor([3.0, 0.4, 2.0])
    same = torch.tensor([True, False, False])
    torch.testing.assert_close(
        contrastive_terms(distances, same, margin=1.0), torch.tensor([4.5, 0.18, 0.0])
    )


def test_far_negatives_pass_no_gradients() -> None:
    features = torch.tensor([[0.0], [5.0]], requires_grad=True)
    contrastive_loss(features, torch.tensor([0, 1])).backward()
    assert features.grad is not None
    assert (features.grad == 0).all()

"""The batch-hard triplet loss against the equation, and at its edges."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.triplet import batch_hard_triplet_loss


def by_the_equation(features: torch.Tensor, persons: torch.Tensor, margin: float | None) -> float:
    rows, names = features.tolist(), persons.tolist()
    terms = []
    for a, anchor in enumerate(rows):
        positives = [
            math.dist(anchor, rows[p]) for p in range(len(rows)) if p != a and names[p] == names[a]
        ]
        negatives = [math.dist(anchor, rows[n]) for n in range(len(rows)) if names[n] != names[a]]
        if positives and negatives:
            gap = max(positives) - min(negatives)
            terms.append(math.log1p(math.exp(gap)) if margin is None else max(0.0, margin + gap))
    return sum(terms) / len(terms) if terms else 0.0


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    margin=st.sampled_from([None, 0.0, 0.3, 2.0]),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(
    persons: list[int], margin: float | None, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    names = torch.tensor(persons)
    assert float(batch_hard_triplet_loss(features, names, margin)) == pytest.approx(
        by_the_equation(features, names, margin), abs=1e-6
    )


@pytest.mark.parametrize("margin", [None, 0.3])
def test_gradients_against_finite_differences(margin: float | None) -> None:
    features = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 0, 1, 1, 1, 2])
    assert torch.autograd.gradcheck(lambda x: batch_hard_triplet_loss(x, persons, margin), features)


@pytest.mark.parametrize(
    "persons", [[0, 1, 2, 3], [0, 0, 0, 0], [0]], ids=["no positive", "one person", "one picture"]
)
def test_without_a_triplet_loss_and_gradients_are_0(persons: list[int]) -> None:
    features = torch.randn(len(persons), 3, requires_grad=True)
    loss = batch_hard_triplet_loss(features, torch.tensor(persons), 0.3)
    loss.backward()
    assert float(loss) == 0
    assert features.grad is not None
    assert (features.grad == 0).all()


def test_an_empty_batch() -> None:
    nobody = torch.zeros(0, dtype=torch.int64)
    assert float(batch_hard_triplet_loss(torch.zeros(0, 3), nobody, 0.3)) == 0


@pytest.mark.parametrize(("margin", "wanted"), [(0.3, 0.3), (None, math.log(2))])
def test_identical_features_cost_the_margin_and_give_finite_gradients(
    margin: float | None, wanted: float
) -> None:
    features = torch.ones(4, 3, requires_grad=True)
    loss = batch_hard_triplet_loss(features, torch.tensor([0, 0, 1, 1]), margin)
    loss.backward()
    assert float(loss) == pytest.approx(wanted, abs=1e-5)
    assert features.grad is not None
    assert features.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_full(dtype: torch.dtype) -> None:
    # Squares of 300 overflow float16.
    features = (300 * torch.randn(8, 16)).to(dtype)
    persons = torch.arange(8) // 2
    wanted = batch_hard_triplet_loss(features.double(), persons, 0.3)
    leaf = features.requires_grad_()
    with torch.autocast("cpu", dtype):
        loss = batch_hard_triplet_loss(leaf, persons, 0.3)
    loss.backward()
    assert float(loss) == pytest.approx(float(wanted), rel=1e-4)
    assert leaf.grad is not None
    assert leaf.grad.isfinite().all()

"""The exponential angular triplet loss against the equation."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.exponential_triplet import exponential_triplet_loss


def cosine(x: list[float], y: list[float]) -> float:
    return sum(p * q for p, q in zip(x, y, strict=True)) / math.hypot(*x) / math.hypot(*y)


def by_the_equation(
    rows: list[list[float]], names: list[int], modes: list[int] | None, mean_first: bool
) -> float:
    gaps = []
    for i, row in enumerate(rows):
        others = [j for j in range(len(rows)) if j != i and (modes is None or modes[j] != modes[i])]
        near = [cosine(row, rows[j]) for j in others if names[j] == names[i]]
        far = [cosine(row, rows[j]) for j in others if names[j] != names[i]]
        if near and far:
            gaps.append(1 + max(0.0, max(far)) - min(near))
    if not gaps:
        return 0.0
    if mean_first:
        return math.exp(sum(gaps) / len(gaps))
    return sum(math.exp(gap) for gap in gaps) / len(gaps)


@settings(max_examples=60, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=10),
    across=st.booleans(),
    mean_first=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(
    persons: list[int], across: bool, mean_first: bool, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    modes = torch.randint(2, (len(persons),), generator=generator)
    found = exponential_triplet_loss(
        features, torch.tensor(persons), modes if across else None, mean_first
    )
    wanted = by_the_equation(
        features.tolist(), persons, modes.tolist() if across else None, mean_first
    )
    assert float(found) == pytest.approx(wanted, abs=1e-9)


def test_bounds() -> None:
    best = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    worst = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]])
    persons = torch.tensor([0, 0, 1])
    assert float(exponential_triplet_loss(best, persons)) == pytest.approx(1)
    # The first anchor: 1 + 1 + 1; the second has its negative behind it: 1 + 0 + 1.
    wanted = (math.exp(3) + math.exp(2)) / 2
    assert float(exponential_triplet_loss(worst, persons)) == pytest.approx(wanted)


def test_one_modality_has_nobody_to_compare_with() -> None:
    features = torch.randn(6, 3, requires_grad=True)
    persons, modes = torch.tensor([0, 0, 1, 1, 2, 2]), torch.zeros(6, dtype=torch.int64)
    value = exponential_triplet_loss(features, persons, modes)
    value.backward()
    assert float(value.detach()) == 0
    assert features.grad is not None
    assert (features.grad == 0).all()

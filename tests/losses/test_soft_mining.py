"""Online soft mining and class-aware attention against the equations."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.soft_mining import (
    class_aware_attention,
    soft_mining_loss,
    soft_mining_weights,
)


def by_the_equation(rows: list[list[float]], names: list[int], attention: list[float]) -> float:
    ways = [[x / math.hypot(*row) for x in row] for row in rows]
    near = near_weight = far = far_weight = 0.0
    for i in range(len(rows)):
        for j in range(i):
            d, a = math.dist(ways[i], ways[j]), min(attention[i], attention[j])
            if names[i] == names[j]:
                weight = math.exp(-(d**2) / 0.8**2) * a
                near, near_weight = near + weight * d**2 / 2, near_weight + weight
            else:
                hinge = max(0.0, 1.2 - d)
                far, far_weight = far + hinge * a * hinge**2 / 2, far_weight + hinge * a
    positive = near / near_weight if near_weight else 0.0
    negative = far / far_weight if far_weight else 0.0
    return 0.7 * positive + 0.3 * negative


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=9),
    attentive=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(persons: list[int], attentive: bool, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    attention = torch.rand(len(persons), dtype=torch.float64, generator=generator)
    attention = attention if attentive else torch.ones_like(attention)
    found = soft_mining_loss(
        features, torch.tensor(persons), attention if attentive else None, balance=0.3
    )
    wanted = by_the_equation(features.tolist(), persons, attention.tolist())
    assert float(found) == pytest.approx(wanted, abs=1e-6)


def test_gradients_take_the_weights_for_constants() -> None:
    # Two people on a circle; the angle between each pair decides everything.
    features = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.6, -0.8]], dtype=torch.float64)
    persons = torch.tensor([0, 0, 1])
    before = torch.cdist(features, features)
    weights = soft_mining_weights(before, persons[:, None] == persons)

    def with_fixed_weights(x: torch.Tensor) -> torch.Tensor:
        ways = torch.nn.functional.normalize(x)
        d = [(ways[i] - ways[j]).norm() for i, j in [(0, 1), (0, 2), (1, 2)]]
        w = [weights[0, 1], weights[0, 2], weights[1, 2]]
        far = w[1] * (1.2 - d[1]).clamp(min=0) ** 2 + w[2] * (1.2 - d[2]).clamp(min=0) ** 2
        return 0.5 * d[0] ** 2 / 2 + 0.5 * far / 2 / (w[1] + w[2])

    leaf = features.clone().requires_grad_()
    assert torch.autograd.gradcheck(with_fixed_weights, leaf)
    (wanted,) = torch.autograd.grad(with_fixed_weights(leaf), leaf)
    (found,) = torch.autograd.grad(soft_mining_loss(leaf, persons), leaf)
    torch.testing.assert_close(found, wanted)
    assert (found != 0).any()


def test_attention_is_the_share_of_the_own_person() -> None:
    logits = torch.tensor([[0.0, math.log(3.0)], [2.0, 2.0]], requires_grad=True)
    found = class_aware_attention(logits, torch.tensor([1, 0]))
    torch.testing.assert_close(found, torch.tensor([0.75, 0.5]))
    assert not found.requires_grad


def test_a_picture_without_attention_teaches_nothing() -> None:
    features = torch.randn(6, 4, requires_grad=True)
    attention = torch.tensor([1.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    persons = torch.tensor([0, 0, 0, 1, 1, 1])
    soft_mining_loss(features, persons, attention).backward()
    assert features.grad is not None
    assert (features.grad[3] == 0).all()
    assert (features.grad[0] != 0).any()


def test_negatives_beyond_the_margin_cost_nothing() -> None:
    features = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], requires_grad=True)
    value = soft_mining_loss(features, torch.tensor([0, 1]))
    value.backward()
    assert float(value.detach()) == 0
    assert features.grad is not None
    assert (features.grad == 0).all()

"""The circle loss against the equation, with pairs and with classes."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.circle import CircleLoss, circle_exponents, circle_loss


def cosine(x: list[float], y: list[float]) -> float:
    return sum(p * q for p, q in zip(x, y, strict=True)) / math.hypot(*x) / math.hypot(*y)


def one_anchor(near: list[float], far: list[float], margin: float, scale: float) -> float:
    pull = sum(math.exp(-scale * max(0.0, 1 + margin - s) * (s - (1 - margin))) for s in near)
    push = sum(math.exp(scale * max(0.0, s + margin) * (s - margin)) for s in far)
    return math.log(1 + push * pull)


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=9),
    margin=st.sampled_from([0.0, 0.25, 0.4]),
    seed=st.integers(0, 1000),
)
def test_pairs_equal_a_loop_over_the_equation(persons: list[int], margin: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    rows, scale, wanted = features.tolist(), 16.0, []
    for i, row in enumerate(rows):
        others = [j for j in range(len(rows)) if j != i]
        near = [cosine(row, rows[j]) for j in others if persons[j] == persons[i]]
        far = [cosine(row, rows[j]) for j in others if persons[j] != persons[i]]
        if near and far:
            wanted.append(one_anchor(near, far, margin, scale))
    found = circle_loss(features, torch.tensor(persons), margin, scale)
    assert float(found) == pytest.approx(sum(wanted) / max(len(wanted), 1), rel=1e-9, abs=1e-9)


def test_classes_equal_a_loop_over_the_equation() -> None:
    loss = CircleLoss(4, 3, scale=16.0).double()
    features, persons = torch.randn(5, 3).double(), [0, 1, 3, 3, 2]
    wanted = 0.0
    for row, person in zip(features.tolist(), persons, strict=True):
        ways = [cosine(row, way) for way in loss.directions.weight.tolist()]
        far = [s for number, s in enumerate(ways) if number != person]
        wanted += one_anchor([ways[person]], far, 0.25, 16.0)
    found = loss(features, torch.tensor(persons))
    assert float(found.detach()) == pytest.approx(wanted / 5, abs=1e-9)


def test_gradients_take_the_weights_for_constants() -> None:
    similarities = torch.tensor([0.5, 0.9, 0.3, -0.6]).double().requires_grad_()
    same = torch.tensor([True, True, False, False])
    circle_exponents(similarities, same, 0.25, 2.0).sum().backward()
    # -2 (1.25 - s) for a positive, 2 max(0, s + 0.25) for a negative.
    wanted = torch.tensor([-1.5, -0.7, 1.1, 0.0]).double()
    torch.testing.assert_close(similarities.grad, wanted)


def test_gradients_against_finite_differences_of_fixed_weights() -> None:
    features = torch.randn(6, 3, dtype=torch.float64)
    persons = torch.tensor([0, 0, 1, 1, 2, 2])
    margin, scale = 0.25, 8.0
    fixed = torch.nn.functional.normalize(features)
    fixed = fixed @ fixed.T

    def with_fixed_weights(x: torch.Tensor) -> torch.Tensor:
        ways = torch.nn.functional.normalize(x)
        s, total = ways @ ways.T, torch.zeros(()).double()
        for i in range(6):
            pull, push = torch.zeros(()).double(), torch.zeros(()).double()
            for j in range(6):
                if i != j and persons[i] == persons[j]:
                    pull = pull + (-scale * (1.25 - fixed[i, j]) * (s[i, j] - 0.75)).exp()
                elif i != j:
                    weight = (fixed[i, j] + margin).clamp(min=0)
                    push = push + (scale * weight * (s[i, j] - margin)).exp()
            total = total + (1 + pull * push).log()
        return total / 6

    leaf = features.clone().requires_grad_()
    assert torch.autograd.gradcheck(with_fixed_weights, leaf)
    (wanted,) = torch.autograd.grad(with_fixed_weights(leaf), leaf)
    (found,) = torch.autograd.grad(circle_loss(leaf, persons, margin, scale), leaf)
    torch.testing.assert_close(found, wanted)

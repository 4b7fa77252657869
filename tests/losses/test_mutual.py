"""The mutual losses against the equations, and who learns from whom."""

import math

import pytest
import torch
from torch import Tensor

from passerby.losses.mutual import classification_mutual_loss, divergence, metric_mutual_loss


def shares(row: list[float]) -> list[float]:
    return [math.exp(value) / sum(math.exp(other) for other in row) for value in row]


def divergence_by_the_equation(learner: Tensor, teacher: Tensor) -> float:
    total = 0.0
    for row, taught in zip(learner.tolist(), teacher.tolist(), strict=True):
        for q, p in zip(shares(row), shares(taught), strict=True):
            total += p * math.log(p / q)
    return total / len(learner)


def test_classification_loss_equals_a_loop_over_the_equation() -> None:
    first, second = torch.randn(5, 7).double(), torch.randn(5, 7).double()
    wanted = divergence_by_the_equation(first, second) + divergence_by_the_equation(second, first)
    assert float(classification_mutual_loss(first, second)) == pytest.approx(wanted, abs=1e-12)
    assert float(classification_mutual_loss(first, first)) == 0


def test_metric_loss_equals_a_loop_over_the_equation() -> None:
    first, second = torch.rand(4, 4).double(), torch.rand(4, 4).double()
    wanted = sum(
        (float(first[i, j]) - float(second[i, j])) ** 2 * 2 for i in range(4) for j in range(4)
    )
    assert float(metric_mutual_loss(first, second)) == pytest.approx(wanted / 16, abs=1e-12)


def test_gradients_against_finite_differences() -> None:
    logits = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    teacher = torch.randn(3, 4, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: divergence(x, teacher), logits)
    # Each student has the gradient of its own half alone, the other half holding it still.
    wanted = torch.autograd.grad(divergence(logits, teacher), logits)[0]
    found = torch.autograd.grad(classification_mutual_loss(logits, teacher), logits)[0]
    torch.testing.assert_close(found, wanted)


def test_nothing_flows_to_the_teacher() -> None:
    teacher = torch.randn(3, 4, requires_grad=True)
    student = torch.randn(3, 4, requires_grad=True)
    divergence(student, teacher).backward()
    assert teacher.grad is None
    assert student.grad is not None

    first = torch.rand(3, 3, dtype=torch.float64, requires_grad=True)
    second = torch.rand(3, 3, dtype=torch.float64, requires_grad=True)
    metric_mutual_loss(first, second).backward()
    torch.testing.assert_close(first.grad, 2 * (first - second).detach() / 9)
    torch.testing.assert_close(second.grad, 2 * (second - first).detach() / 9)


def test_one_person_and_an_empty_batch_cost_nothing() -> None:
    one = torch.randn(3, 1, requires_grad=True)
    classification_mutual_loss(one, torch.randn(3, 1)).backward()
    assert one.grad is not None
    assert (one.grad == 0).all()
    nobody = torch.zeros(0, 5, requires_grad=True)
    loss = classification_mutual_loss(nobody, nobody) + metric_mutual_loss(
        nobody[:, :0], nobody[:, :0]
    )
    loss.backward()
    assert float(loss) == 0


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_full(dtype: torch.dtype) -> None:
    logits = [(30 * torch.randn(6, 9)).to(dtype).requires_grad_() for _ in range(2)]
    matrices = [(300 * torch.rand(6, 6)).to(dtype).requires_grad_() for _ in range(2)]
    with torch.autocast("cpu", dtype):
        named = classification_mutual_loss(*logits)
        # A square of 300 overflows float16.
        measured = metric_mutual_loss(*matrices)
    (named + measured).backward()
    exact_named = classification_mutual_loss(*(value.detach().double() for value in logits))
    exact_measured = metric_mutual_loss(*(value.detach().double() for value in matrices))
    assert float(named) == pytest.approx(float(exact_named), rel=1e-4)
    assert float(measured) == pytest.approx(float(exact_measured), rel=1e-4)
    for leaf in (*logits, *matrices):
        assert leaf.grad is not None
        assert leaf.grad.isfinite().all()

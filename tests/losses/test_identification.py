"""The identification loss against the equation."""

import math

import pytest
import torch

from passerby.losses.identification import identification_loss


def by_the_equation(logits: torch.Tensor, persons: torch.Tensor, smoothing: float) -> float:
    total = 0.0
    rows = logits.tolist()
    for row, person in zip(rows, persons.tolist(), strict=True):
        partition = sum(math.exp(value) for value in row)
        for number, value in enumerate(row):
            wanted = smoothing / len(row)
            if number == person:
                wanted = 1 - (len(row) - 1) / len(row) * smoothing
            total -= wanted * math.log(math.exp(value) / partition)
    return total / len(rows)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_equals_a_loop_over_the_equation(smoothing: float) -> None:
    logits = torch.randn(5, 7, dtype=torch.float64)
    persons = torch.randint(7, (5,))
    assert float(identification_loss(logits, persons, smoothing)) == pytest.approx(
        by_the_equation(logits, persons, smoothing), abs=1e-12
    )


def test_by_hand() -> None:
    # Shares 3/4 and 1/4; labels 0.95 and 0.05.
    logits = torch.tensor([[math.log(3.0), 0.0]])
    wanted = -(0.95 * math.log(3 / 4) + 0.05 * math.log(1 / 4))
    assert float(identification_loss(logits, torch.tensor([0]))) == pytest.approx(wanted)


def test_gradients_against_finite_differences() -> None:
    logits = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 3, 3])
    assert torch.autograd.gradcheck(lambda x: identification_loss(x, persons), logits)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_finite_in_half_precision(dtype: torch.dtype) -> None:
    logits = (torch.randn(4, 5) * 1000).to(dtype).requires_grad_()
    loss = identification_loss(logits, torch.tensor([0, 1, 2, 3]))
    loss.backward()
    assert loss.dtype == torch.float32
    assert loss.isfinite()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_one_person_costs_nothing() -> None:
    assert float(identification_loss(torch.randn(3, 1), torch.zeros(3, dtype=torch.int64))) == 0


def test_an_empty_batch_costs_nothing_and_has_gradients() -> None:
    logits = torch.zeros(0, 5, requires_grad=True)
    loss = identification_loss(logits, torch.zeros(0, dtype=torch.int64))
    loss.backward()
    assert float(loss) == 0

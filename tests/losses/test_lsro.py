"""Label smoothing for outliers against the equation."""

import math

import pytest
import torch

from passerby.losses.identification import identification_loss
from passerby.losses.lsro import lsro_loss


def by_the_equation(rows: list[list[float]], names: list[int]) -> float:
    total = 0.0
    for row, name in zip(rows, names, strict=True):
        partition = sum(math.exp(value) for value in row)
        shares = [math.log(math.exp(value) / partition) for value in row]
        total -= sum(shares) / len(shares) if name < 0 else shares[name]
    return total / len(rows)


def test_equals_a_loop_over_the_equation() -> None:
    logits, names = torch.randn(6, 5, dtype=torch.float64), [0, -1, 4, 4, -1, 2]
    found = lsro_loss(logits, torch.tensor(names))
    assert float(found) == pytest.approx(by_the_equation(logits.tolist(), names), abs=1e-12)


def test_a_mask_goes_before_the_labels() -> None:
    logits, names = torch.randn(4, 5), torch.tensor([0, 3, 1, 2])
    mask = torch.tensor([False, True, False, True])
    marked = torch.where(mask, -1, names)
    assert torch.equal(lsro_loss(logits, names, mask), lsro_loss(logits, marked))


def test_real_pictures_alone_are_plain_identification() -> None:
    logits, names = torch.randn(4, 5), torch.tensor([0, 3, 1, 2])
    torch.testing.assert_close(
        lsro_loss(logits, names), identification_loss(logits, names, smoothing=0)
    )


def test_generated_pictures_are_best_undecided() -> None:
    logits = torch.randn(3, 5, requires_grad=True)
    lsro_loss(logits, torch.tensor([-1, -1, -1])).backward()
    shares = logits.detach().softmax(1)
    torch.testing.assert_close(logits.grad, (shares - 0.2) / 3)


def test_gradients_against_finite_differences() -> None:
    logits = torch.randn(4, 5, dtype=torch.float64, requires_grad=True)
    names = torch.tensor([0, -1, 4, -1])
    assert torch.autograd.gradcheck(lambda x: lsro_loss(x, names), logits)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_full(dtype: torch.dtype) -> None:
    logits = (torch.randn(4, 5) * 1000).to(dtype)
    names = torch.tensor([0, -1, 4, -1])
    with torch.autocast("cpu", dtype):
        found = lsro_loss(logits, names)
    assert found.dtype == torch.float32
    assert float(found) == pytest.approx(float(lsro_loss(logits.double(), names)), rel=1e-5)


def test_an_empty_batch_costs_nothing_and_has_gradients() -> None:
    logits = torch.zeros(0, 5, requires_grad=True)
    value = lsro_loss(logits, torch.zeros(0, dtype=torch.int64))
    value.backward()
    assert float(value.detach()) == 0


def test_a_person_beyond_the_classes_is_an_error() -> None:
    with pytest.raises(RuntimeError):
        lsro_loss(torch.zeros(1, 3), torch.tensor([3]))

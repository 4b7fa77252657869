"""The centre loss against the equations of its paper."""

from typing import cast

import pytest
import torch

from passerby.losses.centre import CentreLoss


def centred(people: int, channels: int) -> CentreLoss:
    loss = CentreLoss(people, channels).double()
    cast(torch.Tensor, loss.centres).normal_()
    return loss


def test_equals_a_loop_over_the_equation() -> None:
    loss = centred(4, 3).eval()
    features, persons = torch.randn(6, 3).double(), torch.tensor([0, 0, 1, 3, 3, 3])
    centres = loss.centres.tolist()
    wanted = 0.0
    for feature, person in zip(features.tolist(), persons.tolist(), strict=True):
        pairs = zip(feature, centres[person], strict=True)
        wanted += 0.5 * sum((x - c) ** 2 for x, c in pairs)
    assert float(loss(features, persons)) == pytest.approx(wanted / 6, abs=1e-12)


def test_centres_follow_by_the_papers_rule() -> None:
    loss = centred(3, 2)
    before = loss.centres.clone()
    features, persons = torch.randn(5, 2).double(), torch.tensor([0, 0, 0, 2, 2])
    loss(features, persons)
    for person in range(3):
        own = features[persons == person]
        step = (before[person] - own).sum(0) / (1 + len(own))
        torch.testing.assert_close(loss.centres[person], before[person] - 0.5 * step)
    assert torch.equal(loss.centres[1], before[1])


def test_centres_rest_in_evaluation() -> None:
    loss = centred(2, 3).eval()
    before = loss.centres.clone()
    loss(torch.randn(2, 3).double(), torch.tensor([0, 1]))
    assert torch.equal(loss.centres, before)


def test_centres_come_to_rest_at_the_mean() -> None:
    loss = CentreLoss(1, 2)
    features = torch.tensor([[0.0, 2.0], [4.0, 0.0]])
    for _ in range(60):
        value = loss(features, torch.tensor([0, 0]))
    torch.testing.assert_close(loss.centres, torch.tensor([[2.0, 1.0]]))
    assert float(value) == pytest.approx(2.5)


def test_gradients_against_finite_differences() -> None:
    loss = centred(3, 2).eval()
    features = torch.randn(4, 2, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 1, 1, 2])
    assert torch.autograd.gradcheck(lambda x: loss(x, persons), features)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_finite_in_half_precision(dtype: torch.dtype) -> None:
    loss = CentreLoss(2, 3)
    features = torch.full((2, 3), 300.0, dtype=dtype, requires_grad=True)
    value = loss(features, torch.tensor([0, 1]))
    value.backward()
    assert value.isfinite()
    assert features.grad is not None
    assert features.grad.isfinite().all()


def test_an_empty_batch_costs_nothing() -> None:
    assert float(CentreLoss(2, 3)(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64))) == 0

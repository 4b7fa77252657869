"""The verification loss and its matching head against loops written from the equations."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.losses.verification import MatchingHead, verification_loss


def loss_by_the_equation(logits: Tensor, same: Tensor, valid: Tensor) -> float:
    total, counted = 0.0, 0
    rows = zip(logits.tolist(), same.tolist(), valid.tolist(), strict=True)
    for (different, alike), right, counts in rows:
        if counts:
            partition = math.exp(different) + math.exp(alike)
            total -= math.log(math.exp(alike if right else different) / partition)
            counted += 1
    return total / counted if counted else 0.0


def logits_by_the_equation(head: MatchingHead, a: list[float], b: list[float]) -> list[float]:
    compared = [(x - y) ** 2 for x, y in zip(a, b, strict=True)]

    def layer(weight: Tensor, bias: Tensor, values: list[float]) -> list[float]:
        return [
            sum(w * v for w, v in zip(row, values, strict=True)) + shift
            for row, shift in zip(weight.tolist(), bias.tolist(), strict=True)
        ]

    if head.hidden is not None:
        compared = [max(0.0, v) for v in layer(head.hidden.weight, head.hidden.bias, compared)]
    return layer(head.logits.weight, head.logits.bias, compared)


@settings(max_examples=40, deadline=None)
@given(
    same=st.lists(st.booleans(), max_size=9),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_equals_a_loop_over_the_equation(same: list[bool], seed: int, data: st.DataObject) -> None:
    count = len(same)
    valid = torch.tensor(
        data.draw(st.lists(st.booleans(), min_size=count, max_size=count)), dtype=torch.bool
    )
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(count, 2, dtype=torch.float64, generator=generator)
    right = torch.tensor(same, dtype=torch.bool)
    wanted = loss_by_the_equation(logits, right, valid)
    assert float(verification_loss(logits, right, valid)) == pytest.approx(wanted, abs=1e-12)
    everyone = torch.ones(count, dtype=torch.bool)
    wanted = loss_by_the_equation(logits, right, everyone)
    assert float(verification_loss(logits, right)) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("hidden", [None, 5])
def test_the_head_equals_a_loop_over_the_equation(hidden: int | None) -> None:
    head = MatchingHead(4, hidden).double().eval()
    torch.nn.init.normal_(head.logits.weight)
    torch.nn.init.normal_(head.logits.bias)
    a, b = torch.randn(3, 4).double(), torch.randn(6, 4).double()
    apart = head.distances(a, b)
    for row in range(3):
        for column in range(6):
            logits = logits_by_the_equation(head, a[row].tolist(), b[column].tolist())
            assert head(a[row], b[column]).tolist() == pytest.approx(logits, abs=1e-12)
            share = math.exp(logits[1]) / (math.exp(logits[0]) + math.exp(logits[1]))
            assert float(apart[row, column]) == pytest.approx(-math.log(share), abs=1e-9)
    torch.testing.assert_close(apart.T, head.distances(b, a))


def test_the_head_begins_by_ranking_as_distances_do() -> None:
    a, b = torch.randn(5, 8), torch.randn(20, 8)
    found = MatchingHead(8).distances(a, b)
    assert torch.equal(found.argsort(1), torch.cdist(a, b).argsort(1))


def test_a_sure_match_still_has_a_rank() -> None:
    # The shares of both are 1 in float32, and 1 - share 0: only the logarithm tells them apart.
    head = MatchingHead(1)
    with torch.no_grad():
        head.logits.weight.copy_(torch.tensor([[1.0], [0.0]]))
        head.logits.bias.copy_(torch.tensor([-30.0, 0.0]))
    near, nearer = head.distances(torch.zeros(1, 1), torch.tensor([[1.0], [0.5]]))[0].tolist()
    assert 0 < nearer < near < 1e-12


@pytest.mark.parametrize("hidden", [None, 3])
def test_gradients_against_finite_differences(hidden: int | None) -> None:
    head = MatchingHead(3, hidden, dropout=0).double()
    a, b = (torch.randn(4, 3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    same = torch.tensor([True, False, True, False])
    valid = torch.tensor([True, True, False, True])
    weights = list(head.parameters())

    def loss(a: Tensor, b: Tensor, *_: Tensor) -> Tensor:
        return verification_loss(head(a, b), same, valid)

    assert torch.autograd.gradcheck(loss, (a, b, *weights))


def test_identical_features_give_finite_loss_and_gradients() -> None:
    head = MatchingHead(3)
    features = torch.ones(4, 3, requires_grad=True)
    loss = verification_loss(head(features, features), torch.tensor([True, False, True, False]))
    loss.backward()
    assert loss.isfinite()
    assert features.grad is not None
    assert (features.grad == 0).all()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in head.parameters())


def test_where_no_pair_counts_loss_and_gradients_are_0() -> None:
    # Not even when the logits are infinite.
    logits = torch.tensor([[math.inf, 0.0], [1.0, 2.0]], requires_grad=True)
    loss = verification_loss(logits, torch.tensor([True, False]), torch.tensor([False, False]))
    loss.backward()
    assert float(loss.detach()) == 0
    assert logits.grad is not None
    assert (logits.grad == 0).all()
    empty = torch.zeros(0, 2, requires_grad=True)
    nothing = torch.zeros(0, dtype=torch.bool)
    for loss in (verification_loss(empty, nothing), verification_loss(empty, nothing, nothing)):
        loss.backward()
        assert float(loss.detach()) == 0


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_full(dtype: torch.dtype) -> None:
    # Squares of 300 overflow float16.
    head = MatchingHead(16, dropout=0)
    a, b = ((100 * torch.randn(8, 16)).to(dtype) for _ in range(2))
    same = torch.arange(8) % 2 == 0
    wanted = verification_loss(head.double()(a.double(), b.double()), same).detach()
    head.float()
    leaf = a.requires_grad_()
    with torch.autocast("cpu", dtype):
        loss = verification_loss(head(leaf, b), same)
        apart = head.distances(leaf, b)
    loss.backward()
    assert loss.dtype == apart.dtype == torch.float32
    assert float(loss.detach()) == pytest.approx(float(wanted), rel=1e-4)
    assert apart.isfinite().all()
    assert leaf.grad is not None
    assert leaf.grad.isfinite().all()


def test_dropout_is_for_learning_alone() -> None:
    head = MatchingHead(64, dropout=0.9)
    a, b = torch.randn(2, 64), torch.randn(2, 64)
    assert not torch.equal(head(a, b), head(a, b))
    # Ranking while learning, as mining does, is without it.
    assert torch.equal(head.distances(a, b), head.distances(a, b))
    odds = head.eval()(a, b)
    wanted = -odds.log_softmax(1)[:, 1]
    torch.testing.assert_close(head.distances(a, b).diagonal(), wanted)

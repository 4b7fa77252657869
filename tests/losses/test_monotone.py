"""The monotone matching head: its equation, and that it learns to compare strangers."""

import math

import pytest
import torch
from torch import Tensor

from passerby.losses.monotone import MonotoneHead
from passerby.losses.verification import MatchingHead, batch_verification_loss


def test_equals_a_loop_over_the_equation() -> None:
    generator = torch.Generator().manual_seed(0)
    head = MonotoneHead(5).double().eval()
    torch.nn.init.normal_(head.logarithms, generator=generator)
    torch.nn.init.constant_(head.bias, -0.3)
    a = torch.randn(3, 5, dtype=torch.float64, generator=generator)
    b = torch.randn(4, 5, dtype=torch.float64, generator=generator)
    far = head.distances(a, b)
    for i, one in enumerate(a.tolist()):
        for j, other in enumerate(b.tolist()):
            ways = [[x / math.hypot(*row) for x in row] for row in (one, other)]
            odds = sum(
                math.exp(w) * (x - y) ** 2
                for w, x, y in zip(head.logarithms.tolist(), *ways, strict=True)
            )
            odds += float(head.bias.detach())
            assert float(far[i, j]) == pytest.approx(math.log1p(math.exp(odds)), rel=1e-9)
            shares = head(a[i : i + 1], b[j : j + 1]).softmax(1)
            assert -math.log(float(shares[0, 1])) == pytest.approx(float(far[i, j]), rel=1e-9)


def test_gradients_and_edges() -> None:
    head = MonotoneHead(4).double()
    features = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 0, 1, 1, 2, 2])
    others = torch.randn(6, 4, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x, w, c: _value(head, x, others, w, c), (
        features, head.logarithms, head.bias,
    ))  # fmt: skip
    for rows in (torch.zeros(6, 4), torch.ones(6, 4)):
        leaf = rows.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16):
            loss = batch_verification_loss(MonotoneHead(4), leaf, persons)
        loss.backward()
        assert loss.dtype == torch.float32
        assert float(loss.detach()) == pytest.approx(math.log(2))  # all pairs are alike
        assert leaf.grad is not None
        assert leaf.grad.isfinite().all()
    alone = batch_verification_loss(head, features, torch.arange(6))
    assert float(alone.detach()) == 0


def _value(head: MonotoneHead, a: Tensor, b: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    parameters = {"logarithms": weights, "bias": bias}
    return torch.func.functional_call(head, parameters, (a, b))


def test_learns_to_tell_strangers_apart_better_than_euclidean_distance() -> None:
    """Half of the dimensions say who it is, half are noise; the people tested on are others."""
    generator = torch.Generator().manual_seed(0)
    tells = torch.cat([torch.full((16,), 1.0), torch.full((16,), 0.1)])

    def people(count: int) -> tuple[Tensor, Tensor]:
        persons = torch.arange(count).repeat_interleave(4)
        centres = torch.randn(count, 32, generator=generator) * tells
        return centres[persons] + torch.randn(len(persons), 32, generator=generator) * 1.2, persons

    def area(far: Tensor, persons: Tensor) -> float:
        same = persons[:, None] == persons
        off = ~torch.eye(len(persons), dtype=torch.bool)
        right, wrong = far[same & off], far[~same]
        return float((right[:, None] < wrong).double().mean())

    features, persons = people(60)
    head = MonotoneHead(32)
    optimizer = torch.optim.Adam(head.parameters(), lr=3e-2)
    for _ in range(150):
        chosen = torch.randperm(60, generator=generator)[:12]
        rows = torch.isin(persons, chosen).nonzero()[:, 0]
        loss = batch_verification_loss(head, features[rows], persons[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    strangers, names = people(60)
    by_score = area(head.distances(strangers, strangers), names)
    by_euclid = area(torch.cdist(strangers, strangers), names)
    assert by_score > by_euclid + 0.01 > 0.5
    weights = head.logarithms.detach()
    assert weights[:16].mean() > weights[16:].mean() + 0.1


def test_a_wider_difference_is_never_more_alike() -> None:
    torch.manual_seed(0)
    free, held = MatchingHead(8).eval(), MonotoneHead(8)
    for parameter in (*free.parameters(), *held.parameters()):
        torch.nn.init.normal_(parameter)
    one = torch.zeros(1, 8)
    one[0, 0] = 1
    for axis in range(1, 8):
        angles = torch.linspace(0, math.pi / 2, 20)
        turned = torch.zeros(20, 8)
        turned[:, 0], turned[:, axis] = angles.cos(), angles.sin()
        assert (held.distances(one, turned)[0].diff() >= -1e-6).all()
    wide = torch.eye(8) * torch.linspace(0, 3, 20)[:, None, None]  # (20, 8, 8)
    assert any(
        (free.distances(torch.zeros(1, 8), wide[:, d])[0].diff() < 0).any() for d in range(8)
    )

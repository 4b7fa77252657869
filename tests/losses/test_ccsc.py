"""The CCSC loss against its equation, and at its edges."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.ccsc import ccsc_loss, ccsc_pairs

Modes = pytest.mark.parametrize(
    ("cross_camera", "self_pairs"),
    [(True, True), (False, True), (False, False)],
    ids=["across cameras", "every pair", "every pair but i = j"],
)


def by_the_equation(
    features: torch.Tensor,
    persons: list[int],
    cameras: list[int],
    cross_camera: bool,
    self_pairs: bool,
) -> float:
    terms = []
    for i, f in enumerate(features.tolist()):
        for j, g in enumerate(features.tolist()):
            if persons[i] != persons[j] or (cross_camera and cameras[i] == cameras[j]):
                continue
            if i == j and not self_pairs:
                continue
            dot = sum(a * b for a, b in zip(f, g, strict=True))
            terms.append(1 / (1 + dot / math.hypot(*f) / math.hypot(*g)))
    return sum(terms) / len(terms) if terms else 0.0


@settings(max_examples=60, deadline=None)
@given(
    labels=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=12),
    mode=st.sampled_from([(True, True), (False, True), (False, False)]),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(
    labels: list[tuple[int, int]], mode: tuple[bool, bool], seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    # As after a ReLU, but never all 0.
    features = torch.rand(len(labels), 3, dtype=torch.float64, generator=generator) + 1e-3
    persons, cameras = ([label[part] for label in labels] for part in (0, 1))
    loss = float(ccsc_loss(features, torch.tensor(persons), torch.tensor(cameras), *mode))
    assert loss == pytest.approx(by_the_equation(features, persons, cameras, *mode), abs=1e-12)
    assert loss == 0 or 0.5 - 1e-12 <= loss <= 1


@Modes
def test_gradients_against_finite_differences(cross_camera: bool, self_pairs: bool) -> None:
    features = torch.rand(6, 4, dtype=torch.float64, requires_grad=True)
    persons, cameras = torch.tensor([0, 0, 0, 1, 1, 2]), torch.tensor([1, 1, 2, 1, 3, 3])
    assert torch.autograd.gradcheck(
        lambda x: ccsc_loss(x, persons, cameras, cross_camera, self_pairs), features
    )


def test_which_pairs_are_compared() -> None:
    persons, cameras = torch.tensor([0, 0, 0, 1]), torch.tensor([1, 1, 2, 2])
    assert ccsc_pairs(persons, cameras).sum() == 4
    every = ccsc_pairs(persons, cameras, cross_camera=False)
    others = ccsc_pairs(persons, cameras, cross_camera=False, self_pairs=False)
    assert (int(every.sum()), int(others.sum())) == (10, 6)
    assert torch.equal(every, others | torch.eye(4, dtype=torch.bool))


def test_pairs_of_a_picture_with_itself_dilute_the_mean() -> None:
    features = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    persons, cameras = torch.tensor([0, 0]), torch.tensor([1, 1])
    assert float(ccsc_loss(features, persons, cameras, False, True)) == pytest.approx(0.75)
    assert float(ccsc_loss(features, persons, cameras, False, False)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("persons", "cameras"),
    [([0, 0, 1, 1], [1, 1, 2, 2]), ([0, 1, 2], [1, 2, 3]), ([0], [1])],
    ids=["each person by one camera", "nobody twice", "one picture"],
)
def test_without_a_pair_loss_and_gradients_are_0(persons: list[int], cameras: list[int]) -> None:
    features = torch.rand(len(persons), 3, requires_grad=True)
    loss = ccsc_loss(features, torch.tensor(persons), torch.tensor(cameras))
    loss.backward()
    assert float(loss.detach()) == 0
    assert features.grad is not None
    assert (features.grad == 0).all()


def test_an_empty_batch() -> None:
    nobody = torch.zeros(0, dtype=torch.int64)
    assert float(ccsc_loss(torch.zeros(0, 3), nobody, nobody)) == 0


def test_features_of_zeros_have_no_direction_and_learn_nothing() -> None:
    features = torch.tensor([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [4.0, 3.0]], requires_grad=True)
    loss = ccsc_loss(features, torch.zeros(4, dtype=torch.int64), torch.arange(4))
    loss.backward()
    # 10 of the 12 pairs have a zero in them and cost 1; the other 2 have a cosine of 24/25.
    assert float(loss.detach()) == pytest.approx((10 + 2 / (1 + 24 / 25)) / 12)
    assert features.grad is not None
    assert (features.grad[:2] == 0).all()
    assert features.grad[2:].abs().max() < 1


def test_identical_features_are_the_least() -> None:
    features = torch.ones(4, 3, requires_grad=True)
    loss = ccsc_loss(features, torch.tensor([0, 0, 1, 1]), torch.tensor([1, 2, 1, 2]))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(0.5)
    assert features.grad is not None
    assert features.grad.abs().max() < 1e-6


def test_opposite_features_cost_much_but_not_infinitely_much() -> None:
    features = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], requires_grad=True)
    loss = ccsc_loss(features, torch.tensor([0, 0]), torch.tensor([1, 2]))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(1e4, rel=1e-3)
    assert features.grad is not None
    assert features.grad.isfinite().all()


def test_steps_along_the_gradient_turn_features_to_each_other() -> None:
    features = torch.rand(4, 8, requires_grad=True)
    persons, cameras = torch.tensor([0, 0, 1, 1]), torch.tensor([1, 2, 1, 2])
    optimizer = torch.optim.SGD([features], lr=1.0)
    for _ in range(100):
        optimizer.zero_grad()
        loss = ccsc_loss(features, persons, cameras)
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_full(dtype: torch.dtype) -> None:
    # Squares of 300 overflow float16.
    features = (300 * torch.rand(8, 16)).to(dtype)
    persons, cameras = torch.arange(8) // 4, torch.arange(8) % 2
    wanted = ccsc_loss(features.double(), persons, cameras)
    leaf = features.requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        loss = ccsc_loss(leaf, persons, cameras)
    loss.backward()
    assert loss.dtype == torch.float32
    assert float(loss.detach()) == pytest.approx(float(wanted), rel=1e-4)
    assert leaf.grad is not None
    assert leaf.grad.isfinite().all()

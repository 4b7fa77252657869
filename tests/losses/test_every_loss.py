"""What every metric loss has in common: its edges, its precision, and that it teaches."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from passerby.losses.arcface import ArcFaceLoss
from passerby.losses.ccsc import ccsc_loss
from passerby.losses.centre import CentreLoss
from passerby.losses.circle import CircleLoss, circle_loss
from passerby.losses.contrastive import contrastive_loss
from passerby.losses.cosface import CosFaceLoss
from passerby.losses.exponential_triplet import exponential_triplet_loss
from passerby.losses.fine_grained import fine_grained_pairwise_loss
from passerby.losses.msml import msml_loss
from passerby.losses.quadruplet import quadruplet_loss
from passerby.losses.soft_mining import soft_mining_loss
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.losses.triplet_all import batch_all_triplet_loss
from passerby.losses.verification import VerificationLoss
from passerby.losses.weighted_triplet import weighted_triplet_loss

Loss = Callable[[Tensor, Tensor], Tensor]


def ccsc_of_every_pair(features: Tensor, persons: Tensor) -> Tensor:
    """Without the cameras, for which there is no place here; they are in the loss's own file."""
    cameras = torch.zeros_like(persons)
    return ccsc_loss(features, persons, cameras, cross_camera=False, self_pairs=False)


# Losses that compare a positive with a negative: 0 without both.
RANKING: dict[str, Loss] = {
    "batch hard, soft": batch_hard_triplet_loss,
    "batch hard, margin": partial(batch_hard_triplet_loss, margin=0.3),
    "batch all, soft": batch_all_triplet_loss,
    "batch all, margin": partial(batch_all_triplet_loss, margin=0.3),
    "batch all, plain mean": partial(batch_all_triplet_loss, margin=0.3, non_zero_only=False),
    "quadruplet, adaptive": quadruplet_loss,
    "quadruplet, fixed": partial(quadruplet_loss, margins=(2.0, 1.0)),
    "quadruplet, plain mean": partial(quadruplet_loss, margins=(2.0, 1.0), non_zero_only=False),
    "msml": msml_loss,
    "weighted": weighted_triplet_loss,
    "circle": circle_loss,
    "exponential": exponential_triplet_loss,
    "exponential of the mean": partial(exponential_triplet_loss, mean_first=True),
}
# Losses of single pairs.
PAIRS: dict[str, Loss] = {
    "contrastive": contrastive_loss,
    "soft mining": soft_mining_loss,
    "fine-grained": fine_grained_pairwise_loss,
    "ccsc": ccsc_of_every_pair,
}
# Losses that have weights, or a place for each person.
HEADS: dict[str, Callable[[int, int], nn.Module]] = {
    "cosface": CosFaceLoss,
    "arcface": ArcFaceLoss,
    "arcface, easy margin": partial(ArcFaceLoss, easy_margin=True),
    "circle, classes": CircleLoss,
    # At rest: while learning its centres are others after each call.
    "centre": lambda persons, channels: CentreLoss(persons, channels).eval(),
    "verification": lambda persons, channels: VerificationLoss(channels, dropout=0),
}
# The first two draw together and push nobody apart; the third teaches a comparison of its own, not
# the cosine (see the overfitting of its method).
NO_COSINE = {"ccsc", "centre", "verification"}
# Their weights or margins are constants to the gradients; checked in their own files.
PARTLY_CONSTANT = {"quadruplet, adaptive", "circle", "soft mining", "circle, classes"}

batch_losses = pytest.mark.parametrize("name", [*RANKING, *PAIRS])
every_loss = pytest.mark.parametrize("name", [*RANKING, *PAIRS, *HEADS])


def made(name: str, channels: int) -> Loss:
    """The loss of that name, for four people."""
    if name in HEADS:
        torch.manual_seed(1)
        return HEADS[name](4, channels).double()
    return {**RANKING, **PAIRS}[name]


def value_and_gradients(loss: Loss, features: Tensor, persons: Tensor) -> tuple[Tensor, Tensor]:
    leaf = features.detach().clone().requires_grad_()
    value = loss(leaf, persons)
    (gradients,) = torch.autograd.grad(value, leaf)
    return value.detach(), gradients


@pytest.mark.parametrize(
    "name", [n for n in [*RANKING, *PAIRS, *HEADS] if n not in PARTLY_CONSTANT]
)
def test_gradients_against_finite_differences(name: str) -> None:
    loss = made(name, 4)
    features = torch.randn(7, 4, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 0, 1, 1, 1, 2, 3])
    assert torch.autograd.gradcheck(lambda x: loss(x, persons), features)


@every_loss
@pytest.mark.parametrize("persons", [[0, 1, 2, 3], [0, 0, 0], [0]], ids=str)
def test_without_a_positive_or_a_negative(name: str, persons: list[int]) -> None:
    features = torch.randn(len(persons), 3, dtype=torch.float64)
    value, gradients = value_and_gradients(made(name, 3), features, torch.tensor(persons))
    assert value.isfinite()
    assert gradients.isfinite().all()
    if name in RANKING or (name in PAIRS and len(persons) == 1):
        assert float(value) == 0
        assert (gradients == 0).all()


@every_loss
def test_an_empty_batch_costs_nothing_and_has_gradients(name: str) -> None:
    features, nobody = torch.zeros(0, 3).double(), torch.zeros(0, dtype=torch.int64)
    value, gradients = value_and_gradients(made(name, 3), features, nobody)
    assert float(value) == 0
    assert gradients.shape == (0, 3)


@every_loss
@pytest.mark.parametrize("fill", [0.0, 1.0, -3.0])
def test_identical_features_give_finite_gradients(name: str, fill: float) -> None:
    features = torch.full((6, 3), fill, dtype=torch.float64)
    persons = torch.tensor([0, 0, 1, 1, 2, 2])
    value, gradients = value_and_gradients(made(name, 3), features, persons)
    assert value.isfinite()
    assert gradients.isfinite().all()
    assert gradients.abs().max() < 1e9


@every_loss
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("length", [1.0, 300.0])
def test_half_precision_is_computed_in_full(name: str, dtype: torch.dtype, length: float) -> None:
    # Squares of 300 overflow float16.
    features = (length * torch.randn(8, 16)).to(dtype)
    persons = torch.arange(8) // 2
    loss = made(name, 16)
    wanted = loss(features.double(), persons)
    if isinstance(loss, nn.Module):
        loss.float()
    leaf = features.requires_grad_()
    with torch.autocast("cpu", dtype):
        value = loss(leaf, persons)
    value.backward()
    assert value.dtype == torch.float32
    assert float(value.detach()) == pytest.approx(float(wanted.detach()), rel=1e-3, abs=1e-4)
    assert leaf.grad is not None
    assert leaf.grad.isfinite().all()


@batch_losses
@settings(max_examples=15, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=10),
    names=st.permutations(range(4)),
    seed=st.integers(0, 1000),
)
def test_neither_order_nor_names_matter(
    name: str, persons: list[int], names: list[int], seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    order = torch.randperm(len(persons), generator=generator)
    loss = made(name, 3)
    value = float(loss(features, torch.tensor(persons)))
    renamed = torch.tensor(names)[torch.tensor(persons)]
    assert value >= 0
    assert float(loss(features[order], renamed[order])) == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", [n for n in [*RANKING, *PAIRS, *HEADS] if n not in NO_COSINE])
def test_it_teaches_people_apart(name: str) -> None:
    torch.manual_seed(3)
    persons = torch.arange(16) // 4
    features = torch.randn(16, 8, dtype=torch.float64, requires_grad=True)
    loss = made(name, 8)
    heads = list(loss.parameters()) if isinstance(loss, nn.Module) else []
    optimizer = torch.optim.Adam([features, *heads], lr=0.05)
    first = value = float(loss(features, persons).detach())
    for _ in range(150):
        optimizer.zero_grad()
        term = loss(features, persons)
        term.backward()
        optimizer.step()
        value = float(term.detach())
    if name != "quadruplet, adaptive":  # its margins grow as people come apart
        assert value < first
    ways = nn.functional.normalize(features.detach(), dim=1)
    nearest = (ways @ ways.T).fill_diagonal_(-2).argmax(1)
    assert (persons[nearest] == persons).all()

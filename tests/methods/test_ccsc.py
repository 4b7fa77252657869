"""CCSC and its switches."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.losses.ccsc import ccsc_loss
from passerby.losses.identification import identification_loss
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.methods.ccsc import CCSC
from passerby.methods.method import Method

Learn = Callable[[Method, Batch, int], list[float]]


def small(**options: Any) -> CCSC:
    settings: dict[str, Any] = {"pretrained": False} | options
    return CCSC(4, "osnet_x0_25", **settings)


def test_the_defaults_are_the_papers() -> None:
    method = CCSC(767, pretrained=False)
    assert method.backbone(torch.zeros(1, 3, 384, 128)).shape == (1, 2048, 24, 8)
    assert method.classifier.weight.shape == (767, 512)
    assert (method.ccsc_weight, method.metric, method.rate.milestones) == (
        1.5,
        "euclidean",
        (35, 55),
    )
    embedding = method.eval()(torch.rand(2, 3, 384, 128))
    assert embedding.shape == (2, 512)
    assert (embedding >= 0).all()


def test_the_papers_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    method = small()

    def rate(epoch: int) -> float:
        monkeypatch.setattr(CCSC, "current_epoch", epoch)
        return method.learning_rate()

    assert rate(0) == pytest.approx(3.5e-5)
    assert rate(5) == rate(34) == pytest.approx(3.5e-4)
    steps = [rate(epoch + 1) - rate(epoch) for epoch in range(5)]
    assert steps == pytest.approx([(3.5e-4 - 3.5e-5) / 5] * 5)
    assert (rate(35), rate(54)) == pytest.approx((3.5e-5, 3.5e-5))
    assert (rate(55), rate(99)) == pytest.approx((3.5e-6, 3.5e-6))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"ccsc": False},
        {"cross_camera": False},
        {"cross_camera": False, "self_pairs": False},
        {"triplet": True},
        {"ccsc": False, "centre": True},
    ],
    ids=str,
)
def test_overfits_a_batch(options: dict[str, Any], batch: Batch, learn: Learn) -> None:
    method = small(learning_rate=2e-3, warmup_epochs=0, dimensions=64, **options)
    learn(method, batch, 25)
    with torch.no_grad():
        features = method.train()(batch.images)
        terms = method.losses(batch)
    assert terms["identification"] < 0.5
    if "ccsc" in terms:
        assert terms["ccsc"] < 1.5 * 0.6
    distances = torch.cdist(features, features).fill_diagonal_(9e9)
    assert (batch.persons[distances.argmin(1)] == batch.persons).all()


def test_every_term_is_of_the_embedding(batch: Batch) -> None:
    method = small(triplet=True)
    terms = method.losses(batch)
    f = method(batch.images)
    wanted = {
        "identification": identification_loss(method.classifier(f), batch.persons, 0.0),
        "ccsc": 1.5 * ccsc_loss(f, batch.persons, batch.cameras),
        "triplet": batch_hard_triplet_loss(f, batch.persons, 0.3),
    }
    assert terms.keys() == wanted.keys()
    for name, term in terms.items():
        assert float(term.detach()) == pytest.approx(float(wanted[name].detach()), abs=1e-5), name


def test_switches(batch: Batch) -> None:
    assert set(small(ccsc=False).losses(batch)) == {"identification"}
    assert set(small(centre=True).losses(batch)) == {"identification", "ccsc", "centre"}
    assert not small(ccsc=False).needs_pairs
    assert small().needs_pairs
    one = replace(batch, cameras=torch.ones_like(batch.cameras))
    values = [
        float(small(cross_camera=cross, self_pairs=pairs).losses(one)["ccsc"].detach())
        for cross, pairs in ((True, True), (False, True), (False, False))
    ]
    assert values[0] == 0
    assert 0.75 <= values[1] < values[2], "pairs of i = j are the least that there is"


def test_a_dead_embedding_gives_finite_gradients(batch: Batch) -> None:
    method = small()
    norm = method.embedding[1]
    assert isinstance(norm, nn.BatchNorm1d)
    nn.init.constant_(norm.bias, -100.0)
    assert (method(batch.images) == 0).all()
    torch.stack(list(method.losses(batch).values())).sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in method.parameters())


def test_mixed_precision_is_near_the_full_one(batch: Batch) -> None:
    method = small().eval()
    full = method.losses(batch)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = method.losses(batch)
    for name, term in full.items():
        assert mixed[name].dtype == torch.float32
        assert float(mixed[name].detach()) == pytest.approx(float(term.detach()), rel=0.05), name


def test_says_once_when_there_is_no_pair(batch: Batch, caplog: pytest.LogCaptureFixture) -> None:
    method = small()
    method.on_before_batch_transfer(batch, 0)
    assert not caplog.records
    one = replace(batch, cameras=torch.ones_like(batch.cameras))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert method.on_before_batch_transfer(one, 0) is one
    assert len(caplog.records) == 1
    assert "shows nobody by two cameras" in caplog.text
    caplog.clear()
    small(cross_camera=False).on_before_batch_transfer(one, 0)
    small(ccsc=False).on_before_batch_transfer(one, 0)
    assert not caplog.records


def test_begins_with_public_weights(real_models: Any) -> None:
    method = CCSC(4, "osnet_x0_25", initial_weights="osnet_x0_25_msmt17")
    fresh = small()
    layers = method.embedding[0], fresh.embedding[0]
    assert not torch.equal(*(layer.get_parameter("weight") for layer in layers))
    with pytest.raises(PasserbyError):
        CCSC(4, "osnet_ain_x0_25", initial_weights="osnet_x0_25_msmt17")


def test_a_learning_rate_that_is_not_above_0() -> None:
    with pytest.raises(PasserbyError, match="learning_rate is 0; it must be above 0"):
        small(learning_rate=0)

"""The strong baseline and its switches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.methods.learning import exported

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.losses.identification import identification_loss
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.method import Method
from passerby.models.pooling import GeM

Learn = Callable[[Method, Batch, int], list[float]]


def small(**options: Any) -> BagOfTricks:
    settings: dict[str, Any] = {"pretrained": False} | options
    return BagOfTricks(4, "osnet_x0_25", **settings)


def test_the_defaults_are_the_papers() -> None:
    method = BagOfTricks(751, pretrained=False)
    assert method.backbone(torch.zeros(1, 3, 256, 128)).shape == (1, 2048, 16, 8)
    assert method.classifier is not None
    assert method.classifier.weight.shape == (751, 2048)
    assert method.classifier.bias is None
    assert method.neck is not None
    assert not method.neck.bn.bias.requires_grad
    assert method.arguments["pooling"] == "average"
    assert (method.margin, method.label_smoothing, method.metric) == (0.3, 0.1, "cosine")
    assert method.arguments["milestones"] == (40, 70)


@pytest.mark.parametrize(
    "options", [{}, {"bnneck": False}, {"centre": True}, {"embedding": 64}, {"parts": 2}]
)
def test_overfits_a_batch(options: dict[str, Any], batch: Batch, learn: Learn) -> None:
    method = small(learning_rate=2e-3, label_smoothing=0.0, **options)
    totals = learn(method, batch, 25)
    assert totals[-1] < totals[0] / 3
    with torch.no_grad():
        features = method.train()(batch.images)
    distances = 1 - torch.nn.functional.cosine_similarity(features[:, None], features, dim=2)
    nearest = distances.fill_diagonal_(9).argmin(1)
    assert (batch.persons[nearest] == batch.persons).all()


def test_triplet_before_the_neck_identification_after_it(batch: Batch) -> None:
    method = small()
    terms = method.losses(batch)
    before, after, _ = method.features(batch.images)
    assert method.classifier is not None
    wanted = identification_loss(method.classifier(after), batch.persons, 0.1)
    assert terms["identification"].item() == pytest.approx(wanted.item(), abs=1e-6)
    wanted = batch_hard_triplet_loss(before, batch.persons, 0.3)
    assert terms["triplet"].item() == pytest.approx(wanted.item(), abs=1e-6)
    assert torch.equal(method.eval()(batch.images), method.features(batch.images)[1])


def test_switches(batch: Batch) -> None:
    assert set(small().losses(batch)) == {"identification", "triplet"}
    assert set(small(triplet=False).losses(batch)) == {"identification"}
    assert set(small(centre=True).losses(batch)) == {"identification", "triplet", "centre"}
    plain = small(bnneck=False)
    assert plain.metric == "euclidean"
    before, after, _ = plain.features(batch.images)
    assert before is after
    assert small(embedding=512)(batch.images).shape == (16, 512)
    wide = BagOfTricks(4, "resnet18_ibn_a", pretrained=False, last_stride=2)
    assert wide.backbone(batch.images).shape[2:] == (2, 1)


def test_parts_count_as_much_as_the_whole(batch: Batch) -> None:
    method = small(parts=4, part_length=8)
    terms = method.losses(batch)
    assert set(terms) == {"identification", "triplet", "parts"}
    _, after, embedding = method.features(batch.images)
    assert embedding.shape == (16, 128 + 4 * 8)
    torch.testing.assert_close(embedding[:, :128], torch.nn.functional.normalize(after))
    torch.testing.assert_close(embedding[:, 128:].norm(dim=1), torch.ones(16))
    wanted = batch_hard_triplet_loss(embedding, batch.persons, 0.3)
    assert terms["parts"].item() == pytest.approx(wanted.item(), abs=1e-6)


@pytest.mark.parametrize("options", [{"bnneck": False}, {"triplet": False}])
def test_parts_need_what_they_are_learnt_by(options: dict[str, Any]) -> None:
    with pytest.raises(PasserbyError, match=r"pass --model\.bnneck true"):
        small(parts=4, **options)


@pytest.mark.parametrize("options", [{"parts": -1}, {"parts": 2, "part_length": 0}])
def test_parts_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(PasserbyError, match="must be 0 or more, --model"):
        small(**options)


@pytest.mark.parametrize(
    ("options", "size"),
    [({"bnneck": False}, 128), ({"embedding": 64}, 64), ({"parts": 2, "part_length": 8}, 144)],
)
def test_exports_its_embedding(options: dict[str, Any], size: int, tmp_path: Path) -> None:
    path = save_checkpoint(small(**options), Preprocess(64, 32), tmp_path / "model.safetensors")
    exported(path, size)


def test_gem_pooling_learns_its_power(batch: Batch, learn: Learn) -> None:
    method = small(pooling="gem")
    assert isinstance(method.pooling, GeM)
    before = float(method.pooling.p.detach())
    learn(method, batch, 1)
    assert method.pooling.p.isfinite()
    assert float(method.pooling.p.detach()) != before


def test_maximum_pooling(batch: Batch) -> None:
    method = small(pooling="maximum").eval()
    with torch.no_grad():
        wanted = method.backbone(batch.images).amax((2, 3))
        assert torch.equal(method.features(batch.images)[0], wanted)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_learning_rate_that_is_not_above_0(rate: float) -> None:
    with pytest.raises(PasserbyError, match=r"learning_rate is .*; it must be above 0"):
        small(learning_rate=rate)

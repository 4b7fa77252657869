"""AlignedReID and its switches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import load_checkpoint, save_checkpoint
from passerby.losses.aligned import aligned_triplet_loss, local_distances
from passerby.losses.identification import identification_loss
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.method import Method
from passerby.models.resnet_xception import ResNet50Xception

Learn = Callable[[Method, Batch, int], list[float]]


def small(**options: Any) -> AlignedReID:
    settings: dict[str, Any] = {"pretrained": False, "local_channels": 16} | options
    return AlignedReID(4, "osnet_x0_25", **settings)


def test_the_defaults_are_the_papers() -> None:
    method = AlignedReID(751, pretrained=False).eval()
    images = torch.zeros(1, 3, 224, 224)
    with torch.no_grad():
        assert method.backbone(images).shape == (1, 2048, 7, 7)
        assert method(images).shape == (1, 2048)
        features, parts, logits = method.outputs(images)
    assert features.shape == (1, 2048)
    assert parts is not None
    assert parts.shape == (1, 7, 128)
    assert logits.shape == (1, 751)
    assert (method.margin, method.local_margin) == (0.3, 0.3)
    optimizer = method.configure_optimizers()
    assert isinstance(optimizer, torch.optim.Adam)
    assert optimizer.defaults["lr"] == 1e-3
    assert method.metric == "euclidean"
    assert not method.learned_distances


@pytest.mark.parametrize(
    ("step", "rate"),
    [(0, 1e-3), (159_999, 1e-3), (160_000, 1e-4), (319_999, 1e-4), (320_000, 1e-5)],
)
def test_an_epoch_is_2000_batches(step: int, rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AlignedReID, "global_step", step)
    monkeypatch.setattr(AlignedReID, "current_epoch", 80)
    assert small().learning_rate() == pytest.approx(rate)
    # Counted in passes over the data, it is the 81st epoch.
    assert small(batches_per_epoch=None).learning_rate() == pytest.approx(1e-4)


@pytest.mark.parametrize("options", [{}, {"local": False}])
def test_overfits_a_batch(options: dict[str, Any], batch: Batch, learn: Learn) -> None:
    method = small(learning_rate=2e-3, **options)
    totals = learn(method, batch, 25)
    assert totals[-1] < totals[0] / 3
    with torch.no_grad():
        features = method.train()(batch.images)
    nearest = torch.cdist(features, features).fill_diagonal_(torch.inf).argmin(1)
    assert (batch.persons[nearest] == batch.persons).all()


def test_the_loss_is_the_sum_of_three(batch: Batch) -> None:
    method = small(margin=0.4, local_margin=0.2)
    terms = method.losses(batch)
    assert list(terms) == ["identification", "triplet", "local_triplet"]
    features, parts, logits = method.outputs(batch.images)
    wanted = aligned_triplet_loss(features, parts, batch.persons, 0.4, 0.2)
    torch.testing.assert_close(terms["triplet"], wanted.whole)
    torch.testing.assert_close(terms["local_triplet"], wanted.local)
    named = identification_loss(logits, batch.persons, smoothing=0)
    torch.testing.assert_close(terms["identification"], named)


def test_parts_are_the_rows_of_the_map(batch: Batch) -> None:
    method = small().eval()
    with torch.no_grad():
        maps = method.backbone(batch.images)
        parts = method.parts(batch.images)
        assert method.reduce is not None
        weight, bias = method.reduce.weight[:, :, 0, 0], method.reduce.bias
        for row in range(maps.shape[2]):
            wanted = maps[:, :, row].mean(2) @ weight.T + bias
            torch.testing.assert_close(parts[:, row], wanted, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(method(batch.images), maps.mean((2, 3)))


def test_without_the_local_branch(batch: Batch) -> None:
    method = small(local=False)
    assert list(method.losses(batch)) == ["identification", "triplet"]
    assert not any("reduce" in name for name in method.state_dict())
    with pytest.raises(PasserbyError, match=r"no local features.*--model\.local true"):
        method.parts(batch.images)
    with pytest.raises(PasserbyError, match="no local features to embed"):
        small(local=False, embed_local=True)


def test_the_local_distance_is_an_option(batch: Batch) -> None:
    plain, both = small().eval(), small(embed_local=True).eval()
    both.load_state_dict(plain.state_dict())
    assert both.learned_distances
    with torch.no_grad():
        features, joined = plain(batch.images), both(batch.images)
        parts = both.parts(batch.images)
    assert joined.shape == (16, 128 + 4 * 16)
    assert torch.equal(joined[:, :128], features)
    assert torch.equal(joined[:, 128:].unflatten(1, (4, 16)), parts)
    far = plain.distances(features, features)
    torch.testing.assert_close(
        both.distances(joined[:5], joined), (far + local_distances(parts, parts))[:5], atol=3e-3,
        rtol=0,
    )  # fmt: skip


def test_the_second_backbone_has_no_public_weights() -> None:
    with pytest.raises(PasserbyError, match=r"no public ImageNet weights of resnet50_xception"):
        AlignedReID(4, "resnet50_xception")
    method = AlignedReID(4, "resnet50_xception", pretrained=False)
    assert isinstance(method.backbone, ResNet50Xception)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 0.0}, "learning_rate is 0"),
        ({"batches_per_epoch": 0}, "batches_per_epoch is 0; an epoch has 1 batch or more"),
    ],
)
def test_values_without_sense(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PasserbyError, match=message):
        small(**options)


@pytest.mark.parametrize("options", [{}, {"local": False}, {"embed_local": True}])
def test_written_and_read_back(options: dict[str, Any], batch: Batch, tmp_path: Path) -> None:
    method = small(**options).eval()
    path = save_checkpoint(method, Preprocess(64, 32), tmp_path / "model.safetensors")
    loaded = load_checkpoint(path)[0]
    assert isinstance(loaded, AlignedReID)
    assert torch.equal(loaded(batch.images), method(batch.images))
    # A run begun with these weights has people of its own.
    begun = AlignedReID(
        7, "osnet_x0_25", initial_weights=str(path), local_channels=16, **options
    ).eval()
    assert torch.equal(begun(batch.images), method(batch.images))
    assert begun.classifier.out_features == 7

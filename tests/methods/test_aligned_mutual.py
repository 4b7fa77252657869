"""Mutual learning of two students, and its switches."""

import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tests.methods.learning import finite_gradients

from passerby.core.batch import Batch
from passerby.core.distances import pairwise_distances
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import load_checkpoint, save_checkpoint
from passerby.losses.mutual import classification_mutual_loss, metric_mutual_loss
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.method import Method

Learn = Callable[[Method, Batch, int], list[float]]

OWN = ["identification_1", "triplet_1", "local_triplet_1"]
OWN += ["identification_2", "triplet_2", "local_triplet_2"]


def small(**options: Any) -> AlignedMutual:
    settings: dict[str, Any] = {
        "backbones": ("osnet_x0_25", "osnet_ain_x0_25"),
        "pretrained": False,
        "local_channels": 16,
    }
    return AlignedMutual(4, **(settings | options))


def student(method: AlignedMutual, number: int) -> AlignedReID:
    found = method.students[number - 1]
    assert isinstance(found, AlignedReID)
    return found


def test_the_defaults_are_the_papers() -> None:
    method = AlignedMutual(751, pretrained=False).eval()
    images = torch.zeros(1, 3, 224, 224)
    with torch.no_grad():
        assert method(images).shape == (1, 2048)
        assert method.parts(images).shape == (1, 7, 128)
    assert [type(student(method, number).backbone).__name__ for number in (1, 2)] == [
        "TimmBackbone",
        "ResNet50Xception",
    ]
    assert method.mutual == "both"
    assert (method.classification_weight, method.metric_weight) == (0.01, 0.001)
    assert {(s.margin, s.local_margin) for s in (student(method, 1), student(method, 2))} == {
        (0.3, 0.3)
    }
    assert isinstance(method.configure_optimizers(), torch.optim.Adam)


@pytest.mark.parametrize(
    ("step", "rate"),
    [(0, 3e-4), (119_999, 3e-4), (120_000, 1e-4), (239_999, 1e-4), (240_000, 1e-5)],
)
def test_the_rate_by_epochs_of_2000(
    step: int, rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AlignedMutual, "global_step", step)
    assert small().learning_rate() == rate


@pytest.mark.parametrize("mutual", ["none", "classification", "both"])
def test_overfits_a_batch(mutual: str, batch: Batch, learn: Learn) -> None:
    totals = learn(small(learning_rate=2e-3, mutual=mutual), batch, 15)
    assert totals[-1] < totals[0] / 2


def test_each_students_losses_and_both_mutual_ones(batch: Batch) -> None:
    method = small()
    terms = method.losses(batch)
    assert list(terms) == [*OWN, "classification_mutual", "metric_mutual"]
    outputs = [student(method, number).outputs(batch.images) for number in (1, 2)]
    for number, made in enumerate(outputs, start=1):
        for name, wanted in student(method, number).terms(made, batch.persons).items():
            torch.testing.assert_close(terms[f"{name}_{number}"], wanted)
    wanted = 0.01 * classification_mutual_loss(outputs[0].logits, outputs[1].logits)
    torch.testing.assert_close(terms["classification_mutual"], wanted)
    matrices = [pairwise_distances(made.features, made.features) for made in outputs]
    wanted = 0.001 * metric_mutual_loss(*matrices)
    torch.testing.assert_close(terms["metric_mutual"], wanted)


def test_switches(batch: Batch) -> None:
    assert list(small(mutual="none").losses(batch)) == OWN
    assert list(small(mutual="classification").losses(batch)) == [*OWN, "classification_mutual"]
    alone = small(local=False).losses(batch)
    assert not any("local" in name for name in alone)
    heavy = small(classification_weight=2.0)
    light = small(classification_weight=1.0)
    light.load_state_dict(heavy.state_dict())
    name = "classification_mutual"
    torch.testing.assert_close(heavy.losses(batch)[name], 2 * light.losses(batch)[name])


def test_without_a_word_each_student_learns_as_if_alone(batch: Batch, learn: Learn) -> None:
    together = small(mutual="none")
    alone = AlignedReID(
        4, "osnet_ain_x0_25", pretrained=False, local_channels=16, learning_rate=3e-4
    )
    alone.load_state_dict(student(together, 2).state_dict())
    learn(together, batch, 3)
    learn(alone, batch, 3)
    for name, value in alone.state_dict().items():
        torch.testing.assert_close(student(together, 2).state_dict()[name], value)


def test_the_embedding_is_one_student(batch: Batch) -> None:
    method = small().eval()
    for number in (1, 2):
        chosen = small(student=number).eval()
        chosen.load_state_dict(method.state_dict())
        own = student(method, number)
        assert torch.equal(chosen(batch.images), own(batch.images))
        assert torch.equal(chosen.parts(batch.images), own.parts(batch.images))
    both = small(embed_local=True, student=2).eval()
    assert both.learned_distances
    joined = both(batch.images)
    assert joined.shape == (16, 128 + 4 * 16)
    assert torch.equal(both.distances(joined, joined), student(both, 2).distances(joined, joined))


def test_every_layer_has_finite_gradients_also_in_mixed_precision(batch: Batch) -> None:
    full: dict[str, float] = {}
    for mixed in (False, True):
        torch.manual_seed(0)
        for name, term in finite_gradients(small(), batch, mixed).items():
            assert term.item() == pytest.approx(full.setdefault(name, term.item()), rel=0.2)


def test_how_each_student_began_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = AlignedMutual(4, pretrained=False)
    assert method.begun == (
        "student 1 (resnet50) begins with random weights",
        "student 2 (resnet50_xception) begins with random weights",
    )
    first = AlignedReID(9, "osnet_x0_25", pretrained=False, local_channels=16)
    path = save_checkpoint(first, Preprocess(64, 32), tmp_path / "model.safetensors")
    begun = small(initial_weights=(str(path), None))
    assert begun.begun[0] == f"student 1 (osnet_x0_25) begins with the weights '{path}'"
    with caplog.at_level(logging.WARNING):
        monkeypatch.setattr(AlignedMutual, "trainer", SimpleNamespace(is_global_zero=False))
        begun.on_fit_start()
        assert not caplog.records, "one process of several speaks"
        monkeypatch.setattr(AlignedMutual, "trainer", SimpleNamespace(is_global_zero=True))
        begun.on_fit_start()
    assert caplog.messages == ["; ".join(begun.begun)]
    own = student(begun, 1).backbone.state_dict()
    for name, value in first.backbone.state_dict().items():
        assert torch.equal(own[name], value)


def test_rates_and_milestones_come_in_pairs() -> None:
    with pytest.raises(PasserbyError, match="3 milestones came with 2 later_rates"):
        small(milestones=(1, 2, 3))


def test_written_and_read_back(batch: Batch, tmp_path: Path) -> None:
    method = small(student=2).eval()
    path = save_checkpoint(method, Preprocess(64, 32), tmp_path / "model.safetensors")
    loaded = load_checkpoint(path)[0]
    assert isinstance(loaded, AlignedMutual)
    assert torch.equal(loaded(batch.images), method(batch.images))
    assert loaded.arguments == method.arguments | {
        name: list(value) for name, value in method.arguments.items() if isinstance(value, tuple)
    } | {"pretrained": False, "initial_weights": None}

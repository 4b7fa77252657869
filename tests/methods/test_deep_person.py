"""Deep-Person and the switches of its tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import load_checkpoint, save_checkpoint
from passerby.losses.identification import identification_loss
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.methods.deep_person import DeepPerson
from passerby.methods.method import Method
from passerby.models.part_lstm import PartLinear, PartLSTM

Learn = Callable[[Method, Batch, int], list[float]]

SWITCHES: list[dict[str, Any]] = [
    {},
    # Table 4: part features with and without LSTM.
    {"ranking_branch": False},
    {"ranking_branch": False, "lstm": False},
    # Table 6: identification, ranking, both, of the whole.
    {"part_branch": False, "ranking_branch": False},
    {"part_branch": False, "global_branch": False},
    {"part_branch": False},
    # Table 7: parts, the whole, both.
    {"global_branch": False, "ranking_branch": False},
]


def small(**options: Any) -> DeepPerson:
    settings: dict[str, Any] = {"pretrained": False, "part_units": 8, "global_units": 32} | options
    return DeepPerson(4, "osnet_x0_25", **settings)


def test_the_defaults_are_the_papers() -> None:
    method = DeepPerson(751, pretrained=False).eval()
    images = torch.zeros(1, 3, 256, 128)
    with torch.no_grad():
        assert method.backbone(images).shape == (1, 2048, 8, 4)
        assert method(images).shape == (1, 2048)
        shapes = {name: tuple(f.shape) for name, f in method.branches(images).items()}
    assert shapes == {"part": (1, 2048), "global": (1, 2048), "ranking": (1, 2048)}
    assert isinstance(method.part, PartLSTM)
    lstm = method.part.lstm
    assert (lstm.num_layers, lstm.hidden_size, lstm.bidirectional) == (2, 256, True)
    assert (method.part.fc.in_features, method.part.fc.out_features) == (512, 256)
    assert method.margin == 0.5
    assert set(method.weights.values()) == {1.0}
    optimizer = method.configure_optimizers()
    assert isinstance(optimizer, torch.optim.Adam)
    assert optimizer.defaults["lr"] == 3e-4
    assert optimizer.defaults["betas"] == (0.9, 0.999)
    assert optimizer.defaults["weight_decay"] == 0


def test_the_rate_falls_from_epoch_100_to_a_thousandth(monkeypatch: pytest.MonkeyPatch) -> None:
    method, rates = small(), {}
    for epoch in (0, 100, 125, 149, 150):
        monkeypatch.setattr(DeepPerson, "current_epoch", epoch)
        rates[epoch] = method.learning_rate()
    for epoch, rate in rates.items():
        wanted = 3e-4 if epoch <= 100 else 3e-4 * 0.001 ** ((epoch - 100) / 50)
        assert rate == pytest.approx(wanted)


@pytest.mark.parametrize("options", SWITCHES)
def test_overfits_a_batch(options: dict[str, Any], batch: Batch, learn: Learn) -> None:
    totals = learn(small(learning_rate=2e-3, part_units=32, **options), batch, 25)
    assert totals[-1] < totals[0] / 3


def test_the_loss_is_the_sum_of_three_on_features_of_their_own(batch: Batch) -> None:
    method = small()
    terms, features = method.losses(batch), method.branches(batch.images)
    assert list(terms) == list(features) == ["part", "global", "ranking"]
    for branch in ("part", "global"):
        logits = method.classifier[branch](features[branch])
        wanted = identification_loss(logits, batch.persons, smoothing=0)
        torch.testing.assert_close(terms[branch], wanted)
    wanted = batch_hard_triplet_loss(features["ranking"], batch.persons, 0.5)
    torch.testing.assert_close(terms["ranking"], wanted)
    weighed = small(part_weight=2.0, global_weight=0.5, ranking_weight=3.0)
    weighed.load_state_dict(method.state_dict())
    for (branch, term), factor in zip(weighed.losses(batch).items(), (2, 0.5, 3), strict=True):
        torch.testing.assert_close(term, factor * terms[branch])


@pytest.mark.parametrize("options", SWITCHES)
def test_switches(options: dict[str, Any], batch: Batch) -> None:
    method = small(**options)
    branches = ("part", "global", "ranking")
    on = [branch for branch in branches if options.get(f"{branch}_branch", True)]
    assert list(method.losses(batch)) == on
    assert method.needs_pairs == ("ranking" in on)
    assert isinstance(method.part, PartLinear if options.get("lstm") is False else PartLSTM) == (
        "part" in on
    )
    # f_m is the pooled map, whatever is learnt; f_c joins what is.
    assert method(batch.images).shape == (16, 128)
    joined = small(descriptor="f_c", **options)
    assert joined(batch.images).shape == (
        16,
        sum({"part": 64, "global": 32}.get(b, 128) for b in on),
    )


def test_the_descriptor_needs_no_branch(batch: Batch) -> None:
    method = small().eval()
    pooled = method.backbone(batch.images).mean((2, 3))
    torch.testing.assert_close(method(batch.images), pooled)
    torch.testing.assert_close(method.branches(batch.images)["ranking"], pooled)
    joined = small(descriptor="f_c").eval()
    joined.load_state_dict(method.state_dict())
    torch.testing.assert_close(joined(batch.images)[:, -128:], pooled)


def test_nothing_to_learn_is_refused() -> None:
    with pytest.raises(PasserbyError, match=r"all off.*switch one on"):
        small(part_branch=False, global_branch=False, ranking_branch=False)


@pytest.mark.parametrize("options", [{}, {"lstm": False, "ranking_branch": False}])
def test_written_and_read_back(options: dict[str, Any], batch: Batch, tmp_path: Path) -> None:
    method = small(**options).eval()
    path = save_checkpoint(method, Preprocess(64, 32), tmp_path / "model.safetensors")
    loaded = load_checkpoint(path)[0]
    assert isinstance(loaded, DeepPerson)
    torch.testing.assert_close(loaded(batch.images), method(batch.images))
    terms = loaded.losses(batch)
    for name, term in method.losses(batch).items():
        torch.testing.assert_close(terms[name], term)
    # A run begun with these weights has people of its own.
    begun = DeepPerson(
        7, "osnet_x0_25", initial_weights=str(path), part_units=8, global_units=32, **options
    )
    torch.testing.assert_close(begun.eval()(batch.images), method(batch.images))
    assert begun.classifier["part"].weight.shape == (7, 64)

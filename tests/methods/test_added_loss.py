"""Every loss of the field, added to the strong baseline by its name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from tests.methods.learning import TINY, exported, finite_gradients, one_backbone
from tests.methods.learning import resumed_is_unbroken as resumed
from torch import Tensor, nn

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.losses.circle import circle_loss
from passerby.losses.cosines import unit
from passerby.losses.exponential_triplet import exponential_triplet_loss
from passerby.losses.msml import msml_loss
from passerby.losses.soft_mining import class_aware_attention, soft_mining_loss
from passerby.methods.added_loss import LOSSES, AddedLoss, Name
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.method import Method
from passerby.models.backbone import Backbone

Learn = Callable[[Method, Batch, int], list[float]]

NAMES: tuple[Name, ...] = get_args(Name)
QUICK = ("circle", "cosface", "verification")
"""One function, one class that names people, one with weights of another kind."""

every_loss = pytest.mark.parametrize("name", NAMES)


class Glance(Backbone):
    """One convolution: enough to learn a batch by heart, in no time."""

    def __init__(self) -> None:
        super().__init__()
        self.channels = 128
        self.look = nn.Conv2d(3, 128, 16, 16)

    def forward(self, images: Tensor) -> Tensor:
        return self.look(images).relu()


def small(name: Name, **options: Any) -> BagOfTricks:
    settings: dict[str, Any] = {"pretrained": False, "triplet": False} | options
    torch.manual_seed(0)
    method = BagOfTricks(4, "osnet_x0_25", loss=name, **settings)
    method.backbone = Glance()
    return method


def test_every_name_is_a_loss() -> None:
    assert set(NAMES) == set(LOSSES)


@every_loss
def test_overfits_a_batch(name: Name, batch: Batch, learn: Learn) -> None:
    method = small(name, learning_rate=2e-3, label_smoothing=0.0)
    learn(method, batch, 60)
    terms = method.train().losses(batch)
    assert set(terms) == ({name} if LOSSES[name].classifies else {"identification", name})
    with torch.no_grad():
        features = method(batch.images)
    nearest = nn.functional.normalize(features, dim=1)
    nearest = (nearest @ nearest.T).fill_diagonal_(-2).argmax(1)
    assert (batch.persons[nearest] == batch.persons).all()
    first = float(small(name).losses(batch)[name].detach())
    if name != "quadruplet":  # its margins grow as people come apart
        assert float(terms[name].detach()) < first


@every_loss
@pytest.mark.parametrize("mixed", [False, True])
def test_finite_gradients(name: Name, mixed: bool, batch: Batch) -> None:
    finite_gradients(small(name), batch, mixed)


@every_loss
def test_exports_the_feature_after_the_neck(name: Name, batch: Batch, tmp_path: Path) -> None:
    method = BagOfTricks(4, "osnet_x0_25", pretrained=False, loss=name).eval()
    path = save_checkpoint(method, Preprocess(64, 32), tmp_path / "model.safetensors")
    assert exported(path, 128).isfinite().all()
    # A run begun with these weights has people of its own, and so other directions.
    begun = BagOfTricks(7, "osnet_x0_25", initial_weights=str(path), loss=name).eval()
    assert torch.equal(begun(batch.images), method(batch.images))


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NAMES],
)
def test_trains_by_the_command_line_and_resumes(name: Name, tmp_path: Path) -> None:
    arguments = ["--config=bag_of_tricks-market1501", *TINY, *one_backbone()]
    learnt = resumed([*arguments, f"--model.loss={name}", "--model.triplet=false"], tmp_path)
    assert learnt.arguments["loss"] == name
    exported(tmp_path / "b", 128)


@pytest.mark.parametrize(
    ("recipe", "options"),
    [
        ("exponential_triplet", {"mean_first": True}),
        ("weighted_triplet", {}),
        ("circle_classes", {}),
        ("fine_grained", {}),
    ],
)
def test_the_published_settings(recipe: str, options: dict[str, Any], tmp_path: Path) -> None:
    arguments = [f"--config={recipe}-market1501", *TINY, *one_backbone()]
    learnt = resumed(arguments, tmp_path)
    assert isinstance(learnt, BagOfTricks)
    assert learnt.added.name == recipe
    assert learnt.added.options == options
    assert not learnt.triplet
    exported(tmp_path / "a", 128)


def test_what_each_loss_sees() -> None:
    before, after = torch.randn(2, 8, 6)
    persons, logits = torch.arange(8) // 2, torch.randn(8, 4)

    def value(name: Name, **options: Any) -> Tensor:
        return AddedLoss(name, 4, 6, **options)(before, after, persons, logits)

    torch.testing.assert_close(value("circle"), circle_loss(before, persons) / 64)
    torch.testing.assert_close(
        value("msml", options={"margin": 2.0}, weight=3.0),
        3 * msml_loss(unit(before), persons, 2.0),
    )
    wanted = 0.1 * exponential_triplet_loss(after, persons)
    torch.testing.assert_close(value("exponential_triplet"), wanted)
    attention = class_aware_attention(logits, persons)
    wanted = soft_mining_loss(before, persons, attention)
    torch.testing.assert_close(value("soft_mining"), wanted)
    assert float(wanted) != float(soft_mining_loss(before, persons))


def test_which_losses_need_pairs() -> None:
    alone = {name for name in NAMES if not small(name).needs_pairs}
    assert alone == {"arcface", "circle_classes", "cosface"}
    assert small("cosface", triplet=True).needs_pairs
    assert not BagOfTricks(4, "osnet_x0_25", pretrained=False, triplet=False).needs_pairs


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": "msml", "loss_options": {"scale": 1}}, "'msml' has no option 'scale'.*margin"),
        ({"loss": "msml", "loss_options": {"margin": "wide"}}, "msml's option margin is 'wide'"),
        ({"loss": "msml", "loss_options": {"features": 1}}, "has no option 'features'"),
        ({"loss_options": {"margin": 1}}, "none is named"),
        ({"loss_weight": 1.0}, "none is named"),
    ],
)
def test_settings_without_sense(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(PasserbyError, match=message):
        BagOfTricks(4, "osnet_x0_25", pretrained=False, **settings)

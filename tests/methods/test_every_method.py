"""What every method must do: train from its recipe, go on where it stopped, export, stay finite."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from tests.methods.learning import (
    TINY,
    exported,
    finite_gradients,
    one_backbone,
    resumed_is_unbroken,
    stopped_is_unbroken,
)

from passerby.core.batch import Batch
from passerby.engine.checkpoint import METHODS
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.ccsc import CCSC
from passerby.methods.deep_person import DeepPerson
from passerby.methods.method import Method
from passerby.methods.siamese_verification import SiameseVerification
from passerby.methods.trinet import TriNet

ONE = "osnet_x0_25"


@dataclass(frozen=True)
class Case:
    """A method, its recipe, what makes a run of that small, and the length of its embedding.

    epochs: the run ends after one and goes on to so many; None stops it inside of an epoch
    """

    method: Method
    recipe: str
    settings: tuple[str, ...] = ()
    size: int = 128
    epochs: int | None = 2


def cases() -> dict[str, Case]:
    torch.manual_seed(0)
    return {
        "BagOfTricks": Case(
            BagOfTricks(4, ONE, pretrained=False, centre=True, embedding=32),
            "bag_of_tricks-market1501",
            ("--model.centre=true", "--model.warmup_epochs=3"),
        ),
        "TriNet": Case(
            TriNet(ONE, pretrained=False),
            "trinet-market1501",
            ("--model.decay_start=1", "--model.decay_end=6"),
            epochs=None,
        ),
        "CCSC": Case(
            CCSC(4, ONE, pretrained=False, centre=True, triplet=True), "ccsc-market1501", size=512
        ),
        "DeepPerson": Case(
            DeepPerson(4, ONE, pretrained=False, part_units=8, global_units=32),
            "deep_person-market1501",
            ("--model.part_units=8", "--model.decay_start=1", "--model.decay_end=3"),
            epochs=3,
        ),
        "AlignedReID": Case(
            AlignedReID(4, ONE, pretrained=False, local_channels=16),
            "aligned_reid-market1501",
            ("--model.local_channels=8", "--model.batches_per_epoch=2", "--model.milestones=[1]"),
            epochs=None,
        ),
        "AlignedMutual": Case(
            AlignedMutual(4, (ONE, "osnet_ain_x0_25"), pretrained=False, local_channels=16),
            "aligned_mutual-market1501",
            (
                f"--model.backbones=[{ONE}, {ONE}]",
                "--model.local_channels=8",
                "--model.batches_per_epoch=2",
                "--model.milestones=[1, 2]",
            ),
            epochs=None,
        ),
        "SiameseVerification": Case(
            SiameseVerification(4, ONE, pretrained=False),
            "siamese_verification-market1501",
            # Pairs that are drawn, and a measurement between the epochs, leave chance where it was.
            ("--data.val_people=1", "--val_every=2", "--model.mining=random"),
        ),
    }


def test_no_method_is_left_out() -> None:
    assert cases().keys() == METHODS.keys()
    for name, case in cases().items():
        assert type(case.method) is METHODS[name]


@pytest.mark.parametrize("name", METHODS)
def test_trains_from_its_recipe_resumes_and_exports(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases()[name]
    arguments = [f"--config={case.recipe}", *TINY, *case.settings]
    if name != "AlignedMutual":
        arguments += one_backbone(ONE)
    if case.epochs is None:
        learnt = stopped_is_unbroken(arguments, tmp_path, METHODS[name], monkeypatch)
    else:
        learnt = resumed_is_unbroken(arguments, tmp_path, case.epochs)
    assert type(learnt) is METHODS[name]
    exported(tmp_path / "b", case.size)


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("name", METHODS)
def test_every_learnt_layer_has_finite_gradients(name: str, mixed: bool, batch: Batch) -> None:
    assert finite_gradients(cases()[name].method, batch, mixed)

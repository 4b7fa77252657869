"""Learn: from a rendered world to a model that knows people it has never seen."""

from pathlib import Path

import pytest

from passerby.cli.main import main
from passerby.data.readers import read_dataset
from passerby.engine.checkpoint import load_checkpoint
from passerby.engine.measure import measure
from passerby.methods.bag_of_tricks import BagOfTricks


def test_learning_from_the_rendered_world_beats_no_learning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"people": 16, "test_people": 10, "cameras": 2, "shots": 3, "height": 64, "width": 32}
    given = ["--data.options", str(options), "--data.height=64", "--data.width=32"]
    arguments = [
        "--config=bag_of_tricks-rendered",
        *given,
        "--data.persons_per_batch=8",
        "--data.shots_per_person=3",
        "--data.padding=3",
        "--data.erase=0.2",
        "--trainer.max_epochs=60",
        f"--run={tmp_path}",
    ]
    assert main(["train", *arguments]) == 0
    assert "passerby evaluate" in capsys.readouterr().out

    learnt, preprocess, _ = load_checkpoint(tmp_path)
    untrained = BagOfTricks(16, "osnet_x0_25", pretrained=False)
    splits = read_dataset("rendered", tmp_path / "none", options)
    unseen = splits.query + splits.gallery
    after = measure(learnt, unseen, preprocess)
    before = measure(untrained.eval(), unseen, preprocess)
    assert after.mean_ap > before.mean_ap + 0.05, (before.mean_ap, after.mean_ap)

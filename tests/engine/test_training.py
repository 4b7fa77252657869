"""Training through the command line: resuming, stopping, run folders, errors."""

import csv
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import yaml
from torch import Tensor

from passerby.cli.main import main
from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.engine.checkpoint import load_checkpoint
from passerby.engine.training import train
from passerby.methods.bag_of_tricks import BagOfTricks

PEOPLE, CAMERAS, SHOTS = 6, 2, 2


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Market-1501's layout: people in clothes of two plain colours."""
    root = tmp_path_factory.mktemp("market")
    generator = np.random.default_rng(0)
    for part in ("bounding_box_train", "query", "bounding_box_test"):
        (root / part).mkdir()
    for person in range(1, 2 * PEOPLE + 1):
        clothes = generator.integers(0, 255, (2, 1, 1, 3)).repeat(16, 1).repeat(16, 2)
        for camera in range(1, CAMERAS + 1):
            for shot in range(SHOTS):
                noise = generator.normal(0, 20, (32, 16, 3))
                picture = np.clip(clothes.reshape(32, 16, 3) + noise, 0, 255).astype(np.uint8)
                part = "bounding_box_train" if person <= PEOPLE else "bounding_box_test"
                name = f"{person:04d}_c{camera}s1_{shot:06d}_00.jpg"
                cv2.imwrite(str(root / part / name), picture)
                if person > PEOPLE and shot == 0:
                    cv2.imwrite(str(root / "query" / name), picture)
    return root


@pytest.fixture
def arguments(crops: Path) -> list[str]:
    """A run of three epochs of three steps each, on any machine."""
    return [
        "--data.dataset=market1501",
        f"--data.root={crops}",
        "--data.height=32",
        "--data.width=16",
        "--data.persons_per_batch=2",
        "--data.shots_per_person=4",
        "--data.workers=0",
        "--model.backbone=osnet_x0_25",
        "--model.pretrained=false",
        "--model.milestones=[1]",
        "--model.warmup_epochs=2",
        "--model.centre=true",
        "--trainer.accelerator=cpu",
        "--trainer.max_epochs=3",
    ]


def weights(model: Path) -> dict[str, Tensor]:
    return load_checkpoint(model)[0].state_dict()


def assert_same(a: dict[str, Tensor], b: dict[str, Tensor]) -> None:
    assert a.keys() == b.keys()
    different = [name for name in a if not torch.equal(a[name], b[name])]
    assert not different, different


@pytest.fixture
def at_step(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Do something in the middle of the n-th step from now."""

    def arrange(number: int, act: Callable[[], object]) -> None:
        real, calls = BagOfTricks.losses, iter(range(1, 10_000))

        def losses(self: BagOfTricks, batch: Batch) -> dict[str, Tensor]:
            if next(calls) == number:
                act()
            return real(self, batch)

        monkeypatch.setattr(BagOfTricks, "losses", losses)

    return arrange


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_a_run_leaves_model_settings_checkpoints_and_logs(
    arguments: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    options = ["--data.val_people=2", "--val_every=3", "--checkpoint_every=2", f"--run={run}"]
    assert main(["train", *arguments, *options]) == 0
    out, err = capfd.readouterr()
    assert str(run / "model.safetensors") in out
    assert "epoch 3 of 3: loss " in err
    assert "val/rank1" in err.splitlines()[-1]

    method, preprocess, _ = load_checkpoint(run)
    assert isinstance(method, BagOfTricks)
    assert (preprocess.height, preprocess.width) == (32, 16)
    assert method.classifier.out_features == PEOPLE - 2
    assert sorted(path.name for path in (run / "checkpoints").iterdir()) == [
        "epoch-002.ckpt",
        "last.ckpt",
    ]
    settings = yaml.safe_load((run / "config.yaml").read_text())
    assert settings["model"]["margin"] == 0.3
    with (run / "logs/version_0/metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    rates = [float(row["learning_rate"]) for row in rows if row.get("learning_rate")]
    assert rates == pytest.approx([3.5e-4 / 2, 3.5e-5, 3.5e-5])
    assert any(row.get("loss/centre") for row in rows)


def test_a_longer_run_goes_on_from_a_shorter_one_bit_for_bit(
    arguments: list[str], tmp_path: Path
) -> None:
    unbroken = train([*arguments, f"--run={tmp_path / 'a'}"])
    train([*arguments, f"--run={tmp_path / 'b'}", "--trainer.max_epochs=1"])
    resumed = train([*arguments, f"--run={tmp_path / 'b'}"])
    assert_same(weights(unbroken), weights(resumed))


@pytest.mark.parametrize("step", [1, 3, 5])
def test_ctrl_c_then_the_same_command_gives_the_unbroken_run_bit_for_bit(
    arguments: list[str],
    tmp_path: Path,
    at_step: Callable[[int, Callable[[], object]], None],
    step: int,
) -> None:
    unbroken = train([*arguments, f"--run={tmp_path / 'a'}"])
    at_step(step, press_ctrl_c)
    command = ["train", *arguments, f"--run={tmp_path / 'b'}"]
    assert main(command) == 130
    assert not (tmp_path / "b/model.safetensors").exists()
    halfway = torch.load(tmp_path / "b/checkpoints/last.ckpt", weights_only=True)
    assert halfway["global_step"] == step
    assert main(command) == 0
    assert_same(weights(unbroken), weights(tmp_path / "b"))


def test_a_deadline_stops_like_ctrl_c_and_goes_on_bit_for_bit(
    arguments: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    unbroken = train([*arguments, f"--run={tmp_path / 'a'}"])
    command = [*arguments, f"--run={tmp_path / 'b'}"]
    for step in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            train(command, deadline=time.monotonic())
        halfway = torch.load(tmp_path / "b/checkpoints/last.ckpt", weights_only=True)
        assert halfway["global_step"] == step, "each call gets a step further"
    capfd.readouterr()
    resumed = train(command, deadline=time.monotonic() + 600)
    assert_same(weights(unbroken), weights(resumed))
    told = re.findall(r"images/s, (\d+) s", capfd.readouterr().err)
    assert len(told) == 3
    assert max(map(int, told)) < 600, "the clock starts in the middle of an epoch too"


def test_ctrl_c_with_workers_resumes_bit_for_bit(
    arguments: list[str], tmp_path: Path, at_step: Callable[[int, Callable[[], object]], None]
) -> None:
    arguments = [*arguments, "--data.workers=1", "--trainer.max_epochs=2"]
    unbroken = train([*arguments, f"--run={tmp_path / 'a'}"])
    at_step(4, press_ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        train([*arguments, f"--run={tmp_path / 'b'}"])
    assert_same(weights(unbroken), weights(train([*arguments, f"--run={tmp_path / 'b'}"])))


def test_signals_are_left_as_they_were(arguments: list[str], tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    train([*arguments, f"--run={tmp_path}", "--trainer.max_epochs=1"])
    assert signal.getsignal(signal.SIGINT) is before


def test_other_settings_in_the_same_folder_are_refused(
    arguments: list[str], tmp_path: Path
) -> None:
    arguments = [*arguments, f"--run={tmp_path}", "--trainer.max_epochs=1"]
    first = weights(train(arguments))
    with pytest.raises(PasserbyError, match=r"model.label_smoothing was 0\.1, is 0\.5.*--restart"):
        train([*arguments, "--model.label_smoothing=0.5"])
    assert_same(first, weights(tmp_path))
    again = weights(train([*arguments, "--model.label_smoothing=0.5", "--restart"]))
    assert not torch.equal(first["classifier.weight"], again["classifier.weight"])


def test_another_seed_gives_another_model(arguments: list[str], tmp_path: Path) -> None:
    arguments = [*arguments, "--trainer.max_epochs=1"]
    one = weights(train([*arguments, f"--run={tmp_path / 'a'}"]))
    two = weights(train([*arguments, f"--run={tmp_path / 'b'}", "--data.seed=1"]))
    assert not torch.equal(one["classifier.weight"], two["classifier.weight"])


def test_divergence_is_told_and_the_last_good_checkpoint_kept(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = BagOfTricks.losses

    def losses(self: BagOfTricks, batch: Batch) -> dict[str, Tensor]:
        terms = real(self, batch)
        return {name: term / (self.current_epoch < 1) for name, term in terms.items()}

    monkeypatch.setattr(BagOfTricks, "losses", losses)
    with pytest.raises(PasserbyError, match=r"in epoch 2.*learning_rate"):
        train([*arguments, f"--run={tmp_path}"])
    assert all(value.isfinite().all() for value in weights(tmp_path).values())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["--method=Bag"], "no method 'Bag'.*BagOfTricks.*TriNet"),
        (["--config=nowhere"], "no settings file 'nowhere'.*bag_of_tricks-market1501"),
        (["--data.dataset=market"], "no data set 'market'"),
        (["--data.root=/nowhere"], "/nowhere"),
        (["--model.backbone=resnet51"], "no backbone 'resnet51'"),
        (["--model.initial_weights=nothing"], "no initial weights 'nothing'"),
        (["--data.persons_per_batch=7"], "7 different people.*there are 6.*persons_per_batch 6"),
        (["--model.learning_rat=1"], "learning_rat"),
        (["--data.height=high"], "data.height"),
        (["--val_every=0"], "val_every is 0"),
        (["--trainer.devices=3x"], "See `passerby train --help`"),
        (["--model.learning_rate=-1"], "learning_rate is -1.*above 0"),
        (["--data.shots_per_person=1"], "shots_per_person 2 or more, or --model.triplet false"),
    ],
)
def test_a_wrong_setting_is_named(
    arguments: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    wrong: list[str],
    message: str,
) -> None:
    with pytest.raises(PasserbyError, match=f"(?s){message}"):
        train([*arguments, f"--run={tmp_path}", *wrong])
    assert not (tmp_path / "checkpoints").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_a_gpu_that_is_not_there(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"(?s)No supported gpu backend.*--help"):
        train([*arguments, f"--run={tmp_path}", "--trainer.accelerator=gpu"])


def test_one_picture_of_a_person_is_enough_without_the_triplet_loss(
    arguments: list[str], tmp_path: Path
) -> None:
    options = ["--data.shots_per_person=1", "--model.triplet=false", "--trainer.max_epochs=1"]
    assert train([*arguments, f"--run={tmp_path}", *options]).is_file()


def test_no_arguments_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train"]) == 2
    assert "which recipe?" in capsys.readouterr().err


def test_trinet_needs_pairs(arguments: list[str], tmp_path: Path) -> None:
    tricks = ("--model.milestones", "--model.warmup_epochs", "--model.centre")
    common = [argument for argument in arguments if not argument.startswith(tricks)]
    options = ["--method=TriNet", "--data.shots_per_person=1", f"--run={tmp_path}"]
    with pytest.raises(PasserbyError, match=r"needs 2 pictures of a person.*2 or more$"):
        train([*common, *options])

import json
from pathlib import Path

import pytest
import torch
from tests.pipelines.coloured_people import drawn, market_tree, write

from passerby.cli.main import main
from passerby.core.errors import PasserbyError
from passerby.data.readers import READERS
from passerby.pipelines.transition_times import learn_transition_times
from passerby.ranking.transitions import TransitionTimes


def learnable(root: Path) -> Path:
    """Each training person goes from camera 1 to camera 2 in 1,000 frames of 25 a second."""
    market_tree(root)
    for person in (201, 202):
        write(root / "bounding_box_train", person, 1, 500)
        write(root / "bounding_box_train", person, 2, 1500)
    return root


def test_times_are_learnt_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "times.safetensors"
    learnt = learn_transition_times(
        "market1501", learnable(tmp_path / "market"), out=file, bin_seconds=10, smoothing=0
    )
    assert learnt.pairs.tolist() == [[1, 2]]
    assert int(learnt.histograms[0].argmax()) == 4  # 40 seconds
    assert torch.equal(TransitionTimes.load(file).histograms, learnt.histograms)


def test_the_command_and_its_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, file = str(learnable(tmp_path / "market")), tmp_path / "times.safetensors"
    assert main(["data", "times", "market1501", root, "--out", str(file), "--smoothing", "3"]) == 0
    assert "1 ways between cameras" in capsys.readouterr().out
    assert main(["data", "times", "market1501", root, "--out", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pairs"] == [[1, 2]]


def test_an_unknown_time_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READERS, "drawn", drawn)
    with pytest.raises(PasserbyError):
        learn_transition_times("drawn", tmp_path)

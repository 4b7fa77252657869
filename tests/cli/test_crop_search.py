"""`passerby crop-search`."""

import json
from pathlib import Path

import pytest
from tests.data.test_cuhk_sysu import make

from passerby.cli.main import main
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.methods.trinet import TriNet


def test_prints_the_scores_of_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = make(tmp_path / "sysu")
    method = TriNet("osnet_x0_25", pretrained=False)
    save_checkpoint(method, Preprocess(64, 32), tmp_path / "run" / "model.safetensors")
    command = ["crop-search", str(tmp_path / "run"), str(root), "--size", "50", "--device", "cpu"]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["protocol"], found["queries"], found["gallery"]) == ("cuhk-sysu-50", 2, 4)
    assert 0 < found["mean_ap"] <= 1
    assert main(command) == 0
    said = capsys.readouterr().out
    assert f"mAP            {100 * found['mean_ap']:5.1f} %" in said
    assert "2 queries, 0 skipped; 4 boxes in the largest gallery" in said
    assert main([*command[:-4], "--size", "70"]) == 2
    assert "no galleries of 70 pictures; choose 50, 100" in capsys.readouterr().err

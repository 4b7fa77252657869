"""Measure: a checkpoint and a data set on disk -> scores -> one page."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.pipelines.coloured_people import market_tree

from passerby.cli.main import main
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.methods.trinet import TriNet


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with an untrained model."""
    method = TriNet("osnet_x0_25", pretrained=False, hidden=8, dimensions=4)
    run = tmp_path_factory.mktemp("runs") / "tiny"
    save_checkpoint(method, Preprocess(64, 32), run / "model.safetensors")
    return run


def test_checkpoint_to_page(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = market_tree(tmp_path / "market")
    assert main(["evaluate", str(run), "market1501", str(root), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert 0 <= first["rank_1"] <= 1
    assert first["metric"] == "euclidean"
    assert len(first["model_hash"]) == 64
    assert main(["evaluate", str(run / "model.safetensors"), "market1501", str(root)]) == 0
    again = json.loads((run / "evaluation" / "market1501" / "scores.json").read_text())
    assert again["mean"]["mean_ap"] == first["mean_ap"]
    capsys.readouterr()
    assert main(["report", str(run)]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page == run / "report.html"
    assert "Hardest queries" in page.read_text()


def test_a_wrong_folder_says_what_is_wanted(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(run), "market1501", str(tmp_path)]) == 2
    assert "bounding_box_test" in capsys.readouterr().err


def test_a_corrupt_picture_is_named(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = market_tree(tmp_path / "market")
    broken = sorted((root / "bounding_box_test").iterdir())[1]
    broken.write_bytes(broken.read_bytes()[:40])
    assert main(["evaluate", str(run), "market1501", str(root)]) == 2
    assert broken.name in capsys.readouterr().err


def test_as_users_run_it(run: Path, tmp_path: Path) -> None:
    """In a process of its own: standard output is JSON and nothing else."""
    root = market_tree(tmp_path / "market")
    command = [sys.executable, "-m", "passerby", "evaluate", run, "market1501", root, "--json"]
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["queries"] == 4


@pytest.mark.slow
def test_public_weights_on_real_pictures(
    real_data: Path, real_models: Path, tmp_path: Path
) -> None:
    """OSNet x0.25 learnt on MSMT17 finds about half of CUHK01's test people at once."""
    root = str(real_data / "data" / "cuhk01")
    settings = ["--repeats", "10", "--out", str(tmp_path / "run")]
    assert main(["evaluate", "osnet_x0_25_msmt17", "cuhk01", root, *settings]) == 0
    scores = json.loads((tmp_path / "run/evaluation/cuhk01/scores.json").read_text())
    assert len(scores["repeats"]) == 10
    assert scores["mean"]["rank_1"] == pytest.approx(0.50, abs=0.02)
    assert 0.003 < scores["std"]["rank_1"] < 0.03
    assert main(["report", str(tmp_path / "run")]) == 0

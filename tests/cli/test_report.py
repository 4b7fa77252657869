from pathlib import Path

import pytest
from tests.pipelines.coloured_people import colour_embedder, market_tree

from passerby.cli.main import main
from passerby.pipelines import evaluate as module
from passerby.pipelines.evaluate import evaluate


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "load_embedder", lambda which, device, **rest: colour_embedder())
    evaluate("colours", "market1501", market_tree(tmp_path / "market"), out=tmp_path / "run")
    return tmp_path / "run"


def test_prints_the_path_alone(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run)]) == 0
    assert capsys.readouterr().out == f"{run / 'report.html'}\n"
    assert (run / "report.html").read_text().startswith("<!doctype html>")


def test_options_reach_the_page(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run / "other.html"
    arguments = ["report", str(run), "--compare", str(run), "--lists", "1", "--out", str(out)]
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert out.read_text().count('<article class="strip">') == 2


def test_a_run_without_evaluation_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert f"passerby evaluate {tmp_path} DATASET ROOT" in capsys.readouterr().err

import json
from pathlib import Path

import pytest
from tests.pipelines.coloured_people import colour_embedder, drawn, market_tree

from passerby.cli.main import main
from passerby.core.errors import PasserbyError
from passerby.data.readers import READERS
from passerby.pipelines import evaluate as module
from passerby.pipelines.cross_dataset import cross_dataset
from passerby.pipelines.evaluate import evaluate


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(module, "load_embedder", lambda which, device, **rest: colour_embedder())
    monkeypatch.setitem(READERS, "drawn", drawn)
    root = market_tree(tmp_path / "market")
    made = []
    for name, learnt in (("a", "drawn"), ("b", "market1501")):
        run = tmp_path / name
        run.mkdir()
        (run / "config.yaml").write_text(f"data:\n  dataset: {learnt}\n")
        evaluate("colours", "drawn", tmp_path, out=run)
        evaluate("colours", "drawn", tmp_path, {"people": 2}, out=run)
        evaluate("colours", "market1501", root, out=run)
        made.append(run)
    evaluate("colours", "drawn", tmp_path, out=tmp_path / "public")
    return [*made, tmp_path / "public"]


def test_rows_learn_and_columns_measure(runs: list[Path]) -> None:
    found = cross_dataset(runs)
    assert found.trained_on == ("drawn", "market1501", "public")
    assert found.measured_on == ("drawn", "market1501")
    assert found.unseen.tolist() == [[False, True], [True, False], [True, True]]
    assert found.rank_1.isnan().tolist() == [[False, False], [False, False], [False, True]]


def test_scores_alone_are_read(runs: list[Path]) -> None:
    for file in [file for run in runs for file in run.glob("evaluation/*/*.safetensors")]:
        file.unlink()
    assert cross_dataset(runs).trained_on == ("drawn", "market1501", "public")


def test_what_cannot_be_told_apart_is_refused(runs: list[Path], tmp_path: Path) -> None:
    (runs[1] / "config.yaml").write_text("data:\n  dataset: drawn\n")
    with pytest.raises(PasserbyError, match="both learnt from drawn"):
        cross_dataset(runs)
    evaluate("colours", "drawn", tmp_path, protocol="camera-free", out=runs[0])
    with pytest.raises(PasserbyError, match="under market1501 and camera-free; choose one"):
        cross_dataset(runs[:1])
    assert cross_dataset(runs[:1], protocol="camera-free").measured_on == ("drawn",)
    with pytest.raises(PasserbyError, match=r"run first: passerby evaluate .* --rerank dba"):
        cross_dataset(runs[:1], rerank="dba")
    with pytest.raises(PasserbyError, match="which runs"):
        cross_dataset([])


def test_the_command(runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    assert main(["cross-dataset", *map(str, runs), "--html", str(page)]) == 0
    printed = capsys.readouterr().out
    assert "trained on" in printed
    assert "(100.0 / 100.0)" in printed
    text = page.read_text()
    assert "drawn on market1501 100.0" in text
    assert main(["cross-dataset", *map(str, runs), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rank_1"][2] == [1.0, None]

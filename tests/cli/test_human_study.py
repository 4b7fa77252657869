import json
from pathlib import Path

import pytest
from tests.pipelines.coloured_people import colour_embedder, market_tree
from tests.pipelines.small_study import right_choice, small_study

from passerby.cli.main import main
from passerby.pipelines import evaluate as module
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.human_study_answers import in_order, record
from passerby.pipelines.human_study_folder import Study
from passerby.server import human_study_serve
from passerby.server.serve import listen


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "load_embedder", lambda which, device, **rest: colour_embedder())
    evaluate("colours", "market1501", market_tree(tmp_path / "market"), out=tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def answered(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    study = small_study(folder, questions=2)
    for question in in_order(study, "Ada"):
        record(folder, study, "Ada", question.id, right_choice(study, question.id), 2.0)
    return folder


def test_build_says_what_comes_next(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run.parent / "study"
    options = ["--candidates", "3", "--queries", "2", "--seed", "5"]
    assert main(["human-study", "build", str(run), "--out", str(out), *options]) == 0
    printed = capsys.readouterr().out
    assert f"2 questions of up to 3 pictures in {out}" in printed
    assert f"passerby human-study serve {out}" in printed
    assert len(Study.load(out).questions) == 2


def test_build_can_serve_at_once(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(human_study_serve, "listen", lambda host, port: listen(host, 0))
    monkeypatch.setattr(human_study_serve, "serve", lambda app, sock: sock.close())
    out = str(run.parent / "study")
    assert main(["human-study", "build", str(run), "--out", out, "--serve"]) == 0
    assert "http://127.0.0.1:" in capsys.readouterr().out


def test_score_as_a_table_as_json_and_as_a_page(
    answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["human-study", "score", str(answered)]) == 0
    table = capsys.readouterr().out
    for words in ("Ada", "2 of 2", "100.0%", "re-ranking", "Human performance: 100.0% rank-1"):
        assert words in table
    page = answered.parent / "page.html"
    assert main(["human-study", "score", str(answered), "--json", "--html", str(page)]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert (scores["human"], scores["model"]["rank1"]) == ("Ada", 0.5)
    assert "Ada right, model wrong" in page.read_text()


def test_wrong_words_get_the_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["human-study", "begin"]) == 2
    assert "no action 'begin'" in capsys.readouterr().err
    assert main(["human-study", "serve", str(tmp_path)]) == 2
    assert "no human study in" in capsys.readouterr().err

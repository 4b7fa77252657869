import logging
import re
import shutil
from pathlib import Path

import pytest
from tests.pipelines.coloured_people import colour_embedder, drawn, market_tree, write

from passerby.core.errors import PasserbyError
from passerby.data.readers import READERS
from passerby.pipelines import evaluate as module
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.evaluation import Evaluation, evaluations
from passerby.pipelines.report import evaluation_sections, report
from passerby.reports.html import Section, page


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = colour_embedder()
    monkeypatch.setattr(module, "load_embedder", lambda which, device: embedder)
    monkeypatch.setitem(READERS, "drawn", drawn)


def measured(run: Path, root: Path, **options) -> Evaluation:
    return evaluate("colours", "market1501", root, out=run, **options)


def test_one_page_with_scores_curve_and_lists(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market", people=5)
    measured(tmp_path / "run", root)
    path = report(tmp_path / "run")
    assert path == tmp_path / "run" / "report.html"
    text = path.read_text()
    for words in ("<h1>run</h1>", "colours", "market1501", "Hardest queries", "Easiest queries"):
        assert words in text
    assert "A right answer shows the same person in another camera" in text
    assert "The true match stands at rank 1" in text
    assert text.count('<article class="strip">') == 5
    assert "CMC curve. run: rank-1 100.0 %" in text
    assert 'alt="rank 1, right: person 1, camera 2' in text
    links = re.findall(r'(?:src|href)="([^"]{0,5})', text)
    assert {link[:5] if link.startswith("data") else link[0] for link in links} == {"data:", "#"}


def test_two_runs_side_by_side(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    measured(tmp_path / "trained", root)
    measured(tmp_path / "untrained", root, metric="cosine")
    path = report(tmp_path / "trained", [tmp_path / "untrained"], out=tmp_path / "both.html")
    assert path == tmp_path / "both.html"
    text = path.read_text()
    assert "untrained 100.0%" in text
    assert text.count('<th scope="row">') == 2
    assert "trained: rank-1 100.0 %; untrained: rank-1 100.0 %" in text


def test_runs_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    measured(tmp_path / "a" / "run", root)
    measured(tmp_path / "b" / "run", root)
    text = report(tmp_path / "a" / "run", [tmp_path / "b" / "run"]).read_text()
    assert str(tmp_path / "b" / "run") in text


def test_runs_without_a_common_data_set_are_refused(tmp_path: Path) -> None:
    measured(tmp_path / "a", market_tree(tmp_path / "market"))
    evaluate("colours", "drawn", tmp_path, out=tmp_path / "b")
    with pytest.raises(PasserbyError, match="evaluate both on the same data set"):
        report(tmp_path / "a", [tmp_path / "b"])


def test_different_protocols_are_pointed_out(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    strict = measured(tmp_path / "run", root)
    free = measured(tmp_path / "run", root, protocol="camera-free")
    scores, *_ = evaluation_sections({"a": strict, "b": free})
    assert "measured under different protocols" in scores.html
    text = report(tmp_path / "run").read_text()
    assert "Scores · market1501-camera-free" in text
    assert "measured under different protocols" not in text


def test_a_negative_number_of_lists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="lists is -1"):
        report(tmp_path, lists=-1)


def test_two_data_sets_on_one_page(tmp_path: Path) -> None:
    measured(tmp_path / "run", market_tree(tmp_path / "market"))
    evaluate("colours", "drawn", tmp_path, repeats=3, out=tmp_path / "run")
    text = report(tmp_path / "run").read_text()
    assert "Scores · drawn" in text
    assert "Hardest queries · market1501" in text
    assert "First of 3 draws." in text
    assert "measured on drawn and market1501." in text


def test_queries_without_a_match_are_explained(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    write(root / "query", 77, 2, 0)
    measured(tmp_path / "run", root)
    assert "person 77 (camera 2)" in report(tmp_path / "run").read_text()


def test_missing_pictures_leave_a_page_with_placeholders_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = market_tree(tmp_path / "market")
    measured(tmp_path / "run", root)
    next((root / "query").iterdir()).unlink()
    with caplog.at_level(logging.WARNING):
        text = report(tmp_path / "run").read_text()
    assert "1 picture could not be read" in caplog.text
    assert "1 picture could not be read" in text
    assert text.count("(picture not found)") == 1


def test_a_moved_data_set_is_found_again(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    measured(tmp_path / "run", root)
    shutil.move(root, tmp_path / "elsewhere")
    assert "--root FOLDER" in report(tmp_path / "run").read_text()
    text = report(tmp_path / "run", root=tmp_path / "elsewhere").read_text()
    assert "picture not found" not in text
    assert "could not be read" not in text


def test_pictures_that_are_no_files_are_drawn_again(tmp_path: Path) -> None:
    evaluate("colours", "drawn", tmp_path, {"people": 2}, out=tmp_path / "run")
    text = report(tmp_path / "run").read_text()
    assert "picture not found" not in text
    assert text.count("data:image/jpeg") == 2 * 3


def test_a_run_that_was_not_evaluated_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="no run folder"):
        report(tmp_path / "nowhere")
    (tmp_path / "run").mkdir()
    with pytest.raises(PasserbyError, match="run first: passerby evaluate"):
        report(tmp_path / "run")


def test_sections_go_into_any_page(tmp_path: Path) -> None:
    measured(tmp_path / "run", market_tree(tmp_path / "market"))
    sections = evaluation_sections(evaluations(tmp_path / "run"), lists=1)
    text = page("Demo", "all of it", [Section("Training", "a curve"), *sections])
    assert text.index("Training") < text.index("Scores")
    assert text.count('<article class="strip">') == 2

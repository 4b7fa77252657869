import json
import logging
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from tests.pipelines.coloured_people import colour_embedder, drawn, market_tree, write

from passerby.core.errors import PasserbyError
from passerby.core.topk import top_k
from passerby.data.readers import READERS
from passerby.metrics.protocol import without_ignored
from passerby.metrics.protocols import MARKET1501
from passerby.pipelines import evaluate as module
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.evaluation import Evaluation, evaluations
from passerby.pipelines.report import evaluation_sections, report
from passerby.reports.html import Section, page


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = colour_embedder()
    monkeypatch.setattr(module, "load_embedder", lambda which, device, **rest: embedder)
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
    assert "First right answer at rank 1" in text
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
    assert "<b>100.0</b> untrained" in text
    assert text.count('<th scope="row">trained</th>') == 2  # scores, and pairs
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
    assert "Shown is the first of 3 draws." in text
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


def test_files_stand_beside_the_page_and_are_listed(tmp_path: Path) -> None:
    evaluation = measured(tmp_path / "run", market_tree(tmp_path / "market", people=5, cameras=3))
    text = report(tmp_path / "run").read_text()
    folder = tmp_path / "run" / "report" / "market1501"
    listed = re.findall(r"<code>report/market1501/([^<]+)</code> <span>([^<]+)</span>", text)
    names = {f"{stem}.{kind.lower()}" for stem, kinds in listed for kind in kinds.split(", ")}
    assert names == {path.name for path in folder.iterdir()}
    for stem in ("cmc", "precision-recall", "roc", "distances", "cameras-rank-1"):
        Image.open(folder / f"{stem}.png").verify()
        assert ElementTree.parse(folder / f"{stem}.svg").getroot().tag.endswith("svg")
    scores = json.loads((folder / "scores.json").read_text())["run"]
    assert scores["mean_ap"] == evaluation.scores.mean_ap
    assert scores["cmc"] == evaluation.scores.cmc.tolist()
    pairs = json.loads((folder / "camera-pairs.json").read_text())["run"]
    assert pairs["cameras"] == [1, 2, 3]
    assert pairs["queries"] == [[0, 5, 5], [0, 0, 0], [0, 0, 0]]
    assert json.loads((folder / "verification.json").read_text())["run"]["genuine"] == 10


def test_files_follow_the_page(tmp_path: Path) -> None:
    measured(tmp_path / "run", market_tree(tmp_path / "market"))
    report(tmp_path / "run", out=tmp_path / "pages" / "one.html")
    assert (tmp_path / "pages" / "one" / "market1501" / "cmc.png").is_file()
    assert not (tmp_path / "run" / "report").exists()


def test_a_reranked_evaluation_stands_beside_the_plain_one(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market", people=5)
    measured(tmp_path / "run", root, rerank="k-reciprocal", rerank_options={"k1": 2})
    plain = measured(tmp_path / "run", root)
    text = report(tmp_path / "run").read_text()
    headings = re.findall(r'<h2 id="h\d+">([^<]+)</h2>', text)
    assert headings[:2] == ["Scores", "Beside run · k-reciprocal (k1 2)"]
    assert "measured on market1501." in text
    folder = tmp_path / "run" / "report" / "market1501"
    scores = json.loads((folder / "scores.json").read_text())
    assert list(scores) == ["run", "run · k-reciprocal (k1 2)"]
    assert scores["run"]["mean_ap"] == plain.scores.mean_ap
    changes = json.loads((folder / "changes-run-k-reciprocal-k1-2.json").read_text())
    assert changes["runs"] == list(scores)


def test_lists_of_a_reranked_evaluation_show_its_own_distances(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market", people=5)
    found = measured(tmp_path / "run", root, rerank="k-reciprocal")
    text = report(tmp_path / "run", lists=9).read_text()
    shown = re.findall(r'alt="rank 1, \w+: [^"]+, distance ([\d.]+)"', text)
    nearest = top_k(
        without_ignored(
            found.ranked.distances, found.ranked.query, found.ranked.gallery, MARKET1501
        ),
        1,
    )
    expected = [f"{value:.3f}" for value in nearest.distances[:, 0].tolist()]
    assert sorted(shown) == sorted(expected)
    assert "<dt>re-ranking</dt><dd>k-reciprocal</dd>" in text


def test_runs_with_other_queries_are_not_compared_one_by_one(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    measured(tmp_path / "a", root)
    write(root / "query", 1, 2, 7)
    measured(tmp_path / "b", root)
    text = report(tmp_path / "a", [tmp_path / "b"]).read_text()
    assert "Beside b" not in text
    assert "a and b were not asked the same queries" in text
    assert "a: rank-1 100.0 %; b: rank-1 100.0 %" in text


def test_a_moved_data_set_is_compared_all_the_same(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    measured(tmp_path / "a", root)
    shutil.move(root, tmp_path / "elsewhere")
    measured(tmp_path / "b", tmp_path / "elsewhere")
    assert "Beside b" in report(tmp_path / "a", [tmp_path / "b"]).read_text()


def test_a_gallery_without_wrong_answers_says_so(tmp_path: Path) -> None:
    measured(tmp_path / "run", market_tree(tmp_path / "market", people=1))
    text = report(tmp_path / "run").read_text()
    assert "There is no impostor pair" in text
    assert "Data set" in text


def test_sections_go_into_any_page(tmp_path: Path) -> None:
    measured(tmp_path / "run", market_tree(tmp_path / "market"))
    sections = evaluation_sections(evaluations(tmp_path / "run"), lists=1)
    text = page("Demo", "all of it", [Section("Training", "a curve"), *sections])
    assert text.index("Training") < text.index("Scores")
    assert text.count('<article class="strip">') == 2

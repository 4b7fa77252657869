from dataclasses import replace
from pathlib import Path

import pytest
from tests.pipelines.coloured_people import colour_embedder, drawn, market_tree

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.readers import READERS
from passerby.data.splits import Splits
from passerby.pipelines import evaluate as module
from passerby.pipelines.compare import compare
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.evaluation import evaluations
from passerby.ranking.transitions import TransitionTimes


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_embedder", lambda which, device, **rest: colour_embedder())
    monkeypatch.setitem(READERS, "drawn", drawn)


def test_with_and_without_reranking_in_one_run(tmp_path: Path) -> None:
    root, run = market_tree(tmp_path / "market"), tmp_path / "run"
    plain = evaluate("colours", "market1501", root, out=run)
    again = evaluate("colours", "market1501", root, out=run, rerank="k-reciprocal")
    assert again.folder == run / "evaluation" / "market1501-k-reciprocal"
    found = compare(again, run)
    assert (found.name, found.other.folder) == ("run", plain.folder)
    for name, apart in found.differences.items():
        ours, theirs = again.spreads[name].mean, plain.spreads[name].mean
        assert apart.estimate == pytest.approx(ours - theirs)
    # A plain evaluation finds the re-ranked one, for want of another.
    assert compare(plain, run).name == "run · k-reciprocal"


def test_the_same_steps_are_preferred_to_none_and_none_to_others(tmp_path: Path) -> None:
    root, run, other = market_tree(tmp_path / "market"), tmp_path / "run", tmp_path / "other"
    ours = evaluate("colours", "market1501", root, out=run, rerank="k-reciprocal")
    evaluate("colours", "market1501", root, out=other, metric="cosine", rerank="aqe")
    assert compare(ours, other).name == "other · aqe"
    evaluate("colours", "market1501", root, out=other, metric="cosine")
    assert compare(ours, other).name == "other"
    evaluate("colours", "market1501", root, out=other, metric="cosine", rerank="k-reciprocal")
    assert compare(ours, other).name == "other · k-reciprocal"


def test_what_is_ranked_is_computed_again_alike(tmp_path: Path) -> None:
    root, run = market_tree(tmp_path / "market"), tmp_path / "run"
    there = evaluate("colours", "market1501", root, out=run, rerank="k-reciprocal")
    back = evaluations(run)["market1501-k-reciprocal"]
    assert back.ranked.distances.matrix().equal(there.ranked.distances.matrix())
    assert back.ranked.query.keys == there.query.keys


def test_nothing_measured_alike_names_the_command(tmp_path: Path) -> None:
    root, run, other = market_tree(tmp_path / "market"), tmp_path / "run", tmp_path / "other"
    ours = evaluate("colours", "market1501", root, out=run)
    evaluate("colours", "market1501", root, out=other, protocol="camera-free")
    with pytest.raises(PasserbyError, match=r"passerby evaluate .*other market1501 ROOT"):
        compare(ours, other)
    with pytest.raises(PasserbyError, match="no run folder"):
        compare(ours, tmp_path / "nowhere")


def test_unknown_steps_are_refused_before_anything_is_embedded(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="k-reciprocal"):
        evaluate("colours", "drawn", tmp_path, rerank="magic", out=tmp_path / "run")
    with pytest.raises(PasserbyError, match="k1"):
        evaluate(
            "colours",
            "drawn",
            tmp_path,
            rerank="k-reciprocal",
            rerank_options={"k9": 1},
            out=tmp_path / "run",
        )
    settings = {"rerank": "k-reciprocal", "rerank_options": {"k1": 0}}
    with pytest.raises(PasserbyError, match="k1 is 0"):
        evaluate("colours", "drawn", tmp_path, out=tmp_path / "run", **settings)
    assert not (tmp_path / "run").exists()


def timed(root: Path) -> Splits:
    splits = drawn(root)
    query, gallery = (
        tuple(replace(sample, time=float(place)) for place, sample in enumerate(part))
        for part in (splits.query, splits.gallery)
    )
    return replace(splits, query=query, gallery=gallery)


def test_options_may_be_paths_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crops = [Sample(Path("a"), 7, 1, time=1.0), Sample(Path("b"), 7, 2, time=9.0)]
    TransitionTimes.learn(Embeddings.unembedded(crops)).save(tmp_path / "walk.safetensors")
    monkeypatch.setitem(READERS, "timed", timed)
    monkeypatch.chdir(tmp_path)
    settings = {"rerank": " times", "rerank_options": {"file": Path("walk.safetensors")}}
    with pytest.raises(PasserbyError, match="no time is known of any query"):
        evaluate("colours", "drawn", tmp_path, out=tmp_path / "run", **settings)
    there = evaluate("colours", "timed", tmp_path, out=tmp_path / "run", **settings)
    assert there.about.rerank_options == {"file": str(tmp_path / "walk.safetensors")}
    assert there.folder == tmp_path / "run" / "evaluation" / "timed-times-file-walk"
    monkeypatch.chdir("/")
    back = evaluations(tmp_path / "run")["timed-times-file-walk"]
    assert back.ranked.distances.matrix().shape == (len(back.query), len(back.gallery))

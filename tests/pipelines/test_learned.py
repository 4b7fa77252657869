"""Ranking by a comparison that the model has learnt, now and when it is looked at again."""

import json
from pathlib import Path

import pytest
import torch
from tests.pipelines.coloured_people import market_tree

from passerby.cli.main import main
from passerby.core.blocks import DistanceBlocks
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.methods.siamese_verification import SiameseVerification
from passerby.metrics.retrieval import retrieval_scores
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.evaluation import evaluations
from passerby.pipelines.human_study_questions import questions_of
from passerby.pipelines.learned import learned_comparison
from passerby.pipelines.report import report


def siamese(run: Path, seed: int = 0, *, verification: bool = True) -> SiameseVerification:
    """A run folder with a model that has learnt nothing, and takes what differs for the same."""
    torch.manual_seed(seed)
    method = SiameseVerification(
        3, "osnet_x0_25", pretrained=False, verification=verification, learning_rate=0.1
    )
    if method.matching is not None:
        with torch.no_grad():
            method.matching.logits.weight[0] = -torch.rand(128)
            method.matching.logits.weight[1] = 0
    run.mkdir(exist_ok=True)
    save_checkpoint(method, Preprocess(32, 16), run / "model.safetensors")
    return method.eval()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return market_tree(tmp_path / "market")


def test_the_models_own_comparison_ranks(run: Path, root: Path) -> None:
    method = siamese(run)
    found = evaluate(str(run), "market1501", root)
    assert found.about.metric == "learned"
    assert found.about.checkpoint == str(run.resolve())
    query, gallery = found.query, found.gallery
    whole = method.distances(query.features, gallery.features)
    wanted = retrieval_scores(DistanceBlocks.of_matrix(whole), query, gallery)
    assert found.scores.to_json() == wanted.to_json()
    plain = evaluate(str(run), "market1501", root, metric="euclidean", out=run / "plain")
    assert (plain.about.metric, plain.about.checkpoint) == ("euclidean", "")
    assert torch.equal(plain.query.features, query.features)
    assert plain.scores.mean_ap > found.scores.mean_ap


def test_what_was_measured_is_ranked_again(run: Path, root: Path) -> None:
    method = siamese(run)
    there = evaluate(str(run), "market1501", root)
    back = evaluations(run)["market1501"]
    assert back.about == there.about
    wanted = method.distances(there.query.features, there.gallery.features)
    torch.testing.assert_close(back.ranked.distances.matrix(), wanted)
    report(run)
    _, solution = questions_of(back, "market1501", candidates=3, queries=None, seed=0)
    right = [truth.model.right for truth in solution.truths.values()]
    assert sum(right) / len(right) == there.scores.rank(1) < 1


def test_a_model_that_is_not_there_any_more(run: Path, root: Path) -> None:
    siamese(run)
    evaluate(str(run), "market1501", root)
    siamese(run, seed=1)
    with pytest.raises(PasserbyError, match="not the one that was measured"):
        _ = evaluations(run)["market1501"].ranked
    (run / "model.safetensors").unlink()
    with pytest.raises(PasserbyError, match=r"neither model\.safetensors"):
        _ = evaluations(run)["market1501"].ranked


def test_features_are_re_ranked_but_no_learned_comparison(run: Path, root: Path) -> None:
    siamese(run)
    with pytest.raises(PasserbyError, match=r"k-reciprocal re-ranks by.*--metric euclid"):
        evaluate(str(run), "market1501", root, rerank="k-reciprocal")
    assert not (run / "embeddings").exists(), "told before anything is embedded"
    found = evaluate(str(run), "market1501", root, rerank="dba", metric="euclidean")
    assert found.about.rerank == "dba"


def test_a_model_that_has_learnt_no_comparison(run: Path, root: Path) -> None:
    siamese(run, verification=False)
    found = evaluate(str(run), "market1501", root)
    assert (found.about.metric, found.about.checkpoint) == ("euclidean", "")
    with pytest.raises(PasserbyError, match="not the one that was measured"):
        learned_comparison(str(run), found.about.model_hash)


def test_on_the_command_line(run: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    siamese(run)
    assert main(["evaluate", str(run), "market1501", str(root)]) == 0
    assert "Distance: learned" in capsys.readouterr().out
    assert main(["evaluate", str(run), "market1501", str(root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metric"] == "learned"

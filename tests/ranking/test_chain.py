from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.ranking.camera_bias import remove_camera_bias
from passerby.ranking.chain import RERANKERS, checked_steps, rerank
from passerby.ranking.database_augmentation import augment
from passerby.ranking.graph import graph
from passerby.ranking.k_reciprocal import k_reciprocal
from passerby.ranking.plain import distances
from passerby.ranking.query_expansion import expand_queries
from passerby.ranking.temporal import lift
from passerby.ranking.transitions import TransitionTimes


@pytest.fixture
def sides() -> tuple[Embeddings, Embeddings]:
    generator = torch.Generator().manual_seed(0)
    samples = [
        Sample(Path(f"{i}"), i % 8 + 1, i % 3 + 1, time=10.0 * (i % 3) + 100 * (i % 8))
        for i in range(48)
    ]
    centres = torch.randn(8, 6, generator=generator)
    noise = 0.6 * torch.randn(48, 6, generator=generator)
    features = centres[[sample.person - 1 for sample in samples]] + noise
    both = Embeddings.of(features, samples, "toy", "00")
    return both[:12], both[12:]


def test_no_step_is_the_plain_distances(sides) -> None:
    for metric in ("euclidean", "cosine"):
        found = rerank("", *sides, metric, {})
        assert torch.equal(found.matrix(), distances(*sides, metric).matrix())


def test_steps_follow_each_other(sides) -> None:
    query, gallery = sides
    found = rerank(
        "camera-bias + dba+alpha-qe+k-reciprocal",
        query,
        gallery,
        "cosine",
        {"k": 3, "dba.alpha": 0, "k1": "4", "k2": 2, "least": 2},
    )
    query, gallery = remove_camera_bias(query, gallery, least=2)
    gallery = augment(gallery, 3, 0)
    query = expand_queries(query, gallery, 3)
    wanted = k_reciprocal(query, gallery, 4, 2)
    torch.testing.assert_close(found.matrix(), wanted.matrix(), atol=1e-5, rtol=0)


def test_the_order_of_features_steps_is_the_users(sides) -> None:
    there = rerank("dba+camera-bias", *sides, "cosine", {"least": 2}).matrix()
    back = rerank("camera-bias+dba", *sides, "cosine", {"least": 2}).matrix()
    assert (there - back).abs().max() > 0.01


def test_single_steps(sides) -> None:
    query, gallery = sides
    wanted = {
        "graph": graph(query, gallery, k1=5),
        "aqe": distances(expand_queries(query, gallery, 5, 0), gallery, "cosine"),
        "alpha-qe": distances(expand_queries(query, gallery, 5, 3), gallery, "cosine"),
        "dba": distances(query, augment(gallery, 5, 3), "cosine"),
        "camera-bias": distances(*remove_camera_bias(query, gallery), "cosine"),
    }
    for name, blocks in wanted.items():
        found = rerank(name, query, gallery, "cosine", {"k1": 5} if name == "graph" else {})
        torch.testing.assert_close(found.matrix(), blocks.matrix(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("step", ["aqe", "alpha-qe", "dba"])
def test_sums_of_directions_are_ranked_alike_by_both_metrics(sides, step) -> None:
    query, gallery = sides
    by_angle = rerank(step, query, gallery, "cosine", {}).matrix()
    by_length = rerank(step, query, gallery, "euclidean", {}).matrix()
    torch.testing.assert_close(by_length.square() / 2, by_angle, atol=1e-5, rtol=0)


def test_times_come_from_a_file_and_last(sides, tmp_path) -> None:
    query, gallery = sides
    times = TransitionTimes.learn(gallery, bin_seconds=10, smoothing=1)
    options = {"times": {"file": str(times.save(tmp_path / "times"))}, "gamma": 4}
    found = rerank("k-reciprocal+times", query, gallery, "euclidean", {**options, "k1": 4})
    wanted = lift(k_reciprocal(query, gallery, 4), query, gallery, times, gamma=4)
    torch.testing.assert_close(found.matrix(), wanted.matrix())
    alone = rerank("times", query, gallery, "euclidean", options)  # similarities are cosines
    wanted = lift(distances(query, gallery, "cosine"), query, gallery, times, gamma=4)
    torch.testing.assert_close(alone.matrix(), wanted.matrix())


@pytest.mark.parametrize(
    ("names", "options", "words"),
    [
        ("k-means", {}, "no re-ranking step 'k-means'; choose from camera-bias, aqe, alpha-qe, "),
        ("dba++graph", {}, "no re-ranking step ''"),
        ("graph+k-reciprocal", {}, "graph and k-reciprocal each make all distances anew"),
        ("graph+dba", {}, "'graph.dba' is out of order"),
        ("times+graph", {"times.file": "x"}, "out of order"),
        ("dba", {"k1": 3}, "no re-ranking option 'k1' here; dba takes dba.k, dba.alpha"),
        ("", {"k1": 3}, "no step was named"),
        ("times", {}, r"times needs the option times\.file"),
        ("times", {"file": "nowhere"}, "nowhere holds no transition times"),
        ("k-reciprocal", {"k1": 0}, "k1 is 0; it counts neighbours"),
        ("k-reciprocal", {"weight": "1.5"}, r"weight is 1\.5"),
        ("graph", {"graph": {"layers": -1}}, "layers is -1"),
        ("camera-bias+aqe", {"aqe.k": 0}, "k is 0; at least 1 neighbour"),
        ("camera-bias", {"least": 1}, "least is 1"),
    ],
)
def test_mistakes_are_found_before_any_work(
    sides, names: str, options: Mapping[str, Any], words: str
) -> None:
    with pytest.raises(PasserbyError, match=words):
        checked_steps(names, options)
    with pytest.raises(PasserbyError, match=words):
        rerank(names, *sides, "cosine", options)


def test_every_name_can_be_run(sides, tmp_path) -> None:
    file = TransitionTimes.learn(sides[1]).save(tmp_path / "times")
    for name in RERANKERS:
        options = {"file": file} if name == "times" else {}
        checked_steps(name, options)
        assert rerank(name, *sides, "cosine", options).matrix().shape == (12, 36)

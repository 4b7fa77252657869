"""Person search against the plain procedure: scene by scene, box by box."""

import math

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics import person_search
from passerby.metrics.person_search import (
    Scene,
    SearchQuery,
    least_iou,
    of_size,
    other_scenes,
    search_scores,
)


@pytest.fixture(params=["1", "0"], ids=["compiled", "tensors"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", request.param)


def iou(a: list[float], b: list[float]) -> float:
    across = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return across / (areas - across)


def oracle(scenes: list[Scene], query: SearchQuery) -> tuple[float, int, int] | None:
    """Average precision, first hit (0 if none) and true boxes; None if the query does not count."""
    labelled, true, found = [], 0, 0
    for scene in scenes:
        if scene.name not in query.gallery:
            continue
        similar = [float(feature @ query.feature) for feature in scene.features]
        order = sorted(range(len(similar)), key=lambda n: (-similar[n], n))
        right = None
        if scene.name in query.truth:
            true += 1
            box = query.truth[scene.name].tolist()
            w, h = box[2] - box[0], box[3] - box[1]
            least = min(0.5, w * h / ((w + 10) * (h + 10)))
            reach = [n for n in order if iou(scene.boxes[n].tolist(), box) >= least]
            right = reach[0] if reach else None
            found += right is not None
        labelled += [(similar[n], n == right) for n in range(len(similar))]
    if true == 0:
        return None
    ranking = sorted(labelled, key=lambda pair: -pair[0])  # stable: scene order among equal ones
    hits = [place for place, (_, right) in enumerate(ranking, start=1) if right]
    precision = sum(k / hit for k, hit in enumerate(hits, start=1)) / len(hits) if hits else 0
    return precision * found / true, hits[0] if hits else 0, true


boxes = st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(5, 40)] * 2).map(
    lambda v: [v[0], v[1], v[0] + v[2], v[1] + v[3]]
)
# Whole numbers, so that similarities are exact and often equal.
features = st.lists(st.integers(-2, 2), min_size=3, max_size=3)


@st.composite
def searches(draw: st.DrawFn) -> tuple[list[Scene], list[SearchQuery]]:
    scenes = []
    for number in range(draw(st.integers(1, 5))):
        found = draw(st.lists(st.tuples(boxes, features), max_size=4))
        scenes.append(
            Scene(
                f"s{number}",
                1,
                np.array([box for box, _ in found], np.float64).reshape(-1, 4),
                torch.tensor([feature for _, feature in found]).reshape(-1, 3).float(),
            )
        )
    queries = []
    for _ in range(draw(st.integers(1, 4))):
        gallery = draw(st.lists(st.sampled_from([s.name for s in scenes]), unique=True))
        truth = {}
        for scene in draw(st.lists(st.sampled_from(scenes), unique_by=lambda s: s.name)):
            # Often near a found box, so that several reach the overlap.
            near = len(scene.boxes) and draw(st.booleans())
            box = scene.boxes[0] + draw(st.integers(0, 4)) if near else draw(boxes)
            truth[scene.name] = np.array(box, np.float64)
        feature = torch.tensor(draw(features)).float()
        queries.append(SearchQuery(feature, truth, tuple(gallery)))
    return scenes, queries


@given(search=searches(), entries=st.sampled_from([1, 9, 2**22]))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_agrees_with_the_oracle(search, entries: int) -> None:
    scenes, queries = search
    if not any(len(scene.boxes) for scene in scenes):
        with pytest.raises(PasserbyError, match="no scene holds any box"):
            search_scores(scenes, queries)
        return
    if not any(set(query.truth) & set(query.gallery) for query in queries):
        with pytest.raises(PasserbyError, match=r"none of .* queries is shown"):
            search_scores(scenes, queries)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(person_search, "_ENTRIES", entries)
        scores = search_scores(scenes, queries, normalised=False)
    for row, query in enumerate(queries):
        expected = oracle(scenes, query)
        if expected is None:
            assert scores.first_hit[row] == 0
            assert scores.average_precision[row].isnan()
            continue
        precision, first, _ = expected
        assert scores.average_precision[row] == pytest.approx(precision, abs=1e-12)
        assert scores.first_hit[row] == (first or max(50, scores.gallery) + 1)
        for k in (1, 5, 10):
            assert (scores.first_hit[row] <= k) == (0 < first <= k)
    assert len(scores.cmc) <= 50
    read = Scores.from_json(scores.to_json())
    assert torch.equal(read.first_hit, scores.first_hit)


def found(*boxes_and_features: tuple[list[int], list[float]], name: str, camera: int = 1) -> Scene:
    rows = [box for box, _ in boxes_and_features]
    return Scene(
        name,
        camera,
        np.array(rows, np.float64).reshape(-1, 4),
        torch.tensor([feature for _, feature in boxes_and_features]).reshape(-1, 2),
    )


BOX, NEAR, FAR = [0, 0, 40, 80], [2, 2, 42, 82], [200, 0, 240, 80]


def test_by_hand() -> None:
    scenes = [
        found((BOX, [0.6, 0.8]), (NEAR, [0.8, 0.6]), (FAR, [1.0, 0.0]), name="both"),
        found((FAR, [0.96, 0.28]), name="missed"),
        found((BOX, [0.0, 1.0]), name="last"),
        found(name="nothing"),
    ]
    truth = {name: np.array(BOX) for name in ("both", "missed", "last")}
    query = SearchQuery(torch.tensor([5.0, 0.0]), truth, ("both", "missed", "last", "nothing"))
    scores = search_scores(scenes, [query])
    # FAR 1, missed 0.96, NEAR 0.8 (right: the nearer of two), BOX 0.6, last 0 (right).
    assert scores.first_hit.tolist() == [3]
    assert scores.mean_ap == pytest.approx((1 / 3 + 2 / 5) / 2 * (2 / 3))
    assert scores.mean_inp == 0  # one was never found
    assert scores.gallery == 5
    assert scores.recall_precision[66] == pytest.approx(2 / 5)
    assert scores.recall_precision[67] == pytest.approx(0, abs=1e-12)


def test_agrees_with_scikit_learns_average_precision_times_recall() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    generator = torch.Generator().manual_seed(3)
    scenes, truth = [], {}
    for number in range(60):
        rows = [(BOX, [0.0, 0.0]), (FAR, [0.0, 0.0])][: 1 + number % 2]
        scene = found(*rows, name=f"s{number}")
        values = torch.randn(len(rows), 2, generator=generator)
        scenes.append(Scene(scene.name, 1, scene.boxes, values))
        if number % 3 == 0:  # shown; in every sixth scene where no box is
            truth[scene.name] = np.array(BOX if number % 2 else [500, 0, 540, 80])
    query = SearchQuery(torch.tensor([1.0, 0.5]), truth, tuple(scene.name for scene in scenes))
    scores = search_scores(scenes, [query])
    right, similar = [], []
    for scene in scenes:
        here = torch.nn.functional.cosine_similarity(scene.features, query.feature[None])
        similar += here.tolist()
        shown = scene.name in truth and int(scene.name[1:]) % 2
        right += [True, False][: len(here)] if shown else [False] * len(here)
    expected = metrics.average_precision_score(right, similar) * sum(right) / len(truth)
    assert 0 < sum(right) < len(truth)
    assert scores.mean_ap == pytest.approx(expected, abs=1e-9)


def test_nobody_found_counts_with_nothing_and_no_truth_does_not_count() -> None:
    scenes = [found((FAR, [1.0, 0.0]), name="a"), found((BOX, [1.0, 0.0]), name="b")]
    asked = torch.tensor([1.0, 0.0])
    queries = [
        SearchQuery(asked, {"a": np.array(BOX)}, ("a", "b")),
        SearchQuery(asked, {"b": np.array(BOX)}, ("b",)),
        SearchQuery(asked, {"b": np.array(BOX)}, ("a",)),
    ]
    scores = search_scores(scenes, queries)
    assert (scores.queries, scores.skipped) == (2, 1)
    assert scores.average_precision.tolist()[:2] == [0.0, 1.0]
    assert (scores.rank(1), scores.rank(50)) == (0.5, 0.5)
    assert scores.cmc.tolist() == [0.5, 0.5]
    assert scores.mean_inp == 0.5


def test_a_small_box_is_forgiven_more() -> None:
    assert least_iou(np.array([0, 0, 40, 80])) == 0.5
    assert least_iou(np.array([5, 5, 15, 25])) == pytest.approx(200 / (20 * 30))


def test_gallery_sizes_keep_the_scenes_of_the_person() -> None:
    query = SearchQuery(torch.ones(2), {"d": np.zeros(4), "z": np.zeros(4)}, tuple("abcde"))
    assert of_size(query, 1).gallery == ("d",)
    assert of_size(query, 3).gallery == ("a", "b", "d")
    assert of_size(query, 5).gallery == query.gallery
    for size in (0, 6):
        with pytest.raises(PasserbyError, match="ask for 1 to 5"):
            of_size(query, size)


def test_prw_searches_every_other_scene() -> None:
    scenes = [found(name=name, camera=camera) for name, camera in {"a": 1, "b": 1, "c": 2}.items()]
    assert other_scenes("b", 1, scenes) == ("a", "c")
    assert other_scenes("b", 1, scenes, other_cameras=True) == ("c",)


def test_what_does_not_fit_is_named() -> None:
    one = found((BOX, [1.0, 0.0]), name="a")
    query = SearchQuery(torch.ones(2), {}, ("a", "x"))
    with pytest.raises(PasserbyError, match="scene 'x' is in a query's gallery"):
        search_scores([one], [query])
    with pytest.raises(PasserbyError, match="two scenes are called 'a'"):
        search_scores([one, one], [query])
    with pytest.raises(PasserbyError, match="no queries"):
        search_scores([one], [])
    with pytest.raises(PasserbyError, match=r"'b' has boxes of shape \(1, 4\) and 2 features"):
        Scene("b", 1, np.zeros((1, 4)), torch.zeros(2, 3))
    spoilt = Scene("a", 1, np.array([BOX]), torch.tensor([[math.nan, 1.0]]))
    with pytest.raises(PasserbyError, match="NaN"):
        search_scores([spoilt], [SearchQuery(torch.ones(2), {"a": np.array(BOX)}, ("a",))])

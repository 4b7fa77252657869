"""Scores against an oracle that is written as plainly as the definitions."""

import math
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import CAMERA_FREE, MARKET1501, WITHIN_CAMERA
from passerby.metrics.retrieval import retrieval_scores

Label = tuple[int, int]  # person, camera


def embeddings(labels: list[Label], name: str = "g") -> Embeddings:
    samples = [Sample(Path(f"{name}{i}"), *label) for i, label in enumerate(labels)]
    return Embeddings.of(torch.ones(len(labels), 2), samples, "toy", "00")


def scored(
    distances: list[list[float]],
    query: list[Label],
    gallery: list[Label],
    protocol: Protocol = MARKET1501,
    block: int = 256,
):
    matrix = torch.tensor(distances, dtype=torch.float32)
    return retrieval_scores(
        DistanceBlocks.of_matrix(matrix, block),
        embeddings(query, "q"),
        embeddings(gallery),
        protocol,
    )


def oracle(
    distances: list[list[float]], query: list[Label], gallery: list[Label], protocol: str
) -> list[list[bool]]:
    """For each query its ranking, as right (True) and wrong (False) answers."""
    rankings = []
    for row, (person, camera) in zip(distances, query, strict=True):
        ranking = []
        for g in sorted(range(len(gallery)), key=lambda g: (row[g], g)):
            there, its_camera = gallery[g]
            if there == -1:
                continue
            right = there == person and person > 0
            if protocol == "market1501" and right and its_camera == camera:
                continue
            if protocol == "within-camera" and its_camera != camera:
                continue
            ranking.append(right)
        rankings.append(ranking)
    return rankings


def trapezoid(ranking: list[bool]) -> float:
    """Area under precision over recall, walking down the list as Market-1501's program does."""
    area, recall_before, precision_before, found = 0.0, 0.0, 1.0, 0
    for place, right in enumerate(ranking, start=1):
        found += right
        recall, precision = found / sum(ranking), found / place
        area += (recall - recall_before) * (precision_before + precision) / 2
        recall_before, precision_before = recall, precision
    return area


def interpolated(ranking: list[bool]) -> list[float]:
    """The best precision at each recall or a higher one."""
    points = []
    for place in range(1, len(ranking) + 1):
        found = sum(ranking[:place])
        points.append((Fraction(found, sum(ranking)), found / place))
    return [
        max(precision for recall, precision in points if recall >= Fraction(percent, 100))
        for percent in range(101)
    ]


labels = st.tuples(st.sampled_from([-1, 0, 1, 2, 3]), st.sampled_from([1, 2, 3]))
# Few values, so that many are equal; signs of zero, negative and infinite ones too.
values = st.sampled_from([0.0, -0.0, -1e-7, -2.5, 0.5, 0.5000001, 1.0, 7.0, math.inf])


@st.composite
def problems(draw):
    query = draw(st.lists(labels, min_size=1, max_size=6))
    gallery = draw(st.lists(labels, min_size=1, max_size=12))
    if draw(st.booleans()):  # everything from one camera
        query, gallery = [(p, 1) for p, _ in query], [(p, 1) for p, _ in gallery]
    distances = [[draw(values) for _ in gallery] for _ in query]
    return distances, query, gallery


@pytest.fixture(params=["1", "0"], ids=["compiled", "tensors"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", request.param)


@given(
    problem=problems(),
    protocol=st.sampled_from([MARKET1501, CAMERA_FREE, WITHIN_CAMERA]),
    block=st.integers(1, 7),
    few=st.sampled_from([0, 1, 96]),
)
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_agrees_with_the_oracle(problem, protocol: Protocol, block: int, few: int) -> None:
    distances, query, gallery = problem
    as_float32 = torch.tensor(distances, dtype=torch.float32).tolist()
    rankings = oracle(as_float32, query, gallery, protocol.name)
    counted = [ranking for ranking in rankings if any(ranking)]
    if not counted:
        with pytest.raises(PasserbyError, match="no right answer"):
            scored(distances, query, gallery, protocol, block)
        return
    # Whichever way a query's right answers are ranked, by counting or by sorting.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("passerby.metrics.ranks._FEW", few)
        scores = scored(distances, query, gallery, protocol, block)

    precisions, trapezoids, penalties, curves = [], [], [], []
    for q, ranking in enumerate(rankings):
        hits = [place for place, right in enumerate(ranking, start=1) if right]
        assert scores.first_hit[q] == (hits[0] if hits else 0)
        if not hits:
            assert scores.average_precision[q].isnan()
            continue
        precision = sum(k / hit for k, hit in enumerate(hits, start=1)) / len(hits)
        assert scores.average_precision[q] == pytest.approx(precision, abs=1e-12)
        precisions.append(precision)
        trapezoids.append(trapezoid(ranking))
        curves.append(interpolated(ranking))
        assert scores.trapezoid_precision[q] == pytest.approx(trapezoids[-1], abs=1e-12)
        penalties.append(len(hits) / hits[-1])
    assert scores.mean_ap == pytest.approx(sum(precisions) / len(precisions), abs=1e-12)
    assert scores.mean_inp == pytest.approx(sum(penalties) / len(penalties), abs=1e-12)
    assert scores.queries == len(counted)
    assert scores.skipped == len(rankings) - len(counted)
    assert scores.mean_trapezoid_ap == pytest.approx(sum(trapezoids) / len(trapezoids), abs=1e-12)
    for point, values in zip(
        scores.recall_precision.tolist(), zip(*curves, strict=True), strict=True
    ):
        assert point == pytest.approx(sum(values) / len(values), abs=1e-12)
    assert len(scores.cmc) == min(50, len(gallery))
    for k, share in enumerate(scores.cmc.tolist(), start=1):
        assert share == pytest.approx(sum(any(r[:k]) for r in counted) / len(counted), abs=1e-12)


def test_by_hand() -> None:
    # Ranking after junk and the query's own camera are gone: wrong, right, right, distractor.
    gallery = [(1, 1), (2, 2), (-1, 2), (1, 2), (1, 3), (0, 3)]
    scores = scored([[0.0, 0.1, 0.2, 0.3, 0.4, 0.5]], [(1, 1)], gallery)
    assert scores.cmc.tolist() == [0, 1, 1, 1, 1, 1]
    assert scores.mean_ap == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert scores.mean_inp == pytest.approx(2 / 3)
    assert scores.first_hit.tolist() == [2]


def test_equal_distances_stand_in_gallery_order() -> None:
    first = scored([[1.0, 1.0]], [(1, 1)], [(1, 2), (2, 2)])
    last = scored([[1.0, 1.0]], [(1, 1)], [(2, 2), (1, 2)])
    assert (first.first_hit.tolist(), last.first_hit.tolist()) == ([1], [2])


def test_the_order_of_the_gallery_does_not_matter_without_ties() -> None:
    generator = torch.Generator().manual_seed(3)
    matrix = torch.rand(20, 60, generator=generator)
    query = [(1 + i % 7, i % 3) for i in range(20)]
    gallery = [(i % 9, i % 4) for i in range(60)]
    order = torch.randperm(60, generator=generator)
    there = scored(matrix.tolist(), query, gallery)
    shuffled = scored(matrix[:, order].tolist(), query, [gallery[i] for i in order])
    assert torch.equal(there.cmc, shuffled.cmc)
    assert torch.equal(there.average_precision, shuffled.average_precision)


def test_the_trapezoid_by_hand() -> None:
    # Ranking: wrong, right, right. Before the first right answer nothing is right: 0; at it 1/2.
    scores = scored([[0.1, 0.2, 0.3]], [(1, 1)], [(2, 2), (1, 2), (1, 3)])
    assert scores.mean_trapezoid_ap == pytest.approx(((0 + 1 / 2) / 2 + (1 / 2 + 2 / 3) / 2) / 2)


def test_queries_without_a_match_do_not_count() -> None:
    scores = scored([[0.1, 0.2], [0.1, 0.2]], [(1, 1), (9, 1)], [(2, 2), (1, 2)])
    assert (scores.queries, scores.skipped, scores.mean_ap) == (1, 1, 0.5)


def test_one_camera_only_names_people_cameras_and_the_way_out() -> None:
    with pytest.raises(PasserbyError) as error:
        scored([[0.1], [0.2]], [(5, 3), (5, 3)], [(5, 3)])
    message = str(error.value)
    assert "2 of 2 queries" in message
    assert "person 5 (camera 3)" in message
    assert "another camera" in message
    assert "'camera-free'" in message


def test_people_missing_from_the_gallery_are_named() -> None:
    query = [(person, 1) for person in range(100, 120)]
    with pytest.raises(PasserbyError) as error:
        scored([[0.5, 0.5]] * 20, query, [(1, 2), (2, 4)])
    message = str(error.value)
    assert "20 people are not in the gallery at all" in message
    assert "person 100 (camera 1)" in message
    assert "and 12 more" in message
    assert "2 people (1 to 2) from cameras 2, 4" in message
    assert "same split" in message


def test_a_gallery_of_junk_and_a_query_of_nobody_say_so() -> None:
    with pytest.raises(PasserbyError, match="no real person at all"):
        scored([[0.5]], [(1, 1)], [(-1, 2)])
    with pytest.raises(PasserbyError, match=r"junk \(-1\) or distractor \(0\)"):
        scored([[0.5]], [(0, 1)], [(3, 2)])


def test_a_picture_that_only_finds_itself_is_explained() -> None:
    alone = embeddings([(4, 2), (5, 2)])
    with pytest.raises(
        PasserbyError, match=r"'camera-free' leaves all .*\n.*4 .*5 .*\n.*own picture"
    ):
        retrieval_scores(DistanceBlocks.of_matrix(torch.zeros(2, 2)), alone, alone, CAMERA_FREE)


def test_a_protocol_that_looks_elsewhere_is_explained_by_its_rule() -> None:
    # Camera 2 alone is not what 'within-camera' leaves out.
    alone = embeddings([(4, 2)])
    with pytest.raises(PasserbyError) as error:
        retrieval_scores(DistanceBlocks.of_matrix(torch.zeros(1, 1)), alone, alone, WITHIN_CAMERA)
    assert "only from the query's own camera" not in str(error.value)
    assert "'camera-free' instead" in str(error.value)


@pytest.mark.parametrize(("query", "gallery", "name"), [(0, 2, "query"), (2, 0, "gallery")])
def test_empty_sets_say_which(query: int, gallery: int, name: str) -> None:
    with pytest.raises(PasserbyError, match=f"the {name} set is empty"):
        retrieval_scores(
            DistanceBlocks.of_matrix(torch.zeros(query, gallery)),
            embeddings([(1, 1)] * query),
            embeddings([(1, 2)] * gallery),
        )


def test_distances_of_another_set_are_refused() -> None:
    with pytest.raises(PasserbyError, match="1 queries to 3 gallery"):
        scored([[0.1, 0.2, 0.3]], [(1, 1)], [(1, 2), (2, 2)])


def test_nan_is_refused() -> None:
    with pytest.raises(PasserbyError, match="NaN"):
        scored([[0.1, math.nan]], [(1, 1)], [(1, 2), (2, 2)])


def test_agrees_with_a_full_stable_argsort_at_size() -> None:
    """Thousands of entries with many ties, by a second independent way: argsort."""
    generator = torch.Generator().manual_seed(5)
    matrix = torch.randint(0, 300, (64, 3000), generator=generator).float() / 7
    persons = torch.randint(0, 40, (3000,), generator=generator)
    cameras = torch.randint(0, 6, (3000,), generator=generator)
    query = [(1 + i % 39, i % 6) for i in range(64)]
    scores = scored(
        matrix.tolist(), query, list(zip(persons.tolist(), cameras.tolist(), strict=True)), block=9
    )
    for row, (person, camera) in enumerate(query):
        right: Tensor = persons == person
        kept = ~(right & (cameras == camera))
        order = matrix[row].argsort(stable=True)
        answers = right[order][kept[order]].double()
        hits = answers.cumsum(0)[answers > 0] / (answers.nonzero().flatten() + 1)
        assert scores.average_precision[row] == pytest.approx(float(hits.mean()), abs=1e-12)

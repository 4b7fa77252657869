import math
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.labelled_problems import NAMES, Label, Problem, kind, measured, problems

from passerby.core.errors import PasserbyError
from passerby.metrics.open_set import OpenSetScores, judge, open_set_scores


@pytest.fixture(params=["1", "0"], ids=["compiled", "tensors"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", request.param)


def scored(
    distances: list[list[float]], query: list[Label], gallery: list[Label], *rules: Any
) -> OpenSetScores:
    """`rules` are the protocol and the block, where they are not the usual ones."""
    return open_set_scores(*measured(distances, query, gallery, *rules))


def oracle(problem: Problem, protocol: str) -> tuple[list[list[tuple[float, bool]]], list[bool]]:
    """For each query that counts its ranking (distance, right), and whether it is mated."""
    rankings, mated = [], []
    for row, asked in zip(*problem[:2], strict=True):
        kinds = [kind(asked, entry, protocol) for entry in problem[2]]
        order = sorted(range(len(row)), key=lambda g: (row[g], g))
        rankings.append([(row[g], kinds[g] == "right") for g in order if kinds[g] != "none"])
        mated.append("right" in kinds)
    counts = [own or asked[0] != -1 for own, asked in zip(mated, problem[1], strict=True)]
    return (
        [ranking for ranking, own in zip(rankings, counts, strict=True) if own],
        [one for one, own in zip(mated, counts, strict=True) if own],
    )


@given(
    problem=problems(),
    protocol=st.sampled_from(NAMES),
    block=st.integers(1, 7),
    rank=st.integers(1, 4),
)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_agrees_with_the_oracle(problem: Problem, protocol: str, block: int, rank: int) -> None:
    rankings, mated = oracle(problem, protocol)
    if not any(mated) or all(mated):
        with pytest.raises(PasserbyError, match=r"no right answer|not in the gallery"):
            scored(*problem, protocol, block)
        return
    scores = scored(*problem, protocol, block)
    inside = [r for r, own in zip(rankings, mated, strict=True) if own]
    outside = [r for r, own in zip(rankings, mated, strict=True) if not own]

    def rates(threshold: float) -> tuple[float, float]:
        found = alarms = 0
        for ranking in inside:
            first = next(place for place, (_, right) in enumerate(ranking) if right)
            found += first < rank and ranking[first][0] <= threshold
        for ranking in outside:
            alarms += bool(ranking) and ranking[0][0] <= threshold
        return found / len(inside), alarms / len(outside)

    # Beyond every finite distance, but below an infinite one, which accepts whatever there is.
    levels = [-3.0, -2.5, -0.5, 0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 5.0, 7.0, 9.0]
    for threshold in levels:
        assert scores.at(threshold, rank) == rates(threshold)
        assert judge(threshold, scores, rank) == rates(threshold)
    for count in range(1, len(outside)):
        far = count / len(outside)
        best = max(d for d, f in map(rates, levels) if f <= far)
        assert scores.dir_at(far, rank) == best
        assert scores.at(scores.threshold_at(far), rank).far <= far
    fars, dirs = scores.curve(rank)
    for far, found in zip(fars.tolist()[:-1], dirs.tolist()[:-1], strict=True):
        assert found == max([d for d, f in map(rates, levels) if f <= far], default=0.0)


def test_by_hand() -> None:
    gallery = [(1, 2), (2, 2), (3, 2)]
    query = [(1, 1), (2, 1), (3, 1), (8, 1), (0, 1), (-1, 1)]  # three mated, two not, junk
    scores = scored(
        [
            [0.25, 0.5, 1.0],  # right at once
            [0.5, 0.75, 1.0],  # right at rank 2
            [1.0, 2.0, 0.75],  # right at once, but far
            [0.5, 1.0, 1.0],
            [2.0, 1.5, 3.0],
            [0.0, 0.0, 0.0],
        ],
        query,
        gallery,
    )
    assert scores.nonmated.tolist() == [False, False, False, True, True, False]
    assert scores.rank.tolist() == [1, 2, 1, 0, 0, 0]
    assert scores.at(0.5) == (1 / 3, 1 / 2)
    assert scores.at(0.75) == (2 / 3, 1 / 2)
    assert scores.at(0.75, rank=2) == (1.0, 1 / 2)
    # One alarm in two is allowed: everything below 1.5.
    assert 1.4999 < scores.threshold_at(0.5) < 1.5
    assert scores.threshold_at(0.99) == scores.threshold_at(0.5)
    assert scores.threshold_at(1.0) == math.inf
    assert scores.dir_at(0.5, rank=2) == 1.0
    with pytest.raises(ValueError, match="rank 0"):
        scores.at(0.5, rank=0)
    with pytest.raises(PasserbyError, match=r"0\.1 cannot be measured with 2 non-mated"):
        scores.threshold_at(0.1)


def test_a_threshold_chosen_on_one_set_is_judged_on_another() -> None:
    gallery = [(1, 2), (2, 2)]
    chosen = scored([[0.25, 0.5], [0.5, 0.5]], [(1, 1), (9, 1)], gallery)
    other = scored([[0.5, 0.25], [0.75, 0.5], [0.25, 0.5]], [(2, 1), (2, 1), (9, 1)], gallery)
    threshold = chosen.threshold_at(1.0)
    assert judge(threshold, other) == (1.0, 1.0)
    assert judge(0.25, other) == (0.5, 1.0)
    assert judge(0.125, other) == (0.0, 0.0)


def test_both_kinds_of_queries_are_needed() -> None:
    with pytest.raises(PasserbyError, match="no false alarm can be counted"):
        scored([[0.5]], [(1, 1)], [(1, 2)])
    with pytest.raises(PasserbyError, match="no right answer"):
        scored([[0.5]], [(9, 1)], [(1, 2)])
    some = torch.zeros(1)
    with pytest.raises(PasserbyError, match=r"none of 1 queries.*number people alike"):
        OpenSetScores("p", some, some, some.long(), some.bool(), ~some.bool())


def test_json_loses_nothing() -> None:
    scores = scored([[0.1, math.inf], [math.inf, math.inf]], [(1, 1), (9, 1)], [(1, 2), (2, 2)])
    text = scores.to_json()
    assert "Infinity" not in text
    read = OpenSetScores.from_json(text)
    for name in ("nearest", "right", "rank", "mated", "nonmated"):
        assert torch.equal(getattr(read, name), getattr(scores, name)), name
    assert read.to_json() == text

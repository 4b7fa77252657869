import math

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.labelled_problems import NAMES, Problem, embeddings, kind, problems

from passerby.core.blocks import DistanceBlocks
from passerby.core.errors import PasserbyError
from passerby.metrics.pairs import Moments, Thresholds, pair_distances
from passerby.metrics.protocols import PROTOCOLS

numbers = st.one_of(
    st.integers(-5, 5).map(float),
    st.floats(-(2.0**99), 2.0**99, width=32),
    st.sampled_from([math.inf, -math.inf, 1e-40]),
)


@pytest.fixture(params=["1", "0"], ids=["compiled", "tensors"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", request.param)


@pytest.mark.usefixtures("_both_ways")
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(numbers, max_size=30), st.lists(numbers, min_size=1, max_size=30))
def test_counts_agree_with_comparing_each(given_values: list, given_thresholds: list) -> None:
    values = (torch.tensor(given_values, dtype=torch.float32) + 0.0).tolist()
    levels = torch.tensor(given_thresholds, dtype=torch.float32).unique().tolist()
    below, upto = Thresholds.of(torch.tensor(levels, dtype=torch.float64)).count(
        torch.tensor(values, dtype=torch.float32)
    )
    assert below.tolist() == [sum(v < t for v in values) for t in levels]
    assert upto.tolist() == [sum(v <= t for v in values) for t in levels]


def test_many_values_on_threads_count_the_same() -> None:
    generator = torch.Generator().manual_seed(4)
    values = torch.rand(300_000, generator=generator)
    levels = torch.cat([values[::50], torch.tensor([0.5])]).unique()
    below, upto = Thresholds.of(levels).count(values)
    ordered = values.numpy().copy()
    ordered.sort()
    np.testing.assert_array_equal(below, np.searchsorted(ordered, levels.numpy()))
    np.testing.assert_array_equal(upto, np.searchsorted(ordered, levels.numpy(), side="right"))


@given(problem=problems(), protocol=st.sampled_from(NAMES), block=st.integers(1, 7))
@settings(deadline=None)
def test_pairs_agree_with_looking_at_each(problem: Problem, protocol: str, block: int) -> None:
    distances, query, gallery = problem
    expected = {"right": [], "wrong": [], "none": []}
    for row, asked in zip(distances, query, strict=True):
        for distance, entry in zip(row, gallery, strict=True):
            what = kind(asked, entry, protocol) if asked[0] != -1 else "none"
            expected[what].append(distance)
    here, there = embeddings(query, "q"), embeddings(gallery)
    parts = list(
        pair_distances(
            DistanceBlocks.of_matrix(torch.tensor(distances), block),
            here,
            PROTOCOLS[protocol].relevance(here, there),
        )
    )
    assert sorted(torch.cat([genuine for genuine, _ in parts]).tolist()) == sorted(
        expected["right"]
    )
    assert sorted(torch.cat([wrong for _, wrong in parts]).tolist()) == sorted(expected["wrong"])


@given(st.lists(st.lists(st.floats(-100, 100, width=32), max_size=6), min_size=1, max_size=5))
def test_moments_of_parts_are_those_of_the_whole(parts: list[list[float]]) -> None:
    total = sum((Moments.of(torch.tensor(part)) for part in parts), Moments())
    whole = np.array([value for part in parts for value in part])
    assert total.count == len(whole)
    if len(whole):
        assert total.mean == pytest.approx(whole.mean(), abs=1e-9)
        assert total.variance == pytest.approx(whole.var(), abs=1e-7)


def test_variance_of_numbers_far_from_zero_is_not_lost() -> None:
    values = torch.tensor([1e7, 1e7 + 1, 1e7 + 2])
    total = Moments.of(values[:1]) + Moments.of(values[1:])
    assert total.variance == pytest.approx(2 / 3, rel=1e-9)


def test_nan_is_refused() -> None:
    here, there = embeddings([(1, 1)], "q"), embeddings([(1, 2)])
    relevance = PROTOCOLS["market1501"].relevance(here, there)
    with pytest.raises(PasserbyError, match="NaN"):
        list(pair_distances(DistanceBlocks.of_matrix(torch.tensor([[math.nan]])), here, relevance))

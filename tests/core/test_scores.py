import json
from dataclasses import fields

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.scores import Scores


def some() -> Scores:
    values = torch.tensor([1.0, float("nan"), 1 / 3], dtype=torch.float64)
    curve = torch.ones(101, dtype=torch.float64)
    return Scores("market1501", 3, torch.tensor([1, 0, 3]), values, values / 2, values / 4, curve)


def test_counts_and_ranks() -> None:
    scores = some()
    assert (scores.queries, scores.skipped) == (2, 1)
    assert [scores.rank(k) for k in (1, 2, 3, 10)] == [0.5, 0.5, 1.0, 1.0]
    assert scores.cmc.tolist() == [0.5, 0.5, 1.0]
    assert scores.mean_ap == pytest.approx(2 / 3)
    assert scores.mean_trapezoid_ap == pytest.approx(1 / 3)
    assert scores.mean_inp == pytest.approx(1 / 6)
    with pytest.raises(ValueError, match="count from 1"):
        scores.rank(0)


def test_some_of_the_queries() -> None:
    part = some()[torch.tensor([2, 2])]
    assert part.first_hit.tolist() == [3, 3]
    assert part.mean_ap == pytest.approx(1 / 3)
    assert part.rank(1) == 0


def test_json_holds_the_figures_and_no_nan() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    values = json.loads(some().to_json(), parse_constant=refuse)
    assert values["rank_1"] == 0.5
    assert values["rank_10"] == 1.0
    assert values["average_precision"] == [1.0, None, 1 / 3]
    assert (values["queries"], values["skipped"]) == (2, 1)


@given(
    st.lists(st.tuples(st.floats(0, 1) | st.just(float("nan")), st.integers(0, 10**6)), min_size=1)
)
def test_json_gives_back_every_digit(per_query: list[tuple[float, int]]) -> None:
    values = torch.tensor([ap for ap, _ in per_query], dtype=torch.float64)
    hits = torch.tensor([hit for _, hit in per_query])
    there = Scores("p", 7, hits, values, values / 3, values / 7, torch.rand(101).double())
    back = Scores.from_json(there.to_json())
    for field in fields(Scores):
        was, now = getattr(there, field.name), getattr(back, field.name)
        if isinstance(was, torch.Tensor):
            torch.testing.assert_close(now, was, rtol=0, atol=0, equal_nan=True)
        else:
            assert now == was


def test_values_are_frozen() -> None:
    with pytest.raises(AttributeError):
        some().gallery = 1  # type: ignore[misc]

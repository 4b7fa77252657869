import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.scores import Scores


def some() -> Scores:
    return Scores(
        protocol="market1501",
        cmc=torch.tensor([0.5, 0.5, 1.0], dtype=torch.float64),
        mean_ap=2 / 3,
        mean_inp=0.1,
        average_precision=torch.tensor([1.0, float("nan"), 1 / 3], dtype=torch.float64),
        first_hit=torch.tensor([1, 0, 3]),
    )


def test_counts_and_ranks() -> None:
    scores = some()
    assert (scores.queries, scores.skipped) == (2, 1)
    assert [scores.rank(k) for k in (1, 2, 3, 10)] == [0.5, 0.5, 1.0, 1.0]


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
    there = Scores(
        "p",
        torch.tensor([1 / 3], dtype=torch.float64),
        1 / 7,
        1 / 9,
        torch.tensor([ap for ap, _ in per_query], dtype=torch.float64),
        torch.tensor([hit for _, hit in per_query]),
    )
    back = Scores.from_json(there.to_json())
    assert (back.protocol, back.mean_ap, back.mean_inp) == ("p", 1 / 7, 1 / 9)
    assert torch.equal(back.cmc, there.cmc)
    assert torch.equal(back.first_hit, there.first_hit)
    torch.testing.assert_close(
        back.average_precision, there.average_precision, rtol=0, atol=0, equal_nan=True
    )


def test_values_are_frozen() -> None:
    with pytest.raises(AttributeError):
        some().mean_ap = 1.0  # type: ignore[misc]

import pytest

from passerby.core.errors import PasserbyError
from passerby.metrics.figures import FIGURES
from passerby.metrics.relevance import Lists
from passerby.metrics.repeats import over_repeats
from passerby.metrics.retrieval import scores_of_ranks


def test_by_hand() -> None:
    draws = [
        scores_of_ranks(Lists.of([[1]] * right + [[2]] * (10 - right)), "p", gallery=2)
        for right in (1, 2, 6)
    ]
    spreads = over_repeats(draws)
    assert list(spreads) == list(FIGURES)
    # mean 0.3, squares of the differences 0.04 + 0.01 + 0.09 over n - 1 = 2
    assert spreads["rank_1"].mean == pytest.approx(0.3)
    assert spreads["rank_1"].std == pytest.approx(0.07**0.5)
    # The trapezoid under a second place: (0 + 1 / 2) / 2.
    assert spreads["mean_trapezoid_ap"].mean == pytest.approx(0.3 + 0.7 / 4)
    assert over_repeats(draws[:1])["rank_1"].std is None
    assert str(spreads["rank_1"]) == "30.0 ± 26.5"


def test_no_draw() -> None:
    with pytest.raises(PasserbyError, match="at least one draw"):
        over_repeats([])

import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.repeats import FIGURES, over_repeats


def test_by_hand() -> None:
    hits = torch.tensor([1])
    draws = [
        Scores("p", torch.tensor([r, 1.0], dtype=torch.float64), r, 1.0, hits.double(), hits)
        for r in (0.1, 0.2, 0.6)
    ]
    spreads = over_repeats(draws)
    assert list(spreads) == list(FIGURES)
    # mean 0.3, squares of the differences 0.04 + 0.01 + 0.09 over n - 1 = 2
    assert spreads["rank_1"].mean == pytest.approx(0.3)
    assert spreads["rank_1"].std == pytest.approx(0.07**0.5)
    assert spreads["mean_inp"].std == 0
    assert over_repeats(draws[:1])["rank_1"].std is None
    assert str(spreads["rank_1"]) == "30.0 ± 26.5"


def test_no_draw() -> None:
    with pytest.raises(PasserbyError, match="at least one draw"):
        over_repeats([])

import math

import pytest
import torch

from passerby.ranking.transition_odds import transition_odds
from passerby.ranking.transitions import TransitionTimes

TIMES = TransitionTimes(
    torch.tensor([[1, 2], [2, 3]]), torch.tensor([[0.1, 0.9, 0, 0], [0.25] * 4]), 10.0, 0.0
)


def odds(a: int, at: float, b: int, then: float, most: float = 20.0) -> float:
    cameras, times = torch.tensor([a, b]), torch.tensor([at, then], dtype=torch.float64)
    found = transition_odds(TIMES, cameras[:1], times[:1], cameras[1:], times[1:], most)
    return float(found[0])


def test_by_hand() -> None:
    assert odds(1, 0, 2, 15) == pytest.approx(math.log(0.9 * 4))
    assert odds(2, 15, 1, 0) == pytest.approx(math.log(0.9 * 4))  # the same two, asked backwards
    assert odds(1, 0, 2, 5) == pytest.approx(math.log(0.1 * 4))
    assert odds(2, 0, 3, 25) == pytest.approx(0, abs=1e-6)  # all waits as likely


def test_never_beyond_what_is_allowed() -> None:
    assert odds(1, 0, 2, 999) == pytest.approx(-math.log(20))
    assert odds(1, 0, 2, 999, most=5) == pytest.approx(-math.log(5))
    assert odds(1, 0, 2, 15, most=2) == pytest.approx(math.log(2))
    assert odds(1, 0, 2, 15, most=1) == 0


@pytest.mark.parametrize(
    ("a", "b", "then"), [(1, 2, math.nan), (1, 1, 5), (1, 9, 5), (0, 0, 5), (1, 3, 5)]
)
def test_what_is_not_known_says_nothing(a: int, b: int, then: float) -> None:
    assert odds(a, 0.0, b, then) == pytest.approx(0, abs=1e-6)

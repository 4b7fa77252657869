import numpy as np
import pytest

from passerby.video.occlusion import OccasionFinder, closeness


def found(closenesses: list[float], step: float = 0.1, **settings: float) -> list[tuple[int, int]]:
    """(number of the box at which it was told, number of the first other's box)."""
    finder = OccasionFinder(**{"close": 0.5, "lasts": 0.3, "gap": 1.0, **settings})
    told = [finder.add(n * step, c, step) for n, c in enumerate(closenesses)]
    return [(n, first) for n, first in enumerate(told) if first is not None]


def test_closeness_is_the_larger_share_either_way() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [5, 0, 25, 10], [100, 0, 110, 10]])
    # 5 x 10 in common: half of the first, a quarter of the second.
    assert closeness(boxes).tolist() == [0.5, 0.5, 0.0]
    assert closeness(boxes[:1]).tolist() == [0.0]
    assert closeness(boxes[:0]).shape == (0,)


def test_an_occasion_is_told_when_it_is_over_at_its_deepest() -> None:
    assert found([0, 0.6, 0.7, 0.9, 0.8, 0.2, 0]) == [(5, 3)]


def test_a_short_one_is_noise() -> None:
    assert found([0, 0.9, 0, 0, 0.9, 0.9, 0]) == []
    assert found([0, 0.9, 0], lasts=0.0) == [(2, 1)]


def test_one_frame_is_long_where_frames_come_seldom() -> None:
    assert found([0, 0.9, 0, 0], step=0.5) == [(2, 1)]


def test_a_gap_is_an_occasion_unless_frames_come_seldom() -> None:
    finder = OccasionFinder(close=0.5, lasts=0.1, gap=1.0)
    times = [0.0, 0.1, 0.2, 2.0, 2.1]
    assert [finder.add(time, 0.0, 0.1) for time in times] == [None, None, None, 3, None]
    assert found([0] * 9, step=3.0) == []


def test_a_gap_in_the_middle_of_one_is_told_once_and_the_rest_may_follow() -> None:
    finder = OccasionFinder(close=0.5, lasts=0.2, gap=1.0)
    times, close = [0.0, 0.1, 0.2, 2.0, 2.1, 2.2, 2.3], [0, 0.9, 0.9, 0.6, 0.8, 0.7, 0]
    told = [finder.add(time, c, 0.1) for time, c in zip(times, close, strict=True)]
    assert told == [None, None, None, 3, None, None, 4]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_occasion_that_never_ends_is_never_told(count: int) -> None:
    assert found([0.9] * count) == []

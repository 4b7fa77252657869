from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.tracklet import Crop
from passerby.video.crops import best, cut, keep_best, spread


def test_cut_is_a_copy_of_the_pixels_inside() -> None:
    frame = np.arange(100, dtype=np.uint8).reshape(10, 10, 1).repeat(3, 2)
    crop = cut(frame, np.array([2.0, 3.0, 5.0, 7.0]))
    assert (crop == frame[3:7, 2:5]).all()
    crop[:] = 0
    assert frame[3, 2, 0] == 32


@pytest.mark.parametrize("box", [[-9, -9, -2, -2], [50, 50, 60, 60], [3, 3, 3, 3]])
def test_cut_outside_the_frame_is_one_pixel_at_least(box: list[float]) -> None:
    assert min(cut(np.zeros((10, 10, 3), np.uint8), np.array(box, float)).shape) >= 1


def crop(time: float, value: float) -> Crop:
    return Crop(np.zeros((1, 1, 3), np.uint8), int(time * 10), time, value, (0.0, 0.0, 1.0, 1.0))


def test_a_better_crop_replaces_the_one_of_the_same_moment() -> None:
    kept = keep_best((crop(0, 0.4), crop(5, 0.3)), crop(0.2, 0.5), most=4, apart=1.0)
    assert [(c.time, c.quality) for c in kept] == [(0.2, 0.5), (5, 0.3)]
    assert keep_best(kept, crop(5.5, 0.2), 4, 1.0) == kept


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=40))
def test_kept_crops_are_few_apart_and_sorted(shots: list[tuple[int, int]]) -> None:
    kept: tuple[Crop, ...] = ()
    for time, value in sorted(shots):
        kept = keep_best(kept, crop(time / 10, value / 10), most=3, apart=1.0)
    assert len(kept) <= 3
    assert [c.quality for c in kept] == sorted((c.quality for c in kept), reverse=True)
    times = sorted(c.time for c in kept)
    assert all(b - a >= 1.0 for a, b in pairwise(times))
    if shots:
        assert kept[0].quality == max(value for _, value in shots) / 10


def test_crops_of_a_long_walk_are_spread_over_it() -> None:
    kept: tuple[Crop, ...] = ()
    for number in range(600):  # a minute, best in its first seconds, when the camera is near
        shot = crop(number / 10, 1 - number / 1000)
        kept = keep_best(kept, shot, most=5, apart=spread(shot.time, 5, 0.5))
    times = sorted(shot.time for shot in kept)
    assert times[0] == 0  # the best of all stays
    assert all(b - a >= 59.9 / 10 for a, b in pairwise(times))
    assert times[-1] >= 20
    assert len(kept) >= 4


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=30))
def test_the_best_are_those_that_a_plain_search_finds(shots: list[tuple[int, int]]) -> None:
    crops = [crop(time / 10, value / 10) for time, value in shots]
    left, expected = sorted(crops, key=lambda c: (-c.quality, c.frame)), []
    while left and len(expected) < 3:
        expected.append(left[0])
        left = [c for c in left if abs(c.time - expected[-1].time) >= 1]
    assert [c.time for c in best(crops, 3, 1.0)] == [c.time for c in expected]

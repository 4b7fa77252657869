from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.tracklet import Crop
from passerby.video.crops import cut, keep_best, quality, sharpness, shown


def checks(height: int = 256, width: int = 128, square: int = 8) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    board = ((x // square + y // square) % 2 * 200).astype(np.uint8)
    return np.repeat(board[..., None], 3, axis=2)


def test_cut_is_a_copy_of_the_pixels_inside() -> None:
    frame = np.arange(100, dtype=np.uint8).reshape(10, 10, 1).repeat(3, 2)
    crop = cut(frame, np.array([2.0, 3.0, 5.0, 7.0]))
    assert (crop == frame[3:7, 2:5]).all()
    crop[:] = 0
    assert frame[3, 2, 0] == 32


@pytest.mark.parametrize("box", [[-9, -9, -2, -2], [50, 50, 60, 60], [3, 3, 3, 3]])
def test_cut_outside_the_frame_is_one_pixel_at_least(box: list[float]) -> None:
    assert min(cut(np.zeros((10, 10, 3), np.uint8), np.array(box, float)).shape) >= 1


def test_blur_lowers_sharpness() -> None:
    sharp = checks(square=16)
    slightly, strongly = (cv2.GaussianBlur(sharp, (0, 0), sigma) for sigma in (2, 4))
    assert 1 >= sharpness(sharp) > sharpness(slightly) > sharpness(strongly) >= 0


def test_who_is_behind_loses_more_than_who_is_in_front() -> None:
    boxes = np.array([[100.0, 100, 140, 200], [120, 110, 160, 230]])
    behind, before = shown(boxes, 640, 480)
    # The overlap is 20 x 90: 45 % of the one behind, 37.5 % of the one in front, who loses half.
    assert behind == pytest.approx(1 - 0.45)
    assert before == pytest.approx(1 - 0.375 / 2)


@pytest.mark.parametrize("box", [[0, 9, 40, 99], [9, 1, 40, 99], [60, 9, 99, 80], [9, 9, 40, 99]])
def test_touching_any_border_halves(box: list[float]) -> None:
    assert shown(np.array([box], float), 100, 100).tolist() == [0.5]


def test_nobody_shows_nothing() -> None:
    assert shown(np.zeros((0, 4)), 10, 10).shape == (0,)


def test_quality_prefers_large_sharp_whole_and_certain() -> None:
    best = quality(checks(), 1.0, 1.0)
    assert best == pytest.approx(1.0)
    assert quality(checks()[:128, :64], 1.0, 1.0) < best
    assert quality(cv2.GaussianBlur(checks(), (0, 0), 5), 1.0, 1.0) < best
    assert quality(checks(), 0.5, 1.0) == pytest.approx(best / 2)
    assert quality(checks(), 1.0, 0.5) == pytest.approx(best * 0.75)


def crop(time: float, value: float) -> Crop:
    return Crop(np.zeros((1, 1, 3), np.uint8), int(time * 10), time, value, (0.0, 0.0, 1.0, 1.0))


def test_a_better_crop_replaces_the_one_of_the_same_moment() -> None:
    kept = keep_best((crop(0, 0.4), crop(5, 0.3)), crop(0.2, 0.5), most=4, apart=1.0)
    assert [(c.time, c.quality) for c in kept] == [(0.2, 0.5), (5, 0.3)]
    assert keep_best(kept, crop(5.5, 0.2), 4, 1.0) == kept


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

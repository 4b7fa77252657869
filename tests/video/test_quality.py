import cv2
import numpy as np
import pytest

from passerby.video.quality import certainty, openness, quality, sharpness, size, wholeness


def checks(height: int = 256, width: int = 128, square: int = 8) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    board = ((x // square + y // square) % 2 * 200).astype(np.uint8)
    return np.repeat(board[..., None], 3, axis=2)


def test_size_grows_with_height_until_it_is_enough() -> None:
    assert [size(h) for h in (0, 64, 256, 900)] == [0, 0.25, 1, 1]


def test_blur_lowers_sharpness() -> None:
    sharp = checks(square=16)
    slightly, strongly = (cv2.GaussianBlur(sharp, (0, 0), sigma) for sigma in (2, 4))
    assert 1 >= sharpness(sharp) > sharpness(slightly) > sharpness(strongly) >= 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 90, 3), (700, 3, 3)])
def test_sharpness_of_strange_crops_is_a_number(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    assert 0 <= sharpness(pixels) <= 1


@pytest.mark.parametrize("box", [[0, 9, 40, 99], [9, 1, 40, 99], [60, 9, 99, 80], [9, 9, 40, 99]])
def test_touching_any_border_halves(box: list[float]) -> None:
    assert wholeness(np.array([box], float), 100, 100).tolist() == [0.5]
    assert wholeness(np.array([box], float) + 50, 200, 200).tolist() == [1.0]


def test_who_is_behind_loses_more_than_who_is_in_front() -> None:
    boxes = np.array([[100.0, 100, 140, 200], [120, 110, 160, 230]])
    behind, before = openness(boxes)
    # The overlap is 20 x 90: 45 % of the one behind, 37.5 % of the one in front, who loses half.
    assert behind == pytest.approx(1 - 0.45)
    assert before == pytest.approx(1 - 0.375 / 2)


def test_the_largest_of_several_covers_counts() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 2, 20], [5, 0, 10, 20]])
    assert openness(boxes)[0] == pytest.approx(0.5)


def test_nobody_has_no_quality() -> None:
    none = np.zeros((0, 4))
    assert wholeness(none, 10, 10).shape == openness(none).shape == (0,)


def test_quality_prefers_large_sharp_whole_open_and_certain() -> None:
    best = quality(checks(), 1.0, 1.0, 1.0)
    assert best == pytest.approx(1.0)
    assert quality(checks()[:128, :64], 1.0, 1.0, 1.0) < best
    assert quality(cv2.GaussianBlur(checks(), (0, 0), 5), 1.0, 1.0, 1.0) < best
    assert quality(checks(), 0.5, 1.0, 1.0) == pytest.approx(best / 2)
    assert quality(checks(), 1.0, 0.5, 1.0) == pytest.approx(best / 2)
    assert quality(checks(), 1.0, 1.0, 0.5) == pytest.approx(best * certainty(0.5))

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.metrics.detection import detection_scores, iou_matrix, match_boxes

corner = st.integers(0, 60)
box = st.tuples(corner, corner, st.integers(1, 40), st.integers(1, 40)).map(
    lambda v: [v[0], v[1], v[0] + v[2], v[1] + v[3]]
)
boxes = st.lists(box, max_size=6).map(lambda rows: np.array(rows, np.float64).reshape(-1, 4))


@given(boxes, boxes)
def test_iou_agrees_with_counting_pixels(a: np.ndarray, b: np.ndarray) -> None:
    def pixels(rows: np.ndarray) -> list[set[tuple[int, int]]]:
        return [
            {(x, y) for x in range(int(x0), int(x1)) for y in range(int(y0), int(y1))}
            for x0, y0, x1, y1 in rows
        ]

    expected = [[len(p & q) / len(p | q) for q in pixels(b)] for p in pixels(a)]
    np.testing.assert_allclose(iou_matrix(a, b), np.reshape(expected, (len(a), len(b))))


def test_a_box_without_area_overlaps_nothing() -> None:
    flat = np.array([[3, 3, 3, 9]])
    assert iou_matrix(flat, flat).tolist() == [[0.0]]


def test_the_better_score_takes_the_true_box() -> None:
    found = np.array([[0, 0, 10, 10], [0, 0, 10, 8], [50, 50, 60, 60]])
    truth = np.array([[0, 0, 10, 10], [80, 80, 90, 90]])
    # The second has the higher score and IoU 0.8, so the first, which fits exactly, is false.
    assert match_boxes(found, np.array([0.5, 0.9, 0.7]), truth).tolist() == [-1, 0, -1]


def test_scores_worked_by_hand() -> None:
    one, two = [0, 0, 10, 10], [20, 0, 30, 10]
    frames = [
        (np.array([one, [90, 0, 99, 9]]), np.array([0.9, 0.8])),  # right, false
        (np.array([two]), np.array([0.7])),  # right; `one` is missed
        (np.zeros((0, 4)), np.zeros(0)),
    ]
    truth = [np.array([one]), np.array([one, two]), np.zeros((0, 4))]
    scores = detection_scores(frames, truth)
    assert (scores.found, scores.false, scores.missed) == (2, 1, 1)
    assert scores.precision == pytest.approx(2 / 3)
    assert scores.recall == pytest.approx(2 / 3)
    # Right, wrong, right: precision 1 at recall 1/3 and 2/3 at recall 2/3.
    assert scores.average_precision == pytest.approx((1 + 2 / 3) / 3)


def test_without_true_boxes_there_is_no_recall() -> None:
    scores = detection_scores([(np.array([[0, 0, 1, 1]]), np.array([0.5]))], [np.zeros((0, 4))])
    assert scores.precision == 0
    assert math.isnan(scores.recall)
    assert math.isnan(scores.average_precision)

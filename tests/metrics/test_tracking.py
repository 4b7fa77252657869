import sys

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.metrics.tracking import tracking_scores

pytest.importorskip("trackeval")

A, B = [0, 0, 10, 20], [50, 0, 60, 20]


def frame(*people: tuple[list[int], int]) -> tuple[np.ndarray, np.ndarray]:
    boxes = np.array([box for box, _ in people], np.float64).reshape(-1, 4)
    return boxes, np.array([person for _, person in people], np.int64)


def test_perfect_tracks_score_one_whatever_their_numbers() -> None:
    truth = [frame((A, 7), (B, 900)), frame(), frame((B, 900))]
    found = [frame((B, 3), (A, 12)), frame(), frame((B, 3))]
    scores = tracking_scores(found, truth)
    assert scores.mota == pytest.approx(1)
    assert scores.idf1 == pytest.approx(1)
    assert scores.hota == pytest.approx(1)
    assert scores.switches == 0


def test_a_switch_a_miss_and_a_false_box_worked_by_hand() -> None:
    truth = [frame((A, 1), (B, 2)) for _ in range(4)]
    found = [
        frame((A, 1), (B, 2)),
        frame((A, 1), (B, 2)),
        frame((A, 3), (B, 2)),  # A changes its number: one switch
        frame((A, 3), ([200, 0, 210, 20], 2)),  # B missed, and one false box
    ]
    scores = tracking_scores(found, truth)
    assert scores.switches == 1
    # 8 true boxes; 1 missed, 1 false, 1 switch.
    assert scores.mota == pytest.approx(1 - 3 / 8)
    # Best one-to-one identities: track 1 (or 3) for A keeps 2 boxes, track 2 for B keeps 3.
    assert scores.idf1 == pytest.approx(2 * 5 / (8 + 8))


def test_nothing_found_scores_nothing() -> None:
    scores = tracking_scores([frame()], [frame((A, 1))])
    assert (scores.mota, scores.idf1, scores.hota) == (0, 0, 0)


def test_frame_counts_must_agree() -> None:
    with pytest.raises(PasserbyError, match="1 frames of tracks came with 2"):
        tracking_scores([frame()], [frame(), frame()])


def test_without_trackeval_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trackeval.metrics", None)
    with pytest.raises(PasserbyError, match="pip install --no-deps trackeval"):
        tracking_scores([frame()], [frame()])


def test_the_overlap_that_a_match_needs() -> None:
    truth = [frame((A, 1))]
    found = [frame(([0, 0, 10, 14], 1))]  # 0.7 of the true box
    assert tracking_scores(found, truth, iou=0.6).mota == pytest.approx(1)
    strict = tracking_scores(found, truth, iou=0.8)
    assert (strict.mota, strict.idf1) == (pytest.approx(-1), pytest.approx(0))

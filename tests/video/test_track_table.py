import numpy as np
import pytest

from passerby.core.detections import Detections
from passerby.video.track_table import TrackTable, harmless

BOXES = np.array([[0.0, 0, 40, 100], [200, 0, 240, 100]])


def table() -> TrackTable:
    """Two tracks that began at 1 s; the first was confirmed at 1.1 s."""
    made = TrackTable()
    made.advance(1.0, patience=1.0)
    made.begin(BOXES)
    made.advance(1.1, patience=1.0)
    made.match(np.array([0]), BOXES[:1])
    return made


def test_ids_count_on_when_tracks_have_ended() -> None:
    made = table()
    assert made.end(np.array([True, False])) == (0,)
    assert made.begin(BOXES[:1]).tolist() == [2]
    assert made.ids.tolist() == [1, 2]
    assert len(made) == len(made.motion) == len(made.boxes) == len(made.looks) == len(made.looked)


def test_settling_enters_ends_and_begins() -> None:
    made = table()
    made.advance(1.2, patience=1.0)
    boxes = np.concatenate([BOXES[:1] + 2, BOXES + 500])
    detections = Detections.of(boxes, np.array([0.9, 0.9, 0.3]))
    tracked = made.settle(detections, np.array([0, -1, -1]), new=0.5, patience=1.0)
    assert tracked.ids.tolist() == [0, 2, -1]  # the third is too weak to begin a track
    assert tracked.ended == (1,)  # never confirmed
    assert made.seen.tolist() == [1.2, 1.2]
    assert made.boxes[0].tolist() == [2, 2, 42, 102]


def test_what_is_expected_changes_nothing() -> None:
    made = table()
    before = made.motion.mean.copy()
    ahead = made.expected(3.0)
    assert (made.motion.mean == before).all()
    made.advance(3.0, patience=9.0)
    assert (made.motion.mean == ahead.mean).all()
    assert TrackTable().expected(5.0).boxes.shape == (0, 4)


def test_looks_are_kept_where_they_are_known() -> None:
    made = table()
    made.widen(2)
    made.look(np.array([0, 1]), np.array([[1.0, 0.0], [np.nan, np.nan]]))
    assert made.looks[0].tolist() == [1, 0]
    assert np.isnan(made.looks[1]).all()
    assert made.looked.tolist() == [1.1, -np.inf]
    made.widen(0)
    made.widen(2)
    with pytest.raises(ValueError, match="features of 3 numbers came after some of 2"):
        made.widen(3)


def test_who_was_found_again_starts_from_there_at_rest() -> None:
    made = table()
    made.restart(np.array([1]), BOXES[1:] + 300)
    assert made.motion.boxes[1].tolist() == (BOXES[1] + 300).tolist()
    assert made.motion.mean[1, :, 1].tolist() == [0, 0, 0, 0]


def test_time_goes_on_and_only_gaps_end_tracks() -> None:
    made = table()
    with pytest.raises(ValueError, match=r"time 1\.1 does not come after 1\.1"):
        made.advance(1.1, patience=1.0)
    assert made.advance(2.0, patience=1.0) == ()
    assert made.advance(3.5, patience=1.0) == ()  # longer than patience, but not than 2 x 0.9 s
    assert made.advance(9.0, patience=1.0) == (0, 1)


def test_harmless_boxes_are_left_as_they_are() -> None:
    good = Detections.of(BOXES, np.ones(2))
    assert harmless(good) is good
    bad = harmless(Detections.of(np.array([[5, 5, 5, 9], [0, 0, 9, 9]]), np.array([1, np.nan])))
    assert bad.scores.tolist() == [-1, -1]
    assert bad.boxes.tolist() == [[0] * 4] * 2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video.track_motion import MotionTracker


def people(*boxes: tuple[float, float], scores: list[float] | None = None) -> Detections:
    """Boxes of 40 x 100 with the given upper left corners."""
    rows = [[x, y, x + 40, y + 100] for x, y in boxes]
    return Detections.of(np.array(rows), np.array(scores or [0.9] * len(rows)))


def test_two_who_walk_past_each_other_keep_their_numbers() -> None:
    tracker = MotionTracker()
    for number in range(60):
        # They meet in the middle; the one behind stands a little higher in the frame.
        ids = tracker.update(
            people((10 + 6 * number, 100), (370 - 6 * number, 85)), number / 25
        ).ids
        assert ids.tolist() == [0, 1]


def test_order_of_boxes_does_not_matter() -> None:
    tracker = MotionTracker()
    tracker.update(people((0, 0), (200, 0)), 0.0)
    assert tracker.update(people((202, 0), (2, 0)), 0.04).ids.tolist() == [1, 0]


def test_a_hidden_person_is_found_again_where_the_walk_leads() -> None:
    tracker = MotionTracker(patience=1.0)
    for number in range(25):
        if number not in range(12, 20):
            ids = tracker.update(people((10 * number, 50)), number / 25).ids
            assert ids.tolist() == [0]
        else:
            assert tracker.update(Detections.none(), number / 25).ended == ()


def test_patience_ends() -> None:
    tracker = MotionTracker(patience=0.5)
    for number in range(3):
        tracker.update(people((0, 0)), number / 10)
    ended = [tracker.update(Detections.none(), number / 10).ended for number in range(3, 10)]
    # Last seen at 0.2 s: 0.7 s is still in time, 0.8 s is too late.
    assert ended == [(), (), (), (), (), (0,), ()]
    assert tracker.update(people((0, 0)), 1.5).ids.tolist() == [1]


def test_weak_boxes_go_on_with_a_track_but_never_begin_one() -> None:
    tracker = MotionTracker(sure=0.5)
    assert tracker.update(people((0, 0), scores=[0.3]), 0.0).ids.tolist() == [-1]
    tracker.update(people((0, 0)), 0.1)
    tracker.update(people((0, 0)), 0.2)
    ids = tracker.update(people((1, 0), (300, 0), scores=[0.3, 0.3]), 0.3).ids
    assert ids.tolist() == [0, -1]


def test_strong_boxes_choose_before_weak_ones() -> None:
    tracker = MotionTracker(sure=0.5)
    for number in range(3):
        tracker.update(people((0, 0)), number / 10)
    # The weak box fits exactly, the strong one a little less: the strong one is the person.
    ids = tracker.update(people((0, 0), (4, 0), scores=[0.2, 0.95]), 0.3).ids
    assert ids.tolist() == [-1, 0]


def test_a_track_that_the_next_frame_does_not_confirm_ends_at_once() -> None:
    tracker = MotionTracker(patience=9)
    assert tracker.update(people((0, 0)), 0.0).ids.tolist() == [0]
    assert tracker.update(Detections.none(), 0.1).ended == (0,)
    assert tracker.finish() == ()


def test_finish_ends_what_is_left() -> None:
    tracker = MotionTracker()
    tracker.update(people((0, 0), (200, 0)), 0.0)
    assert tracker.finish() == (0, 1)


def test_time_must_go_on() -> None:
    tracker = MotionTracker()
    tracker.update(people(), 1.0)
    with pytest.raises(ValueError, match="does not come after"):
        tracker.update(people(), 1.0)


def test_settings_out_of_range_are_errors() -> None:
    with pytest.raises(PasserbyError, match="sure=2"):
        MotionTracker(sure=2)
    with pytest.raises(PasserbyError, match="patience=-1"):
        MotionTracker(patience=-1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_any_boxes_give_distinct_numbers_which_end_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracker, again = MotionTracker(patience=0.1), MotionTracker(patience=0.1)
    ended: list[int] = []
    seen: set[int] = set()
    for number in range(12):
        count = int(rng.integers(0, 6))
        corners = rng.uniform(0, 100, (count, 2))
        boxes = np.concatenate([corners, corners + rng.uniform(10, 60, (count, 2))], axis=1)
        detections = Detections.of(boxes, rng.uniform(0, 1, count))
        tracked = tracker.update(detections, number / 20)
        assert (again.update(detections, number / 20).ids == tracked.ids).all()
        given_ids = tracked.ids[tracked.ids >= 0].tolist()
        assert len(set(given_ids)) == len(given_ids)
        assert not set(given_ids) & set(ended)  # an ended track never comes back
        seen |= set(given_ids)
        ended += tracked.ended
    ended += tracker.finish()
    assert sorted(ended) == sorted(seen)


def test_it_wants_no_looks() -> None:
    assert MotionTracker().wanted(people((0, 0), (9, 9)), 0.0).tolist() == [False, False]


def test_boxes_that_are_none_have_no_track_and_harm_nobody() -> None:
    tracker = MotionTracker()
    for number in range(6):
        boxes = np.array(
            [
                [0, 0, np.nan, 9],
                [9, 9, 9, 40],
                [10, 10, 50, 110],
                [10, 10, 50, 110],
                [0, 0, np.inf, 9],
            ]
        )
        scores = np.array([0.9, 0.9, 0.9, np.nan, 0.9])
        ids = tracker.update(Detections.of(boxes, scores), number / 25).ids
        assert ids.tolist() == [-1, -1, 0, -1, -1]


def test_boxes_outside_of_any_frame_are_followed_like_others() -> None:
    tracker = MotionTracker()
    for number in range(9):
        ids = tracker.update(people((-500 - 9 * number, -300), (9000, 9000)), number / 25).ids
        assert ids.tolist() == [0, 1]


def test_five_hundred_people_keep_their_numbers() -> None:
    rng = np.random.default_rng(0)
    places = rng.permutation(np.mgrid[:25, :20].reshape(2, -1).T * [60, 120])[:500].astype(float)
    tracker = MotionTracker()
    first = tracker.update(people(*map(tuple, places)), 0.0).ids
    for number in range(1, 4):
        order = rng.permutation(500)
        ids = tracker.update(people(*map(tuple, (places + number)[order])), number / 25).ids
        assert (ids == first[order]).all()


def test_a_gap_in_the_recording_ends_all_tracks() -> None:
    tracker = MotionTracker(patience=1.0)
    for number in range(5):
        tracker.update(people((0, 0)), number / 25)
    tracked = tracker.update(people((0, 0)), 60.0)
    assert (tracked.ids.tolist(), tracked.ended) == ([1], (0,))


def test_frames_that_come_seldom_are_no_gap() -> None:
    tracker = MotionTracker(patience=1.0)
    ids = [tracker.update(people((0, 0)), 2.0 * number).ids[0] for number in range(6)]
    assert len(set(ids[1:])) == 1  # at the second frame nobody knows that it is always so

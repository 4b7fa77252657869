import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video.track import Tracker


def people(*boxes: tuple[float, float], scores: list[float] | None = None) -> Detections:
    """Boxes of 40 x 100 with the given upper left corners."""
    rows = [[x, y, x + 40, y + 100] for x, y in boxes]
    return Detections.of(np.array(rows), np.array(scores or [0.9] * len(rows)))


def test_two_who_walk_past_each_other_keep_their_numbers() -> None:
    tracker = Tracker()
    for number in range(60):
        # They meet in the middle; the one behind stands a little higher in the frame.
        ids = tracker.update(
            people((10 + 6 * number, 100), (370 - 6 * number, 85)), number / 25
        ).ids
        assert ids.tolist() == [0, 1]


def test_order_of_boxes_does_not_matter() -> None:
    tracker = Tracker()
    tracker.update(people((0, 0), (200, 0)), 0.0)
    assert tracker.update(people((202, 0), (2, 0)), 0.04).ids.tolist() == [1, 0]


def test_a_hidden_person_is_found_again_where_the_walk_leads() -> None:
    tracker = Tracker(patience=1.0)
    for number in range(25):
        if number not in range(12, 20):
            ids = tracker.update(people((10 * number, 50)), number / 25).ids
            assert ids.tolist() == [0]
        else:
            assert tracker.update(Detections.none(), number / 25).ended == ()


def test_patience_ends() -> None:
    tracker = Tracker(patience=0.5)
    for number in range(3):
        tracker.update(people((0, 0)), number / 10)
    ended = [tracker.update(Detections.none(), number / 10).ended for number in range(3, 10)]
    # Last seen at 0.2 s: 0.7 s is still in time, 0.8 s is too late.
    assert ended == [(), (), (), (), (), (0,), ()]
    assert tracker.update(people((0, 0)), 1.5).ids.tolist() == [1]


def test_weak_boxes_go_on_with_a_track_but_never_begin_one() -> None:
    tracker = Tracker(sure=0.5)
    assert tracker.update(people((0, 0), scores=[0.3]), 0.0).ids.tolist() == [-1]
    tracker.update(people((0, 0)), 0.1)
    tracker.update(people((0, 0)), 0.2)
    ids = tracker.update(people((1, 0), (300, 0), scores=[0.3, 0.3]), 0.3).ids
    assert ids.tolist() == [0, -1]


def test_strong_boxes_choose_before_weak_ones() -> None:
    tracker = Tracker(sure=0.5)
    for number in range(3):
        tracker.update(people((0, 0)), number / 10)
    # The weak box fits exactly, the strong one a little less: the strong one is the person.
    ids = tracker.update(people((0, 0), (4, 0), scores=[0.2, 0.95]), 0.3).ids
    assert ids.tolist() == [-1, 0]


def test_a_track_that_the_next_frame_does_not_confirm_ends_at_once() -> None:
    tracker = Tracker(patience=9)
    assert tracker.update(people((0, 0)), 0.0).ids.tolist() == [0]
    assert tracker.update(Detections.none(), 0.1).ended == (0,)
    assert tracker.finish() == ()


def test_finish_ends_what_is_left() -> None:
    tracker = Tracker()
    tracker.update(people((0, 0), (200, 0)), 0.0)
    assert tracker.finish() == (0, 1)


def test_time_must_go_on() -> None:
    tracker = Tracker()
    tracker.update(people(), 1.0)
    with pytest.raises(ValueError, match="does not come after"):
        tracker.update(people(), 1.0)


def test_settings_out_of_range_are_errors() -> None:
    with pytest.raises(PasserbyError, match="sure=2"):
        Tracker(sure=2)
    with pytest.raises(PasserbyError, match="patience=-1"):
        Tracker(patience=-1)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_any_boxes_give_distinct_numbers_which_end_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracker, again = Tracker(patience=0.1), Tracker(patience=0.1)
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

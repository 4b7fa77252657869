from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video.track_appearance import AppearanceTracker, reachable
from passerby.video.track_motion import MotionTracker

RED, BLUE, GREEN = np.eye(3)


def people(*corners: tuple[float, float], scores: Sequence[float] | None = None) -> Detections:
    """Boxes of 40 x 100 with the given upper left corners."""
    rows = np.array([[x, y, x + 40, y + 100] for x, y in corners], float).reshape(-1, 4)
    return Detections.of(rows, np.array(scores or [0.9] * len(rows)))


def walked(tracker: AppearanceTracker, count: int = 5) -> None:
    """A red person stands at (0, 0), a blue one at (300, 0), for `count` frames, 25 a second."""
    for number in range(count):
        tracker.update(people((0, 0), (300, 0)), number / 25, np.stack([RED, BLUE]))


def test_who_looks_different_is_refused_however_well_the_box_fits() -> None:
    for tracker, same in ((AppearanceTracker(), False), (MotionTracker(), True)):
        for number in range(4):
            tracker.update(people((0, 0)), number / 25, RED[None])
        ids = tracker.update(people((0, 0)), 0.2, BLUE[None]).ids
        assert (ids.tolist() == [0]) == same


def test_two_who_swap_places_while_nobody_looks_are_told_apart_by_their_looks() -> None:
    tracker = AppearanceTracker()
    for number in range(5):
        tracker.update(people((0, 0), (44, 0)), number / 25, np.stack([RED, BLUE]))
    for number in range(5, 10):
        tracker.update(Detections.none(), number / 25)
    ids = tracker.update(people((0, 0), (44, 0)), 0.44, np.stack([BLUE, RED])).ids
    assert ids.tolist() == [1, 0]


def test_a_person_who_was_away_is_found_again_elsewhere() -> None:
    tracker = AppearanceTracker(patience=1.0, memory=10.0)
    walked(tracker)
    for number in range(5, 100):  # red is away for almost four seconds
        assert tracker.update(people((300, 0)), number / 25, BLUE[None]).ended == ()
    tracked = tracker.update(people((250, 0), (300, 10)), 4.0, np.stack([RED, BLUE]))
    assert tracked.ids.tolist() == [0, 1]
    again = tracker.update(people((252, 0), (300, 10)), 4.04, np.stack([RED, BLUE]))
    assert again.ids.tolist() == [0, 1]  # and is followed from there


def test_nobody_is_found_again_farther_than_one_can_walk_or_looking_different() -> None:
    for place, look in (((2000, 0), RED), ((100, 0), GREEN)):
        tracker = AppearanceTracker()
        walked(tracker)
        for number in range(5, 50):
            tracker.update(Detections.none(), number / 25)
        assert tracker.update(people(place), 2.0, look[None]).ids.tolist() == [2]


def test_memory_ends() -> None:
    tracker = AppearanceTracker(patience=0.5, memory=2.0)
    walked(tracker)  # last seen at 0.16 s
    ended = []
    for number in range(5, 60):
        ended += [(number, t) for t in tracker.update(Detections.none(), number / 25).ended]
    assert ended == [(55, 0), (55, 1)]  # 2.2 s: the first frame more than 2 s later


def test_without_features_it_is_the_motion_tracker() -> None:
    rng = np.random.default_rng(3)
    plain, other = MotionTracker(), AppearanceTracker()
    for number in range(60):
        corners = [(10 + 6 * number, 100.0), (370 - 6 * number, 85.0), (200, 400)]
        boxes = people(*(corner for corner in corners if rng.uniform() > 0.2))
        ids = [tracker.update(boxes, number / 25).ids.tolist() for tracker in (plain, other)]
        assert ids[0] == ids[1]


def test_looks_are_wanted_where_they_help() -> None:
    tracker = AppearanceTracker(refresh=0.2)
    assert tracker.wanted(people((0, 0)), 0.0).tolist() == [True]
    walked(tracker)
    seen, newcomer, weak = (1, 0), (600, 0), (300, 0)
    found = people(seen, newcomer, weak, scores=[0.9, 0.9, 0.2])
    assert tracker.wanted(found, 0.2).tolist() == [False, True, False]
    assert tracker.wanted(people(seen), 0.5).tolist() == [True]  # the look is 0.34 s old
    assert tracker.wanted(people(seen, (20, 0)), 0.2).tolist() == [True, True]  # two at one track
    always = AppearanceTracker(refresh=0)
    walked(always)
    assert always.wanted(people(seen), 0.2).tolist() == [True]
    assert tracker.wanted(Detections.none(), 0.2).shape == (0,)


def test_a_person_half_hidden_does_not_change_how_one_looks() -> None:
    tracker = AppearanceTracker(keep=0.0)
    for number in range(4):
        tracker.update(people((0, 0)), number / 25, RED[None])
    mixed = np.array([1.0, 0.8, 0.0])  # the other is in the picture
    tracker.update(people((0, 0), (10, 5)), 0.16, np.stack([mixed, BLUE]))
    assert tracker.update(people((0, 0)), 0.2, RED[None]).ids.tolist() == [0]
    assert tracker._tracks.looks[0].tolist() == RED.tolist()


@pytest.mark.parametrize("unknown", [np.full((1, 3), np.nan), np.zeros((1, 3)), None])
def test_unknown_looks_say_nothing(unknown: np.ndarray | None) -> None:
    tracker = AppearanceTracker()
    for number in range(4):
        tracker.update(people((0, 0)), number / 25, RED[None])
    assert tracker.update(people((0, 0)), 0.2, unknown).ids.tolist() == [0]
    assert tracker.update(people((0, 0)), 0.24, RED[None]).ids.tolist() == [0]


def test_features_that_do_not_fit_are_errors() -> None:
    tracker = AppearanceTracker()
    with pytest.raises(ValueError, match=r"shape \(2, 3\) came with 1 boxes"):
        tracker.update(people((0, 0)), 0.0, np.stack([RED, BLUE]))
    tracker = AppearanceTracker()
    tracker.update(people((0, 0)), 0.0, RED[None])
    with pytest.raises(ValueError, match="features of 2 numbers came after some of 3"):
        tracker.update(people((0, 0)), 0.1, np.ones((1, 2)))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"sure": 2}, "sure is 2"),
        ({"differ": 3}, "differ is 3"),
        ({"differ": 0}, "no two looks"),
        ({"memory": 0.5}, "memory cannot be shorter"),
        ({"pace": -1}, "pace is -1"),
    ],
)
def test_settings_out_of_range_are_errors(setting: dict[str, float], words: str) -> None:
    with pytest.raises(PasserbyError, match=words):
        AppearanceTracker(**setting)


def test_boxes_that_are_none_have_no_track() -> None:
    tracker = AppearanceTracker()
    boxes = np.array([[0, 0, np.nan, 9], [9, 9, 9, 40], [10, 10, 50, 110]])
    for number in range(4):
        found = Detections.of(boxes, np.array([0.9, 0.9, 0.9]))
        assert not tracker.wanted(found, number / 25)[:2].any()
        assert tracker.update(found, number / 25, np.stack([RED, RED, RED])).ids.tolist() == [
            -1,
            -1,
            0,
        ]


def test_five_hundred_people_at_once() -> None:
    rng = np.random.default_rng(0)
    places = np.mgrid[:25, :20].reshape(2, -1).T * [60.0, 120.0]
    looks = rng.normal(size=(500, 64))
    tracker = AppearanceTracker()
    first = tracker.update(people(*map(tuple, places)), 0.0, looks).ids
    for number in range(1, 4):
        order = rng.permutation(500)
        found = people(*map(tuple, (places + number)[order]))
        assert (tracker.update(found, number / 25, looks[order]).ids == first[order]).all()


def test_a_gap_in_the_recording_longer_than_the_memory_ends_all() -> None:
    tracker = AppearanceTracker(memory=5.0)
    walked(tracker)
    tracked = tracker.update(people((0, 0)), 60.0, RED[None])
    assert (tracked.ids.tolist(), tracked.ended) == ([2], (0, 1))


def test_who_has_grown_or_shrunk_too_much_is_somebody_else() -> None:
    old = np.array([[0.0, 0, 40, 100]])
    taller = np.array([[0.0, 0, 80, 190]])
    assert not reachable(old, taller, np.array([0.5]), 1.5)[0, 0]
    assert reachable(old, taller, np.array([1.5]), 1.5)[0, 0]  # 1.5 + 0.5 times
    assert not reachable(taller, old, np.array([0.5]), 1.5)[0, 0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_any_boxes_give_distinct_numbers_which_end_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracker = AppearanceTracker(patience=0.1, memory=0.2)
    ended: list[int] = []
    seen: set[int] = set()
    for number in range(12):
        count = int(rng.integers(0, 6))
        corners = rng.uniform(0, 100, (count, 2))
        boxes = np.concatenate([corners, corners + rng.uniform(10, 60, (count, 2))], axis=1)
        looks = rng.normal(size=(count, 3))
        looks[rng.uniform(size=count) < 0.3] = np.nan
        detections = Detections.of(boxes, rng.uniform(0, 1, count))
        tracked = tracker.update(detections, number / 20, looks)
        ids = tracked.ids[tracked.ids >= 0].tolist()
        assert len(set(ids)) == len(ids)
        assert not set(ids) & set(ended)  # an ended track never comes back
        seen |= set(ids)
        ended += tracked.ended
    ended += tracker.finish()
    assert sorted(ended) == sorted(seen)

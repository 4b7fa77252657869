import pytest

from passerby.core.errors import PasserbyError
from passerby.video.looks import Looks
from passerby.video.track_appearance import AppearanceTracker
from passerby.video.track_motion import MotionTracker
from passerby.video.trackers import load_tracker


def test_trackers_come_by_name_and_believe_what_the_detector_believes() -> None:
    motion, appearance = load_tracker("motion", 0.7), load_tracker("appearance", 0.4)
    assert isinstance(motion, MotionTracker)
    assert motion.sure == 0.7
    assert isinstance(appearance, AppearanceTracker)
    assert appearance.sure == 0.4


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(PasserbyError, match="no tracker 'sort'; choose motion or appearance"):
        load_tracker("sort", 0.5)


def test_the_embedders_distances_reach_the_tracker() -> None:
    tracker = load_tracker("appearance", 0.5, Looks(0.3, 0.2))
    assert isinstance(tracker, AppearanceTracker)
    assert (tracker.differ, tracker.again) == (0.3, 0.2)

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.video.looks import APART, Looks
from passerby.video.track_appearance import AppearanceTracker


def test_the_defaults_are_the_trackers() -> None:
    tracker = AppearanceTracker()
    assert Looks() == Looks(tracker.differ, tracker.again)


def test_twice_as_far_apart_is_twice_the_distance() -> None:
    assert Looks.scaled(APART) == Looks()
    assert Looks.scaled(APART / 2) == Looks(0.25, 0.175)


@pytest.mark.parametrize("apart", [np.nan, 0.0, -1.0, 0.009, 2.1, np.inf])
def test_what_no_embedder_should_say_changes_nothing(apart: float) -> None:
    assert Looks.scaled(apart) == Looks()


@pytest.mark.parametrize(("differ", "again"), [(0, 0), (-1, 0.1), (0.5, -0.1), (2.1, 0), (1, 3)])
def test_what_is_no_distance(differ: float, again: float) -> None:
    with pytest.raises(PasserbyError, match="from 0 to 2"):
        Looks(differ, again)

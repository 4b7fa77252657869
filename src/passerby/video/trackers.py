"""Trackers by name."""

from collections.abc import Callable

from passerby.core.errors import PasserbyError
from passerby.video.looks import Looks
from passerby.video.track_appearance import AppearanceTracker
from passerby.video.track_motion import MotionTracker
from passerby.video.tracker import Tracker

TRACKERS: dict[str, Callable[[float, Looks], Tracker]] = {
    "motion": lambda sure, _: MotionTracker(sure),
    "appearance": lambda sure, looks: AppearanceTracker(
        sure, differ=looks.differ, again=looks.again
    ),
}
"""The score from which a box is believed ("sure", see `passerby.video.detectors`), and the
distances of the embedder -> a tracker."""


def load_tracker(name: str, sure: float, looks: Looks | None = None) -> Tracker:
    """A new tracker for one recording; "appearance" needs features to be more than "motion".

    sure:  the score from which the detector's boxes are believed
    looks: distances of the embedder that the features are made by; None: the defaults

    Raises PasserbyError, listing the names, when there is none.

    >>> type(load_tracker("motion", 0.7)).__name__
    'MotionTracker'
    """
    if name not in TRACKERS:
        raise PasserbyError(f"there is no tracker {name!r}; choose {' or '.join(TRACKERS)}")
    return TRACKERS[name](sure, looks or Looks())

import numpy as np

from passerby.core.tracklet import Tracklet


def test_start_end_and_length() -> None:
    times = np.array([2.0, 2.5, 4.0])
    way = Tracklet("gate", 1, np.array([4, 5, 8]), times, np.zeros((3, 4)), np.ones(3))
    assert (way.start, way.end, len(way)) == (2.0, 4.0, 3)
    assert way.crops == ()

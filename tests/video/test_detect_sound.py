import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.video.detect_sound import sound_detections


def test_what_is_of_no_use_is_left_out() -> None:
    boxes = np.array(
        [
            [10, 10, 20, 40],  # good
            [10, 10, 20, 40],  # too uncertain
            [10, 10, 20, 40],  # no score
            [10, np.inf, 20, 40],
            [90, 10, 140, 40],  # half outside of the frame
            [-50, 10, -5, 40],  # outside
            [30, 30, 30.5, 60],  # a hair
            [40, 60, 50, 20],  # upside down
        ]
    )
    scores = np.array([0.5, 0.2, np.nan, 0.9, 0.9, 0.9, 0.9, 0.9])
    found = sound_detections(boxes, scores, 0.3, width=100, height=80)
    assert found.boxes.tolist() == [[90, 10, 100, 40], [10, 10, 20, 40]]
    assert found.scores.tolist() == np.array([0.9, 0.5], np.float32).tolist()
    assert found.classes.tolist() == [0, 0]


def test_nothing_in_nothing_out() -> None:
    assert sound_detections(np.zeros((0, 4)), np.zeros(0), 0.5, 10, 10).boxes.shape == (0, 4)


number = st.floats(allow_nan=True, allow_infinity=True, width=32)


@settings(deadline=None)
@given(st.lists(st.tuples(number, number, number, number, number), max_size=20))
def test_whatever_comes_in_what_goes_out_is_sound(rows: list[tuple[float, ...]]) -> None:
    table = np.array(rows, np.float32).reshape(-1, 5)
    found = sound_detections(table[:, :4], table[:, 4], 0.1, width=64, height=48)
    assert np.isfinite(found.boxes).all()
    assert ((found.boxes[:, 2:] - found.boxes[:, :2]) >= 1).all()
    assert (found.boxes >= 0).all()
    assert (found.boxes <= [64, 48, 64, 48]).all()
    assert ((found.scores >= 0.1 - 1e-7) & (found.scores <= 1)).all()
    assert (np.diff(found.scores) <= 0).all()

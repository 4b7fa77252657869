import numpy as np
import pytest

from passerby.video.purity import Purity, purity

BOX = np.array([[0.0, 0, 9, 9]])
FAR = np.array([[50.0, 0, 59, 9]])


def frames(ids: list[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(BOX, np.array([i])) for i in ids]


def test_a_switch_worked_by_hand() -> None:
    people = [1] * 12 + [2] * 3 + [1] * 5 + [2] * 10
    # 17 of 30 boxes are person 1's. The runs of 3 and 5 are too short to count.
    assert purity(frames([0] * 30), frames(people)) == Purity(17 / 30, 1, 1)
    assert purity(frames([0] * 30), frames(people), stays=3) == Purity(17 / 30, 3, 1)


def test_cut_at_the_switch_all_is_pure() -> None:
    people = [1] * 12 + [2] * 12
    assert purity(frames(people), frames(people)) == Purity(1.0, 0, 0)


def test_boxes_on_nobody_do_not_count() -> None:
    found = [(FAR, np.array([0]))] * 10 + frames([0] * 10)
    assert purity(found, frames([1] * 20)) == Purity(1.0, 0, 0)
    nobody = purity([(FAR, np.array([0]))], frames([1]))
    assert np.isnan(nobody.purity)


def test_frame_counts_must_agree() -> None:
    with pytest.raises(ValueError, match=r"longer|shorter"):
        purity(frames([0]), frames([1, 1]))

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.metrics.identity import identity_f1
from passerby.metrics.tracking import tracking_scores


def test_by_hand() -> None:
    # Person 1 was cut in two, 2 was taken for one of the halves: 2 + 2 of 6 tracklets agree.
    truth, found = np.array([1, 1, 1, 2, 2, 3]), np.array([5, 5, 6, 6, 6, 6])
    assert identity_f1(truth, found) == pytest.approx(4 / 6)
    assert identity_f1(truth, truth + 9) == 1
    assert identity_f1(truth, np.arange(6)) == 3 / 6
    assert identity_f1(truth, found, np.array([1, 1, 8, 1, 1, 1])) == pytest.approx(8 / 13)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9))
def test_against_all_ways_to_name_the_found(pairs: list[tuple[int, int]]) -> None:
    truth, found = (np.array(side) for side in zip(*pairs, strict=True))
    best = max((np.array(names)[found] == truth).sum() for names in permutations(range(4)))
    assert identity_f1(truth, found) == pytest.approx(best / len(pairs))


def test_as_trackeval_has_it_for_boxes_that_are_right() -> None:
    pytest.importorskip("trackeval")
    rng = np.random.default_rng(0)
    truth, found = rng.integers(0, 5, 40), rng.integers(0, 6, 40)
    box = np.array([[0.0, 0, 10, 20]])
    tracks, true = ([(box, one[at : at + 1]) for at in range(40)] for one in (found, truth))
    assert tracking_scores(tracks, true).idf1 == pytest.approx(identity_f1(truth, found))


def test_what_cannot_be_scored() -> None:
    with pytest.raises(PasserbyError, match="one of each"):
        identity_f1(np.zeros(2), np.zeros(3))
    with pytest.raises(PasserbyError, match="no tracklet"):
        identity_f1(np.zeros(0), np.zeros(0))
    with pytest.raises(PasserbyError, match="0 or more"):
        identity_f1(np.zeros(2), np.zeros(2), np.array([2.0, -1.0]))

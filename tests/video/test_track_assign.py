from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.video.track_assign import assign


@settings(deadline=None)
@given(st.integers(0, 3), st.integers(0, 4), st.integers(0, 10_000))
def test_the_total_is_the_best_of_all_ways(tracks: int, boxes: int, seed: int) -> None:
    similarity = np.random.default_rng(seed).uniform(0, 1, (tracks, boxes))
    similarity[similarity < 0.2] = np.nan
    rows = np.full(boxes, -1)
    assign(similarity, np.ones(tracks, bool), np.ones(boxes, bool), 0.4, rows)
    worth = np.where(similarity >= 0.4, similarity, 0)
    best = max(
        sum(worth[t, b] for t, b in enumerate(way) if b < boxes)
        for way in permutations(range(boxes + tracks), tracks)
    )
    got = [(t, b) for b, t in enumerate(rows) if t >= 0]
    assert np.isclose(sum(similarity[t, b] for t, b in got), best)
    assert all(similarity[t, b] >= 0.4 for t, b in got)
    assert len({t for t, _ in got}) == len(got)


def test_who_has_a_partner_or_takes_no_part_is_left_alone() -> None:
    rows = np.array([1, -1, -1])
    similarity = np.array([[0.1, 0.5, 0.9], [0.9, 0.9, 0.9], [0.9, 0.9, 0.9]])
    assign(similarity, np.array([True, True, False]), np.array([True, True, False]), 0.1, rows)
    assert rows.tolist() == [1, 0, -1]

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ranking.camera_graph import QUANTILES, Passage, Stay, camera_graph


def test_three_cameras_by_hand() -> None:
    stays = [
        Stay("ann", "hall", 30, 40),  # given out of order
        Stay("ann", "door", 0, 10),
        Stay("ann", "yard", 45, 50),
        Stay("bob", "door", 5, 9),
        Stay("bob", "hall", 39, 41),
        Stay("bob", "hall", 60, 61),  # stays: no passage
        Stay("bob", "door", 71, 80),
        Stay("eve", "yard", 0, 1),
    ]
    graph = camera_graph(stays)
    assert [(p.start, p.end, p.count) for p in graph] == [
        ("door", "hall", 2), ("hall", "door", 1), ("hall", "yard", 1)
    ]  # fmt: skip
    assert graph[0].median == 25  # of 20 and 30
    assert graph[0].seconds == pytest.approx((21, 22.5, 25, 27.5, 29))
    assert graph[1] == Passage("hall", "door", 1, (10.0,) * len(QUANTILES))


def test_views_that_overlap_give_a_wait_below_zero() -> None:
    assert camera_graph([Stay("a", "x", 0, 10), Stay("a", "y", 8, 12)])[0].median == -2


def test_nobody_and_one_camera() -> None:
    assert camera_graph([]) == ()
    assert camera_graph([Stay("a", "x", 0, 1), Stay("a", "x", 5, 6)]) == ()


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 99))),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter_and_quantiles_rise(
    seen: list[tuple[str, str, int]], random: np.random.RandomState
) -> None:
    stays = [Stay(person, camera, time, time + 1) for person, camera, time in seen]
    graph = camera_graph(stays)
    random.shuffle(stays)  # pyright: ignore[reportArgumentType]
    assert camera_graph(stays) == graph
    for passage in graph:
        assert list(passage.seconds) == sorted(passage.seconds)

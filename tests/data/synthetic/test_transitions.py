"""The map of a town and the ways through it."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.data.synthetic import transitions
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.transitions import (
    STAY,
    WALKING,
    arrival,
    journey_seconds,
    metres_between,
    spot,
    tour,
    transition_matrix,
    walking_seconds,
)  # fmt: skip
from passerby.data.synthetic.world import World


def test_no_two_places_of_a_town_overlap() -> None:
    for style in STYLES:
        spots = np.array([spot(1, style, camera) for camera in range(1, 31)])
        gaps = np.linalg.norm(spots[:, None] - spots, axis=2) + 1e9 * np.eye(30)
        assert gaps.min() >= 0.5 * STYLES[style].spacing


def test_walking_takes_the_way_over_the_pace() -> None:
    (east, north), (other_east, other_north) = spot(2, "campus", 1), spot(2, "campus", 4)
    by_hand = (abs(east - other_east) + abs(north - other_north)) / WALKING
    assert math.isclose(walking_seconds(2, "campus", 1, 4), by_hand)


@given(seed=st.integers(0, 50), a=st.integers(1, 40), b=st.integers(1, 40), c=st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_ways_are_a_metric(seed: int, a: int, b: int, c: int) -> None:
    ways = [metres_between(seed, "town", *pair) for pair in ((a, b), (b, c), (a, c), (b, a))]
    assert ways[2] <= ways[0] + ways[1] + 1e-9
    assert ways[0] == ways[3]
    assert (ways[0] == 0) == (a == b)


def test_tours_pass_every_camera_once_and_mostly_go_to_near_ones() -> None:
    legs, others = [], []
    for person in range(1, 60):
        order = tour(0, "town", person, 9)
        assert sorted(order) == list(range(1, 10))
        legs += [metres_between(0, "town", a, b) for a, b in pairwise(order)]
        others += [metres_between(0, "town", order[0], b) for b in order[1:]]
    assert np.mean(legs) < 0.85 * np.mean(others)


def test_people_arrive_by_the_map() -> None:
    for person in range(1, 20):
        order = tour(0, "mall", person, 5)
        times = [arrival(0, "mall", person, 5, camera) for camera in order]
        for (a, b), (start, end) in zip(pairwise(order), pairwise(times), strict=True):
            pace = (end - start - STAY) / walking_seconds(0, "mall", a, b)
            assert 0.85 <= pace <= 1.2
        assert times[-1] < journey_seconds("mall", 5)


def test_the_worlds_visits_follow_the_map() -> None:
    world = World(seed=4, people=8, cameras=4, style="station")
    for person in range(1, 9):
        visits = sorted((world.visit(person, c) for c in range(1, 5)), key=lambda v: v.start)
        assert tuple(v.camera for v in visits) == tour(4, "station", person, 4)
        for before, after in pairwise(visits):
            assert after.start > before.end


def test_the_matrix_holds_every_way() -> None:
    ways = transition_matrix(7, "plaza", 5)
    assert ways[1, 4] == walking_seconds(7, "plaza", 2, 5)
    assert np.array_equal(ways, ways.T)
    assert (np.diag(ways) == 0).all()
    larger = transition_matrix(7, "plaza", 9)
    assert np.array_equal(larger[:5, :5], ways)  # other cameras change nothing


def test_the_spiral_fills_the_plane() -> None:
    cells = {transitions._spiral(number) for number in range(25)}
    assert cells == {(x, y) for x in range(-2, 3) for y in range(-2, 3)}

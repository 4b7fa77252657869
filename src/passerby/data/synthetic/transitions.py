"""The map of a town: where its cameras stand, and how long the ways between them take."""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.styles import STYLES

WALKING = 1.3
"""Metres a second of an ordinary walker."""

STAY = 22.0
"""Seconds from coming into a camera's place until it is surely left."""


@lru_cache(maxsize=4096)
def spot(seed: int, style: str, camera: int) -> tuple[float, float]:
    """Where a camera's place lies in town: metres east and north of the middle.

    It depends on the camera's number alone, whatever other cameras there are.

    >>> spot(0, "town", 3) == spot(0, "town", 3)
    True
    """
    spacing = STYLES[style].spacing
    east, north = stream(seed, "spot", camera).uniform(-0.25, 0.25, 2)
    column, row = _spiral(camera - 1)
    return float(column + east) * spacing, float(row + north) * spacing


@lru_cache(maxsize=4096)
def bearing(seed: int, camera: int) -> float:
    """Where a camera looks on the map: radians clockwise from north."""
    return float(stream(seed, "bearing", camera).uniform(0, 2 * math.pi))


def metres_between(seed: int, style: str, a: int, b: int) -> float:
    """The way on foot between two cameras' places, along streets that run east and north."""
    (east, north), (other_east, other_north) = spot(seed, style, a), spot(seed, style, b)
    return abs(east - other_east) + abs(north - other_north)


def walking_seconds(seed: int, style: str, a: int, b: int) -> float:
    """Mean time between leaving camera `a`'s place and coming into camera `b`'s.

    >>> walking_seconds(0, "town", 1, 2) == walking_seconds(0, "town", 2, 1)
    True
    >>> walking_seconds(0, "town", 1, 1)
    0.0
    """
    return metres_between(seed, style, a, b) / WALKING


def transition_matrix(seed: int, style: str, cameras: int) -> np.ndarray:
    """Mean walking seconds (cameras, cameras) from each camera's place to each other's; row and
    column 0 are camera 1.

    >>> transition_matrix(0, "town", 3).shape
    (3, 3)
    """
    numbers = range(1, cameras + 1)
    return np.array([[walking_seconds(seed, style, a, b) for b in numbers] for a in numbers])


@lru_cache(maxsize=8192)
def tour(seed: int, style: str, person: int, cameras: int) -> tuple[int, ...]:
    """The order in which a person comes past all cameras: mostly to one that is near.

    >>> sorted(tour(0, "town", 1, 4))
    [1, 2, 3, 4]
    """
    rng = stream(seed, "tour", person)
    order = [int(rng.integers(cameras)) + 1]
    left = sorted(set(range(1, cameras + 1)) - set(order))
    while left:
        # People have errands: the way that counts is the real one by up to twice and a half.
        errands = rng.uniform(1.0, 2.5, len(left)).tolist()
        ways = [
            metres_between(seed, style, order[-1], one) * errand
            for one, errand in zip(left, errands, strict=True)
        ]
        order.append(left.pop(ways.index(min(ways))))
    return tuple(order)


@lru_cache(maxsize=8192)
def arrival(seed: int, style: str, person: int, cameras: int, camera: int) -> float:
    """Seconds after a person's start at which their tour brings them to `camera`."""
    order = tour(seed, style, person, cameras)
    pace = float(stream(seed, "pace", person).uniform(0.85, 1.2))
    first = float(stream(seed, "pace", person, 0).uniform(10.0, 25.0))
    ways = [STAY + pace * walking_seconds(seed, style, a, b) for a, b in pairwise(order)]
    return first + sum(ways[: order.index(camera)])


def journey_seconds(style: str, cameras: int) -> float:
    """A time in which everybody has come past all cameras, however slowly.

    >>> journey_seconds("town", 1) < journey_seconds("town", 6)
    True
    """
    side = math.ceil(math.sqrt(cameras)) + 1
    leg = 0.7 * STYLES[style].spacing * (1 + side / 2) / WALKING
    return 60.0 + cameras * (25.0 + leg)


def _spiral(number: int) -> tuple[int, int]:
    """Cell `number` of a square spiral around (0, 0)."""
    column = row = 0
    step, right, up = 1, 1, 0
    while number:
        for _ in range(2):
            for _ in range(step):
                if not number:
                    return column, row
                column, row, number = column + right, row + up, number - 1
            right, up = -up, right
        step += 1
    return column, row

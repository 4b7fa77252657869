"""The camera graph: how many people go from one camera to the next, and how long they take."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Stay:
    """One person before one camera for a while, in seconds of a clock that all cameras share."""

    person: str
    camera: str
    start: float
    end: float


@dataclass(frozen=True)
class Passage:
    """How people go from one camera to another without being seen by a third on the way.

    count:     how often it was seen
    seconds:   from the end of one stay to the start of the next, at each of `QUANTILES`; below 0
               where people are seen by both at once
    """

    start: str
    end: str
    count: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds that half of them take at most."""
        return self.seconds[QUANTILES.index(0.5)]


def camera_graph(stays: Iterable[Stay]) -> tuple[Passage, ...]:
    """The passages between different cameras that known people took, sorted by their names.

    Quantiles are interpolated linearly. Stays in one camera, one after the other, are one stay.

    >>> camera_graph([Stay("ann", "door", 0, 5), Stay("ann", "hall", 17, 20)])[0].median
    12.0
    """
    waits: dict[tuple[str, str], list[float]] = {}
    ordered = sorted(stays, key=lambda stay: (stay.person, stay.start, stay.end, stay.camera))
    for _, one in groupby(ordered, key=lambda stay: stay.person):
        for before, after in pairwise(one):
            if before.camera != after.camera:
                way = (before.camera, after.camera)
                waits.setdefault(way, []).append(after.start - before.end)
    return tuple(
        Passage(start, end, len(seconds), tuple(np.quantile(seconds, QUANTILES).tolist()))
        for (start, end), seconds in sorted(waits.items())
    )

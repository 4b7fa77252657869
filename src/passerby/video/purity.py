"""How pure tracklets are: whether each shows one person only, against the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from passerby.metrics.detection import match_boxes


@dataclass(frozen=True)
class Purity:
    """Figures of the tracklets of one recording.

    purity:   share of the boxes that show the person whom their tracklet shows most, in [0, 1];
              boxes on nobody do not count. NaN without any
    switches: how often a tracklet went over from one person to another and stayed
    mixed:    tracklets with a switch
    """

    purity: float
    switches: int
    mixed: int


def purity(
    found: Sequence[tuple[np.ndarray, np.ndarray]],
    truth: Sequence[tuple[np.ndarray, np.ndarray]],
    stays: int = 10,
    iou: float = 0.5,
) -> Purity:
    """Purity of tracklets, whose boxes match true ones at `iou`.

    found, truth: for each frame boxes (N, 4) xyxy and identities (N,) int64
    stays: boxes in a row on one person from which a tracklet is with him; shorter runs are boxes
           that lie between two people, and count as no switch

    Raises ValueError when the frame counts differ.

    >>> box = np.array([[0, 0, 9, 9]])
    >>> truth = [(box, np.array([person])) for person in [1] * 20 + [2] * 10]
    >>> purity([(box, np.array([7]))] * 30, truth)
    Purity(purity=0.6666666666666666, switches=1, mixed=1)
    """
    people: dict[int, list[int]] = {}
    for (boxes, ids), (true, persons) in zip(found, truth, strict=True):
        matches = match_boxes(boxes, np.ones(len(boxes)), true, iou)
        for row in np.flatnonzero(matches >= 0):
            people.setdefault(int(ids[row]), []).append(int(persons[matches[row]]))
    right = sum(max(line.count(person) for person in set(line)) for line in people.values())
    count = sum(map(len, people.values()))
    switches = [_switches(line, stays) for line in people.values()]
    return Purity(
        purity=right / count if count else float("nan"),
        switches=sum(switches),
        mixed=sum(number > 0 for number in switches),
    )


def _switches(line: Sequence[int], stays: int) -> int:
    """Changes of person along a line, runs shorter than `stays` left out."""
    runs = [(person, len(list(run))) for person, run in groupby(line)]
    long = [person for person, length in runs if length >= stays]
    return sum(a != b for a, b in pairwise(long))

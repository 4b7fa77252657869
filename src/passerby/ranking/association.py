"""Open-set association: whose is each new tracklet, somebody's who is known, or somebody new?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from passerby.core.errors import PasserbyError


@dataclass(frozen=True, eq=False)
class Evidence:
    """What N new tracklets have to do with P known people, and with each other.

    distances: (N, T + N) float64, from each new tracklet to T tracklets of known people and then to
               the new ones; what times say is in them already; inf where nothing is known
    people:    (T,) int64 in [0, P), whose each known tracklet is
    apart:     (N, T + N) bool, the two tracklets cannot be of one person
    barred:    (N, P) bool, the new tracklet is not of that person

    Only the half of the new tracklets' own square above the diagonal is looked at.

    Raises PasserbyError when shapes do not fit or a distance is NaN.

    >>> one = Evidence(np.array([[0.2, 0.0]]), np.array([0]), np.zeros((1, 2), bool),
    ...                np.zeros((1, 1), bool))
    >>> together(one, threshold=0.3), together(one, threshold=0.1)
    (array([0]), array([1]))
    """

    distances: np.ndarray
    people: np.ndarray
    apart: np.ndarray
    barred: np.ndarray

    def __post_init__(self) -> None:
        new, known = len(self.distances), len(self.people)
        shapes = (self.distances.shape, self.apart.shape, self.barred.shape[:1])
        if shapes != ((new, known + new), (new, known + new), (new,)):
            raise PasserbyError(
                f"evidence on {new} new and {known} known tracklets came in shapes {shapes}; "
                "give distances and apart (N, T + N) and barred (N, P)"
            )
        if known and not 0 <= self.people.min() <= self.people.max() < self.barred.shape[1]:
            raise PasserbyError("a known tracklet is of nobody among the known people")
        if np.isnan(self.distances).any():
            raise PasserbyError(
                "a distance is NaN, so nothing can be said about who is who; embed the tracklets "
                "again"
            )

    @property
    def known(self) -> int:
        """P, the number of known people."""
        return self.barred.shape[1]


class Merge(NamedTuple):
    """Two groups of tracklets that become one: known people are groups 0 to P - 1, the new
    tracklets P to P + N - 1, each at first on its own; `gone` becomes part of `kept`."""

    kept: int
    gone: int
    distance: float


def together(evidence: Evidence, threshold: float, nearest: int | None = None) -> np.ndarray:
    """Whose each new tracklet is, all decided together: (N,) int64.

    Numbers below P are the known people; P, P + 1, ... are new ones, in the order of their first
    tracklets. Groups are joined as `merges` says, for as long as they are at most `threshold` from
    each other. So the order of tracklets decides nothing but between equal distances.
    """
    groups = np.arange(evidence.known + len(evidence.distances))
    for merge in merges(evidence, nearest):
        if merge.distance > threshold:
            break
        groups[groups == merge.gone] = merge.kept
    return renumbered(groups[evidence.known :], evidence.known)


def merges(evidence: Evidence, nearest: int | None = None) -> Iterator[Merge]:
    """The two nearest groups that may be one person become one; and so on, until none may.

    Two groups may not when one tracklet of each are apart, when somebody is barred, or when both
    are of known people. The distance of two groups is the mean over the pairs of their tracklets
    (average linkage: Sokal and Michener, "A Statistical Method for Evaluating Systematic
    Relationships", 1958), or over the `nearest` of these pairs. Of equal distances the
    first groups' is taken.
    """
    known, new = evidence.known, len(evidence.distances)
    owners = np.concatenate([evidence.people, known + np.arange(new)])
    forbidden = _forbidden(evidence, owners)
    table = np.full((known + new, known + new), np.inf)
    for group in range(known, known + new):
        table[group] = _to_groups(evidence, owners, group, nearest)
    table[:known, known:] = table[known:, :known].T
    table[forbidden] = np.inf
    where = table.argmin(1) if len(table) else np.zeros(0, np.int64)
    closest = table[np.arange(len(table)), where]
    while len(table) and (distance := closest.min()) < np.inf:
        kept, gone = sorted((first := int(closest.argmin()), int(where[first])))
        yield Merge(kept, gone, float(distance))
        owners[owners == gone] = kept
        forbidden[kept] |= forbidden[gone]
        forbidden[:, kept] |= forbidden[:, gone]
        table[gone], table[:, gone], closest[gone] = np.inf, np.inf, np.inf
        row = _to_groups(evidence, owners, kept, nearest)
        row[forbidden[kept]] = np.inf
        table[kept], table[:, kept] = row, row
        stale = np.flatnonzero((where == kept) | (where == gone) | (row <= closest))
        stale = np.union1d(stale[closest[stale] < np.inf], [kept])
        where[stale] = table[stale].argmin(1)
        closest[stale] = table[stale, where[stale]]


def in_order(evidence: Evidence, threshold: float, nearest: int | None = None) -> np.ndarray:
    """Whose each new tracklet is, decided one after the other and never again: (N,) int64.

    Each goes to the nearest person who is known by then, if that is at most `threshold` away and
    may be; else it is somebody new. Numbers as in `together`.
    """
    known, new = evidence.known, len(evidence.distances)
    owners = np.concatenate([evidence.people, np.full(new, -1)])
    barred = np.concatenate([evidence.barred, np.zeros((new, new), bool)], 1)
    count = known
    for at in range(new):
        seen = np.flatnonzero(owners >= 0)
        # The square is looked at above its diagonal: what came before is a row, this a column.
        ways = np.concatenate([evidence.distances[at, : len(evidence.people)],
                               evidence.distances[:at, len(evidence.people) + at]])  # fmt: skip
        apart = np.concatenate([evidence.apart[at, : len(evidence.people)],
                                evidence.apart[:at, len(evidence.people) + at]])  # fmt: skip
        row = _joined(ways[:, None], owners[seen], count, nearest)
        row[owners[seen][apart]] = np.inf
        row[barred[at, :count]] = np.inf
        best = int(row.argmin()) if count else -1
        if best < 0 or not row[best] <= threshold or row[best] == np.inf:
            best, count = count, count + 1
        owners[len(evidence.people) + at] = best
    return owners[len(evidence.people) :]


def renumbered(groups: np.ndarray, known: int) -> np.ndarray:
    """Groups (N,) of which those from `known` on are named `known`, `known` + 1, ... as they come.

    >>> renumbered(np.array([9, 1, 7, 9]), known=3)
    array([3, 1, 4, 3])
    """
    names: dict[int, int] = {}
    return np.array(
        [g if g < known else names.setdefault(g, known + len(names)) for g in groups.tolist()],
        np.int64,
    )


def _forbidden(evidence: Evidence, owners: np.ndarray) -> np.ndarray:
    """(P + N, P + N) bool, symmetrical: groups that may not become one."""
    known, new = evidence.known, len(evidence.distances)
    forbidden = np.eye(known + new, dtype=bool)
    forbidden[:known, :known] = True
    square = np.triu(evidence.apart[:, len(evidence.people) :], 1)
    forbidden[known:, known:] |= square | square.T
    barred = evidence.barred.copy()
    rows, columns = np.nonzero(evidence.apart[:, : len(evidence.people)])
    barred[rows, owners[columns]] = True
    forbidden[known:, :known] |= barred
    forbidden[:known, known:] |= barred.T
    return forbidden


def _to_groups(
    evidence: Evidence, owners: np.ndarray, group: int, nearest: int | None
) -> np.ndarray:
    """Distances (P + N,) of a group to each group; inf where there is nothing to go by."""
    old, new = len(evidence.people), len(evidence.distances)
    members = np.flatnonzero(owners == group)
    ways = np.full((old + new, len(members)), np.inf)  # from every tracklet to each member
    square = evidence.distances[:, old:]
    for place, member in enumerate(members):
        if member < old:
            ways[old:, place] = evidence.distances[:, member]
        else:
            at = member - old
            ways[:old, place] = evidence.distances[at, :old]
            ways[old : old + at, place] = square[:at, at]
            ways[old + at :, place] = square[at, at:]
    return _joined(ways, owners, evidence.known + new, nearest)


def _joined(ways: np.ndarray, owners: np.ndarray, count: int, nearest: int | None) -> np.ndarray:
    """(count,) mean of the `nearest` distances, or of all, among the rows of each owner; else inf.

    ways: (M, K); owners: (M,) int64 in [0, count)
    """
    whose = np.repeat(owners, ways.shape[1])
    values = ways.ravel()
    if nearest is not None:
        order = np.lexsort((values, whose))
        whose, values = whose[order], values[order]
        starts = np.searchsorted(whose, np.arange(count))
        few = np.arange(len(whose)) - starts[whose] < nearest
        whose, values = whose[few], values[few]
    counts = np.bincount(whose, minlength=count)
    sums = np.bincount(whose, values, minlength=count)
    means = np.full(count, np.inf)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means

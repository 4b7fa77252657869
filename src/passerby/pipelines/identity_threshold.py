"""The threshold by which labelled tracklets are best joined into people."""

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.metrics.identity import identity_f1
from passerby.ranking.association import Evidence, merges

_TRIED = 200


def best_threshold(
    distances: np.ndarray, people: np.ndarray, apart: np.ndarray, nearest: int | None = None
) -> tuple[float, float]:
    """The threshold by which tracklets joined together have the best identity F1, and that F1.

    distances: (N, N) float64; people: (N,) int64, who they are; apart: (N, N) bool; nearest: see
    `passerby.ranking.association.merges`

    The middle of the range of thresholds that reach it, the widest where there are several.

    >>> ways = np.array([[0.0, 0.1, 0.9], [0.1, 0.0, 0.9], [0.9, 0.9, 0.0]])
    >>> best_threshold(ways, np.array([1, 1, 2]), np.zeros((3, 3), bool))
    (0.5, 1.0)
    """
    count = len(people)
    evidence = Evidence(distances, np.zeros(0, np.int64), apart, np.zeros((count, 0), bool))
    joined = list(merges(evidence, nearest))
    if not joined:
        raise PasserbyError(
            "all labelled tracklets were seen at the same time, so there is nothing to join and no "
            "threshold to learn; label tracklets of other times"
        )
    # A merge that is nearer than one before it comes with that one: the threshold has let both in.
    heights = np.maximum.accumulate([merge.distance for merge in joined])
    stops = np.flatnonzero(np.diff(heights) > 0) + 1  # merges that a threshold below heights makes
    stops = stops[np.linspace(0, len(stops) - 1, min(_TRIED, len(stops))).astype(int)]
    groups, made = np.arange(count), 0
    best = (identity_f1(people, groups), 0.0, heights[0] - 1e-6)
    for stop in [*stops.tolist(), len(joined)]:
        for merge in joined[made:stop]:
            groups[groups == merge.gone] = merge.kept
        made = stop
        low = float(heights[stop - 1])
        high = (
            float(heights[stop])
            if stop < len(joined)
            else max(low, _nearest(distances, groups, low))
        )
        best = max(best, (identity_f1(people, groups), high - low, (low + high) / 2))
    return float(best[2]), best[0]


def _nearest(distances: np.ndarray, groups: np.ndarray, otherwise: float) -> float:
    """The least mean distance between two groups, whether or not they may be one.

    Where nothing more can be joined, it is what says how far a threshold may go.
    """
    names = np.unique(groups)
    member = (groups[:, None] == names).astype(np.float64)  # (N, G)
    sums, sizes = member.T @ distances @ member, member.sum(0)
    means = sums / np.outer(sizes, sizes)
    np.fill_diagonal(means, np.inf)
    return float(means.min()) if len(names) > 1 else otherwise

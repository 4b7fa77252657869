"""Who is who: boxes given to tracks so that the whole fits best."""

import numpy as np
from scipy.optimize import linear_sum_assignment


def assign(
    similarity: np.ndarray, tracks: np.ndarray, boxes: np.ndarray, least: float, rows: np.ndarray
) -> None:
    """Give chosen boxes to chosen tracks, both without partner yet; the total is greatest.

    similarity: (T, N); NaN and what is below `least` is no match
    tracks:     (T,) bool; boxes: (N,) bool: who takes part
    rows:       (N,) int64, the track of each box, -1 where none: read, and written

    >>> rows = np.array([-1, -1])
    >>> everyone = np.ones(2, bool)
    >>> assign(np.array([[0.9, 0.8], [0.7, 0.0]]), everyone, everyone, 0.1, rows)
    >>> rows
    array([1, 0])
    """
    taken = np.zeros(len(tracks), bool)
    taken[rows[rows >= 0]] = True
    track, box = np.flatnonzero(tracks & ~taken), np.flatnonzero(boxes & (rows < 0))
    # Below the least, a pair is worth nothing: it must not tempt others away.
    worth = similarity[np.ix_(track, box)]
    worth = np.where(worth >= least, worth, 0.0)
    chosen = linear_sum_assignment(worth, maximize=True)
    good = worth[chosen] > 0
    rows[box[chosen[1][good]]] = track[chosen[0][good]]

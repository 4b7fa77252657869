"""Identity F1 of tracklets: how well people were told apart, over all cameras together."""

import numpy as np

from passerby.core.errors import PasserbyError


def identity_f1(truth: np.ndarray, found: np.ndarray, weights: np.ndarray | None = None) -> float:
    """IDF1 in [0, 1] of tracklets that were found as they are, and grouped into people.

    Each true person is one found person at most, such that the most tracklets agree; twice these
    over the tracklets of truth and of answer (Ristani et al., "Performance Measures and a Data Set
    for Multi-Target, Multi-Camera Tracking", 2016).

    truth, found: (N,) numbers of people; weights: (N,) how much each counts, such as its frames

    Raises PasserbyError when lengths differ, there is nothing to score, or a weight is negative.

    >>> identity_f1(np.array([1, 1, 1, 2]), np.array([7, 7, 8, 8]))
    0.75
    """
    from scipy.optimize import linear_sum_assignment

    counts = np.ones(len(truth)) if weights is None else np.asarray(weights, np.float64)
    if not len(truth) == len(found) == len(counts):
        raise PasserbyError(
            f"{len(truth)} true people came with {len(found)} found ones and {len(counts)} "
            "weights; give one of each for a tracklet"
        )
    if not counts.sum() > 0 or counts.min() < 0:
        raise PasserbyError("there is no tracklet to score; weights are 0 or more, not all 0")
    people, true = np.unique(truth, return_inverse=True)
    groups, given = np.unique(found, return_inverse=True)
    shared = np.zeros((len(people), len(groups)))
    np.add.at(shared, (true, given), counts)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    return float(shared[rows, columns].sum() / counts.sum())

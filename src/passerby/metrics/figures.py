"""The figures that papers print, each the mean of one number for each query."""

from collections.abc import Callable

from torch import Tensor

from passerby.core.scores import Scores


def within(k: int) -> Callable[[Scores], Tensor]:
    """Whether a query has a right answer among its first `k`: (Q,) float64, 0 or 1."""
    return lambda scores: ((scores.first_hit > 0) & (scores.first_hit <= k)).double()


FIGURES: dict[str, tuple[str, Callable[[Scores], Tensor]]] = {
    "rank_1": ("Rank-1", within(1)),
    "rank_5": ("Rank-5", within(5)),
    "rank_10": ("Rank-10", within(10)),
    "mean_ap": ("mAP", lambda scores: scores.average_precision),
    "mean_trapezoid_ap": ("mAP, trapezoid", lambda scores: scores.trapezoid_precision),
    "mean_inp": ("mINP", lambda scores: scores.inverse_penalty),
}
"""Name -> (what people call it, what it is the mean of over the queries that count: (Q,))."""


def figure(name: str, scores: Scores) -> float:
    """One of `FIGURES`, in [0, 1]; NaN when no query counts.

    >>> import torch
    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> figure("rank_5", scores_of_ranks(Lists.of([[2], [7], []]), "p", gallery=9))
    0.5
    """
    return float(FIGURES[name][1](scores)[scores.first_hit > 0].mean())

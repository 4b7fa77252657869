"""Relevance feedback: a query moves towards what was confirmed, and away from what was rejected."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.distances import Metric

ORIGINAL, TOWARDS, AWAY = 1.0, 0.75, 0.15


def rocchio(
    query: Tensor,
    confirmed: Tensor,
    rejected: Tensor,
    metric: Metric = "cosine",
    original: float = ORIGINAL,
    towards: float = TOWARDS,
    away: float = AWAY,
) -> Tensor:
    """The query (D,) after confirmed (C, D) and rejected (R, D) answers; either may be none.

    `(original q + towards mean(confirmed) - away mean(rejected)) / sum of the weights in use`.
    Rocchio, "Relevance Feedback in Information Retrieval", 1971; the weights are the usual ones of
    Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, section 9.1.
    What is wrong counts little: those who are not the person differ in as many ways.

    For the cosine all are normalised first. Dividing keeps a Euclidean query among the features.

    >>> none = torch.zeros(0, 2)
    >>> rocchio(torch.tensor([0.0, 0.0]), torch.tensor([[7.0, 0.0]]), none, "euclidean")
    tensor([3., 0.])
    """
    if metric == "cosine":
        query, confirmed, rejected = (normalize(x, dim=-1) for x in (query, confirmed, rejected))
    weight, moved = original, original * query
    if len(confirmed):
        weight, moved = weight + towards, moved + towards * confirmed.mean(0)
    if len(rejected):
        weight, moved = weight - away, moved - away * rejected.mean(0)
    return moved / weight if weight else torch.zeros_like(moved)

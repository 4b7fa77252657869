"""Temporal lifting: who looks alike and could have come in that time stands first."""

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.ranking.plain import ENTRIES
from passerby.ranking.transitions import TransitionTimes


def lift(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    transitions: TransitionTimes,
    metric: Metric = "cosine",
    visual_lambda: float = 1.0,
    temporal_lambda: float = 2.0,
    gamma: float = 5.0,
) -> DistanceBlocks:
    """Distances joined with the probability of the time between the two cameras.

    The joint metric of st-ReID with logistic smoothing (Wang, Lai, Huang, Xie: "Spatial-Temporal
    Person Re-identification", 2019): 1 - f(s; visual_lambda) f(p; temporal_lambda) with
    f(x; l) = 1 / (1 + l exp(-gamma x)), s the visual similarity and p the probability of the
    transition. The constants are those of the paper's program. Since p is that of one bin, it has
    more weight with wide bins than with narrow ones.

    distances: from `query` to `gallery`, plain or re-ranked
    metric:    how a distance d becomes s: 1 - d where it is "cosine", and for re-ranked distances;
               1 - d^2 / 2 where it is "euclidean", which is the same for features of length 1 and
               means little for others

    Where a time or the two cameras are unknown, all times count as equally likely: among such
    entries the order is that of the visual distances. Pictures from one camera are such entries.

    Computed on demand, a block at a time, on the queries' device.

    Raises PasserbyError when the distances are of other numbers of queries or entries, or a
    constant is not positive.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> seen = [Sample(Path("q"), 1, 1, time=0), Sample(Path("g"), 1, 2, time=9),
    ...         Sample(Path("h"), 2, 2, time=30)]
    >>> both = Embeddings.of(torch.ones(3, 1), seen, "toy", "00")
    >>> minute = TransitionTimes(torch.tensor([[1, 2]]), torch.eye(6)[:1], 10.0, 0.0)
    >>> lift(DistanceBlocks.of_matrix(torch.zeros(1, 2)), both[:1], both[1:], minute).matrix()
    tensor([[0.0199, 0.6689]])
    """
    if (distances.queries, distances.gallery) != (len(query), len(gallery)):
        raise PasserbyError(
            f"distances of {distances.queries} queries to {distances.gallery} entries do not fit "
            f"{len(query)} queries and {len(gallery)} entries; give the embeddings that were ranked"
        )
    for name, value in (
        ("visual_lambda", visual_lambda), ("temporal_lambda", temporal_lambda), ("gamma", gamma)
    ):  # fmt: skip
        if not 0 < value < torch.inf:
            raise PasserbyError(f"{name} is {value}; it must be a positive number")

    device = query.features.device
    learnt = transitions.to(device)
    cameras_a, times_a = query.cameras.to(device)[:, None], query.times.to(device)[:, None]
    cameras_b, times_b = gallery.cameras.to(device), gallery.times.to(device)

    def compute(rows: slice) -> Tensor:
        block = distances.compute(rows)  # (q, G)
        similarity = 1 - block.square() / 2 if metric == "euclidean" else 1 - block
        likely = learnt.probability(cameras_a[rows], times_a[rows], cameras_b, times_b)
        return 1 - (
            logistic(similarity, visual_lambda, gamma) * logistic(likely, temporal_lambda, gamma)
        )

    # Times take eight bytes where distances take four, and some of them stand beside each other.
    block = max(1, min(distances.block, ENTRIES // 8 // max(1, len(gallery))))
    return DistanceBlocks(len(query), len(gallery), compute, block)


def logistic(x: Tensor, shrink: float, gamma: float) -> Tensor:
    """1 / (1 + shrink exp(-gamma x)), in (0, 1).

    >>> logistic(torch.tensor([0.0, 1.0]), 2.0, 5.0)
    tensor([0.3333, 0.9867])
    """
    return 1 / (1 + shrink * torch.exp(-gamma * x))

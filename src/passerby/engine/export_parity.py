"""`parity`: whether an exported network makes the features that its checkpoint makes."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from passerby.core.distances import Metric, pairwise_distances
from passerby.engine.export_note import Precision

NEIGHBOURS = 10
"""Nearest others whose agreement is measured."""

_TIE = 0.01
"""A neighbour further by less than this share is as good as the nearest: crops of one second."""


@dataclass(frozen=True)
class Parity:
    """How well the features of N crops agree with those of the checkpoint.

    crops:      N
    cosine, least_cosine: cosine similarity of a crop's two features, mean and smallest
    difference: largest absolute difference between two values of them
    relative:   the same over the root mean square of the checkpoint's values
    nearest:    share of crops whose nearest other crop is as near by the checkpoint's features
                (within 1 %) as the nearest by those
    overlap:    mean share of the ten nearest others that are the same
    """

    crops: int
    cosine: float
    least_cosine: float
    difference: float
    relative: float
    nearest: float
    overlap: float


BOUNDS: dict[Precision, dict[str, float]] = {
    "f32": {"least_cosine": 0.9999, "nearest": 0.99},
    "bf16": {"cosine": 0.99, "least_cosine": 0.97, "nearest": 0.9},
    "int8": {"cosine": 0.95, "least_cosine": 0.8, "nearest": 0.5},
}
"""What must be reached for a file to be written, by precision."""


def parity(wanted: Tensor, found: Tensor, metric: Metric) -> Parity:
    """How well features `found` (N, D) agree with the checkpoint's, `wanted` (N, D); N >= 2.

    >>> features = torch.eye(3)
    >>> parity(features, 2 * features, "cosine").cosine
    1.0
    >>> parity(features, features.flip(0), "euclidean").least_cosine
    0.0
    """
    cosines = cosine_similarity(wanted, found)
    difference = (wanted - found).abs().max()
    ours, theirs = (_between(features, metric) for features in (wanted, found))
    best = ours.amin(1)
    chosen = ours.gather(1, theirs.argmin(1, keepdim=True)).squeeze(1)
    count = min(NEIGHBOURS, len(wanted) - 1)
    one, two = (_among(distances, count) for distances in (ours, theirs))
    return Parity(
        crops=len(wanted),
        cosine=cosines.mean().item(),
        least_cosine=cosines.min().item(),
        difference=difference.item(),
        relative=(difference / wanted.square().mean().sqrt().clamp(min=1e-12)).item(),
        nearest=(chosen <= best * (1 + _TIE) + 1e-6).float().mean().item(),
        overlap=((one & two).sum(1) / count).mean().item(),
    )


def shortfalls(found: Parity, precision: Precision) -> list[str]:
    """What of `found` is below its bound, in words; nothing when all is well.

    >>> shortfalls(Parity(9, 1.0, 0.5, 0.1, 0.1, 1.0, 1.0), "f32")
    ['least_cosine is 0.5000, must be at least 0.9999']
    """
    return [
        f"{name} is {value:.4f}, must be at least {bound}"
        for name, bound in BOUNDS[precision].items()
        if not (value := getattr(found, name)) >= bound  # also when it is not a number
    ]


def _between(features: Tensor, metric: Metric) -> Tensor:
    """Distances (N, N) between crops, infinite from each to itself."""
    return pairwise_distances(features, features, metric).fill_diagonal_(float("inf"))


def _among(distances: Tensor, count: int) -> Tensor:
    """(N, N) -> whether each is among the `count` nearest of its row."""
    places = distances.topk(count, largest=False).indices
    return torch.zeros_like(distances, dtype=torch.bool).scatter_(1, places, True)

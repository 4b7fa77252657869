"""The pairs of a batch: which are of one person, and how far apart they are."""

from typing import NamedTuple

import torch
from torch import Tensor

from passerby.core.distances import pairwise_distances
from passerby.losses.precision import exact


class Pairs(NamedTuple):
    """Which pairs of a batch are positive, and which negative; both are symmetric.

    positive: (B, B) bool, two different pictures of one person
    negative: (B, B) bool, pictures of two people
    """

    positive: Tensor
    negative: Tensor


def pairs_of(persons: Tensor) -> Pairs:
    """The positive and the negative pairs of persons (B,) int64.

    >>> pairs_of(torch.tensor([5, 5, 6])).positive.int()
    tensor([[0, 1, 0],
            [1, 0, 0],
            [0, 0, 0]], dtype=torch.int32)
    """
    same = persons[:, None] == persons
    itself = torch.eye(len(persons), dtype=torch.bool, device=persons.device)
    return Pairs(positive=same & ~itself, negative=~same)


def distances_within(features: Tensor) -> Tensor:
    """Euclidean distances (B, B) between all rows of features (B, D), in float32 or float64.

    >>> distances_within(torch.tensor([[0.0, 0.0], [3.0, 4.0]], dtype=torch.float16))[0, 1]
    tensor(5.)
    """
    # Autocast would multiply in bfloat16, and distances are differences of large squares.
    with torch.autocast(features.device.type, enabled=False):
        features = exact(features)
        return pairwise_distances(features, features)


def mean_where(terms: Tensor, valid: Tensor) -> Tensor:
    """The mean of those `terms` that are `valid`, and 0 when none is; finite terms of any shape.

    >>> mean_where(torch.tensor([1.0, 2.0, 6.0]), torch.tensor([True, False, True]))
    tensor(3.5000)
    """
    # where, not indexing: the shape stays known, so a GPU need not wait to count.
    return torch.where(valid, terms, 0.0).sum() / valid.sum().clamp(min=1)

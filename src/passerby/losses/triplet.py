"""Triplet loss on the hardest pairs of a batch."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus

from passerby.losses.pairs import distances_within, mean_where, pairs_of


class Hardest(NamedTuple):
    """For each anchor of a batch its hardest positive and its hardest negative.

    positive, negative: (B,) int64, places in the batch
    valid:              (B,) bool; False where the batch has no other picture of the anchor's
                        person, or nobody else, and the places mean nothing
    """

    positive: Tensor
    negative: Tensor
    valid: Tensor


def hardest(distances: Tensor, persons: Tensor) -> Hardest:
    """The farthest positive and the nearest negative of every anchor.

    distances: (B, B), row = anchor
    persons:   (B,) int64

    >>> found = hardest(torch.tensor([[0., 1., 2.], [1., 0., 3.], [2., 3., 0.]]),
    ...                 torch.tensor([5, 5, 6]))
    >>> found.positive[:2].tolist(), found.negative[:2].tolist(), found.valid.tolist()
    ([1, 0], [2, 2], [True, True, False])
    """
    distances = distances.detach()
    if len(persons) == 0:
        return Hardest(persons, persons, persons.bool())
    positive, negative = pairs_of(persons)
    return Hardest(
        positive=distances.masked_fill(~positive, -torch.inf).argmax(1),
        negative=distances.masked_fill(~negative, torch.inf).argmin(1),
        valid=positive.any(1) & negative.any(1),
    )


def triplet_terms(positive: Tensor, negative: Tensor, margin: float | None) -> Tensor:
    """max(0, margin + positive - negative), or log(1 + exp(positive - negative)) for None.

    positive, negative: distances of any one shape, which is also the answer's.

    >>> triplet_terms(torch.tensor([1.0]), torch.tensor([1.2]), margin=0.3)
    tensor([0.1000])
    """
    if margin is None:
        return softplus(positive - negative)
    return (margin + positive - negative).clamp(min=0)


def batch_hard_triplet_loss(
    features: Tensor, persons: Tensor, margin: float | None = None
) -> Tensor:
    """Each picture of the batch as anchor, with its farthest positive and nearest negative.

    "In Defense of the Triplet Loss for Person Re-Identification", Alexander Hermans, Lucas
    Beyer, Bastian Leibe, arXiv 2017, equation 5:

        max(0, margin + max_p D(a, p) - min_n D(a, n)),  or softplus instead of max(0, margin + .)

    with D the Euclidean distance, not squared, averaged over the anchors that have both. Needs
    at least two pictures of each person in the batch: use `PKSampler`.

    features: (B, D) of any floating type
    persons:  (B,) int64
    margin:   in the units of the distance; None is the soft margin

    Returns a scalar, float32 or float64: 0, with gradients of 0, when no anchor has both.

    >>> features = torch.tensor([[0.0], [1.0], [3.0], [4.0]])
    >>> batch_hard_triplet_loss(features, torch.tensor([0, 0, 1, 1]), margin=2.0)
    tensor(0.5000)
    """
    distances = distances_within(features)  # (B, D) -> (B, B)
    anchors = torch.arange(len(persons), device=persons.device)
    positive, negative, valid = hardest(distances, persons)
    terms = triplet_terms(distances[anchors, positive], distances[anchors, negative], margin)
    return mean_where(terms, valid)

"""Contrastive loss: pairs of one person together, pairs of two people a margin apart."""

import torch
from torch import Tensor

from passerby.losses.pairs import distances_within, mean_where, pairs_of


def contrastive_terms(distances: Tensor, same: Tensor, margin: float) -> Tensor:
    """1/2 D^2 for pairs of one person, 1/2 max(0, margin - D)^2 for pairs of two.

    distances: of any shape
    same:      bool of that shape, True where both are one person

    >>> contrastive_terms(torch.tensor([2.0, 0.5]), torch.tensor([True, False]), margin=1.5)
    tensor([2.0000, 0.5000])
    """
    apart = (margin - distances).clamp(min=0)
    return torch.where(same, distances, apart).square() / 2


def contrastive_loss(features: Tensor, persons: Tensor, margin: float = 1.0) -> Tensor:
    """The contrastive loss of all pairs of the batch.

    "Dimensionality Reduction by Learning an Invariant Mapping", Raia Hadsell, Sumit Chopra, Yann
    LeCun, CVPR 2006, equation 4, where Y is 0 for a pair of one person and 1 for one of two:

        (1 - Y) 1/2 D^2 + Y 1/2 max(0, m - D)^2,    D the Euclidean distance

    The paper prints a sum over the pairs it was given; this is the mean over every pair of the
    batch, and the margin of 1 is ours. Needs at least two pictures of each person in the batch
    (`PKSampler`); no cameras. Most pairs of a batch are negative and soon cost nothing: `msml`
    takes the hardest pairs alone, `soft_mining` weighs them, `batch_hard_triplet_loss` compares
    distances instead of bounding them.

    features: (B, D) of any floating type
    persons:  (B,) int64
    margin:   in the units of the distance

    Returns a scalar, float32 or float64: 0, with gradients of 0, for less than two pictures.

    >>> features = torch.tensor([[0.0], [2.0], [2.5]])  # D^2/2 = 2; margins 0 and 1/2
    >>> contrastive_loss(features, torch.tensor([0, 0, 1]))  # (2 + 0 + 1/8) / 3
    tensor(0.7083)
    """
    positive, negative = pairs_of(persons)
    terms = contrastive_terms(distances_within(features), positive, margin)
    return mean_where(terms, positive | negative)

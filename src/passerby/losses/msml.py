"""Margin sample mining loss: the farthest positive and the nearest negative pair of a batch."""

import torch
from torch import Tensor

from passerby.losses.pairs import distances_within, pairs_of
from passerby.losses.triplet import triplet_terms


def msml_loss(features: Tensor, persons: Tensor, margin: float = 0.6) -> Tensor:
    """max(0, margin + the largest positive distance - the smallest negative one), of the batch.

    "Margin Sample Mining Loss: A Deep Learning Based Method for Person Re-identification", Qiqi
    Xiao, Hao Luo, Chi Zhang, arXiv 2017: the quadruplet loss with its two pairs, which need not
    share a picture, the hardest of the whole batch:

        max(0, margin + max_{A, A'} ||f_A - f_A'|| - min_{B, C} ||f_B - f_C||)

    Two pairs a batch make its gradients: two to four pictures learn from it, whatever the batch's
    size. The margin is that of the second author's published code, which has features of length 1;
    here features count as they are, so scale them first for the margin to mean the same.

    Needs at least two pictures of one person, and two people, in the batch (`PKSampler`); no
    cameras. `batch_hard_triplet_loss` takes the hardest of each anchor, `quadruplet_loss` all.

    features: (B, D) of any floating type
    persons:  (B,) int64
    margin:   in the units of the distance

    Returns a scalar, float32 or float64: 0, with gradients of 0, without a positive or a negative.

    >>> features = torch.tensor([[0.0], [1.0], [3.0], [3.5]])
    >>> msml_loss(features, torch.tensor([0, 0, 1, 2]))  # 0.6 + 1 - 0.5
    tensor(1.1000)
    """
    distances = distances_within(features)
    if len(persons) == 0:
        return distances.sum()
    positive, negative = pairs_of(persons)
    # Without such a pair the gap is minus infinity, which the clamp below makes a 0.
    farthest = distances.masked_fill(~positive, -torch.inf).amax()
    nearest = distances.masked_fill(~negative, torch.inf).amin()
    return triplet_terms(farthest, nearest, margin)

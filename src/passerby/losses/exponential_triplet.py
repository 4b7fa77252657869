"""Triplet loss by angle with an exponential penalty."""

import torch
from torch import Tensor

from passerby.losses.cosines import cosines
from passerby.losses.pairs import mean_where, pairs_of


def exponential_triplet_loss(
    features: Tensor,
    persons: Tensor,
    modalities: Tensor | None = None,
    mean_first: bool = False,
) -> Tensor:
    """exp(1 + max(0, cos(a, n)) - cos(a, p)) with each anchor's hardest positive and negative.

    "Bi-directional Exponential Angular Triplet Loss for RGB-Infrared Person Re-Identification"
    (expAT), Hanrong Ye, Hong Liu, Fanyang Meng, Xia Li, TIP 2021: the wider the angle to the
    positive, and the narrower to the negative, the more than linearly it costs; a right angle to
    the negative is enough. The equation is that of the authors' published code, whose triplets
    are the hardest by angle, of features after batch normalisation. That code takes the exponential
    of the batch's mean (`mean_first=True`); here each anchor has its own, which is our reading of
    the name. At its best the loss is 1, not 0.

    Needs at least two pictures of each person in the batch (`PKSampler`); no cameras. With
    `modalities` positives and negatives come from the other modality, in both directions, as in
    the paper; without, from anywhere, as in its experiments on one modality. Compare by cosine.
    `batch_hard_triplet_loss` is its relative by distance, with a linear penalty.

    features:   (B, D) of any floating type
    persons:    (B,) int64
    modalities: (B,) int64, for learning across modalities
    mean_first: the exponential of the mean, not the mean of the exponentials

    Returns a scalar, float32 or float64: 0, with gradients of 0, when no anchor has both.

    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> exponential_triplet_loss(features, torch.tensor([0, 0, 1]))  # the best: exp(1 + 0 - 1)
    tensor(1.)
    """
    similarities = cosines(features, features)
    if len(persons) == 0:
        return similarities.sum()
    positive, negative = pairs_of(persons)
    if modalities is not None:
        across = modalities[:, None] != modalities
        positive, negative = positive & across, negative & across
    farthest = similarities.masked_fill(~positive, 2.0).amin(1)  # (B, B) -> (B,)
    nearest = similarities.masked_fill(~negative, -2.0).amax(1)
    gaps = 1 + nearest.clamp(min=0) - farthest
    both = positive.any(1) & negative.any(1)
    if mean_first:
        return torch.where(both.any(), mean_where(gaps, both).exp(), 0.0)
    return mean_where(gaps.exp(), both)

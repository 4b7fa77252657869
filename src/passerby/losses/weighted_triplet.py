"""Weighted regularised triplet loss: all positives and negatives, the harder the heavier."""

import torch
from torch import Tensor
from torch.nn.functional import softplus

from passerby.losses.pairs import distances_within, mean_where, pairs_of


def softmax_where(values: Tensor, mask: Tensor) -> Tensor:
    """Softmax over those of each row of `values` (N, M) where `mask` (N, M) holds.

    The rest of the row is 0; a row with nothing in `mask` is 1 / M everywhere.

    >>> softmax_where(torch.tensor([[1.0, 1.0, 9.0]]), torch.tensor([[True, True, False]]))
    tensor([[0.5000, 0.5000, 0.0000]])
    """
    # Not minus infinity: a row of them has no softmax, and its gradients would be NaN.
    return values.masked_fill(~mask, torch.finfo(values.dtype).min).softmax(1)


def weighted_triplet_loss(features: Tensor, persons: Tensor, self_pairs: bool = False) -> Tensor:
    """Each anchor's weighted distance to its positives against that to its negatives.

    "Deep Learning for Person Re-identification: A Survey and Outlook", Mang Ye, Jianbing Shen,
    Gaojie Lin, Tao Xiang, Ling Shao, Steven C. H. Hoi, TPAMI 2021, the "weighted regularisation
    triplet" of its AGW baseline:

        log(1 + exp(sum_j w_ij^p d_ij^p - sum_k w_ik^n d_ik^n))
        w_ij^p = exp(d_ij^p) / sum exp(d_i^p),    w_ik^n = exp(-d_ik^n) / sum exp(-d_i^n)

    with d the Euclidean distance, averaged over the anchors that have both. The weights pass
    gradients, as in the authors' code. That code also counts an anchor as its own positive, at
    distance 0 (`self_pairs=True`); the paper's positives are other pictures.

    Needs at least two pictures of each person in the batch (`PKSampler`); no cameras, no margin.
    `batch_hard_triplet_loss` with the soft margin is what is left when the weights grow sharp.

    features:   (B, D) of any floating type
    persons:    (B,) int64
    self_pairs: an anchor is one of its positives

    Returns a scalar, float32 or float64: 0, with gradients of 0, when no anchor has both.

    >>> features = torch.tensor([[0.0], [1.0], [1.0]])  # the first: 1 - 1; the second: 1 - 0
    >>> weighted_triplet_loss(features, torch.tensor([0, 0, 1]))  # (log 2 + log(1 + e)) / 2
    tensor(1.0032)
    """
    distances = distances_within(features)
    positive, negative = pairs_of(persons)
    if self_pairs:
        positive = ~negative
    far = (softmax_where(distances, positive) * distances).sum(1)  # (B, B) -> (B,)
    near = (softmax_where(-distances, negative) * distances).sum(1)
    return mean_where(softplus(far - near), positive.any(1) & negative.any(1))

"""Triplet loss without mining: over the triplets that are given, or over all of a batch."""

from torch import Tensor

from passerby.losses.pairs import distances_within, mean_where, pairs_of
from passerby.losses.precision import exact
from passerby.losses.triplet import triplet_terms


def triplet_loss(
    anchors: Tensor,
    positives: Tensor,
    negatives: Tensor,
    margin: float | None = 0.2,
    squared: bool = True,
) -> Tensor:
    """The mean of max(0, margin + D(a, p) - D(a, n)) over given triplets.

    "FaceNet: A Unified Embedding for Face Recognition and Clustering", Florian Schroff, Dmitry
    Kalenichenko, James Philbin, CVPR 2015, with the squared Euclidean distance D, a margin of 0.2
    and features of length 1, which the caller sees to. The paper prints the sum. With
    `squared=False` it is the plain triplet loss of Hermans et al. 2017 (see
    `batch_hard_triplet_loss`, which finds its triplets itself).

    anchors, positives, negatives: (T, D) of any floating type, row by row one triplet
    margin:  in the units of D; None is the soft margin, log(1 + exp(D(a, p) - D(a, n)))
    squared: D is the squared Euclidean distance

    Returns a scalar, float32 or float64: 0 for no triplet.

    >>> import torch
    >>> rows = torch.tensor([[0.0], [0.5], [0.6]])
    >>> triplet_loss(rows[:1], rows[1:2], rows[2:])  # 0.2 + 0.25 - 0.36
    tensor(0.0900)
    """
    anchors = exact(anchors)
    near = (anchors - exact(positives)).square().sum(1)  # (T, D) -> (T,)
    far = (anchors - exact(negatives)).square().sum(1)
    if not squared:
        # clamp: the root has no slope at 0
        near, far = near.clamp(min=1e-12).sqrt(), far.clamp(min=1e-12).sqrt()
    return triplet_terms(near, far, margin).sum() / max(len(anchors), 1)


def batch_all_triplet_loss(
    features: Tensor,
    persons: Tensor,
    margin: float | None = None,
    non_zero_only: bool = True,
) -> Tensor:
    """Every triplet of the batch: each anchor with each of its positives and each of its negatives.

    "In Defense of the Triplet Loss for Person Re-Identification", Alexander Hermans, Lucas
    Beyer, Bastian Leibe, arXiv 2017, equation 6 ("batch all"):

        max(0, margin + D(a, p) - D(a, n)),  or softplus instead of max(0, margin + .)

    with D the Euclidean distance, not squared. Most triplets of a trained network cost nothing,
    and their zeros wash the others out of a plain mean; hence the paper's second form, the mean
    over the terms above 0 (its "BA, non-zero"). With the soft margin no term is 0, and the two
    forms are one.

    Needs at least two pictures of each person in the batch (`PKSampler`); no cameras. Takes memory
    for B^3 numbers: 8 MB for a batch of 128. `batch_hard_triplet_loss` keeps one triplet of each
    anchor instead, `weighted_triplet_loss` weighs the distances first.

    features:      (B, D) of any floating type
    persons:       (B,) int64
    margin:        in the units of the distance; None is the soft margin
    non_zero_only: divide by the number of terms above 0, not of all

    Returns a scalar, float32 or float64: 0, with gradients of 0, when there is no triplet.

    >>> import torch
    >>> features = torch.tensor([[0.0], [1.0], [3.0]])  # max(0, 1.5 + 1 - 3) and 1.5 + 1 - 2
    >>> persons = torch.tensor([0, 0, 1])
    >>> batch_all_triplet_loss(features, persons, margin=1.5)
    tensor(0.5000)
    >>> batch_all_triplet_loss(features, persons, margin=1.5, non_zero_only=False)
    tensor(0.2500)
    """
    distances = distances_within(features)
    positive, negative = pairs_of(persons)
    terms = triplet_terms(distances[:, :, None], distances[:, None], margin)  # (a, p, n)
    counted = positive[:, :, None] & negative[:, None]
    # Soft terms are never 0, though far ones round to it.
    if non_zero_only and margin is not None:
        counted = counted & (terms > 0)
    return mean_where(terms, counted)

"""Fine-grained pairwise loss: an exponential penalty on people who look nearly alike."""

import math

import torch
from torch import Tensor

from passerby.losses.pairs import distances_within, mean_where, pairs_of


def fine_grained_terms(
    distances: Tensor, same: Tensor, alpha: float = 1.05, beta: float = 0.5
) -> Tensor:
    """D(u, k) + D(k, u) with u = exp(-beta d), and k = 1 for pairs of one person, 0 for two.

    Here D(p, q) = p log(alpha p / ((alpha - 1) p + q)). For two people that is
    u log(alpha / (alpha - 1)), which grows exponentially as they come near; for one it rises from
    0 to log(alpha / (alpha - 1)), its bound, as they move apart.

    distances: of any shape, 0 or more
    same:      bool of that shape, True where both are one person

    >>> fine_grained_terms(torch.zeros(2), torch.tensor([True, False]), alpha=1.25)  # 0, log 5
    tensor([0.0000, 1.6094])
    """
    near = (-beta * distances).exp()
    bound = math.log(alpha / (alpha - 1))
    # The logarithm of alpha u in parts: of u itself it is -beta d, which does not underflow.
    log_near = math.log(alpha) - beta * distances
    one = near * (log_near - ((alpha - 1) * near + 1).log())
    one = one + math.log(alpha) - (alpha - 1 + near).log()
    return torch.where(same, one, near * bound)


def fine_grained_pairwise_loss(
    features: Tensor, persons: Tensor, alpha: float = 1.05, beta: float = 0.5
) -> Tensor:
    """The mean over all pairs of the batch of a symmetric divergence between likeness and truth.

    "Beyond Triplet Loss: Person Re-identification with Fine-grained Difference-aware Pairwise
    Loss" (FIDI), Cheng Yan, Guansong Pang, Xiao Bai, Changhong Liu, Xin Ning, Lin Gu, Jun Zhou,
    IEEE Transactions on Multimedia 2022: pairs of small difference are penalised exponentially,
    of large difference by no more than a bound. The equations (`fine_grained_terms`) and the
    defaults have these two properties, which the abstract names; they have not been held against
    the printed paper, and no code of its authors is public. The Euclidean distance of features as
    they are, and the mean instead of a sum, are ours.

    Needs at least two pictures of each person in the batch (`PKSampler`); no cameras. It has no
    margin and no mining. `contrastive_loss` pulls positives the harder the farther they are;
    `soft_mining_loss` weighs its pairs, with an exponential for the positives.

    features: (B, D) of any floating type; at distances far beyond 1 / beta gradients fade, so
              features of length 1, or a normalising layer before, suit it
    persons:  (B,) int64
    alpha:    above 1; the nearer to 1, the higher the bound, log(alpha / (alpha - 1))
    beta:     above 0, how fast likeness falls with distance

    Returns a scalar, float32 or float64: 0, with gradients of 0, for less than two pictures.

    >>> features = torch.tensor([[0.0], [0.0], [2.0]])  # 0; twice exp(-1) log 21
    >>> fine_grained_pairwise_loss(features, torch.tensor([0, 0, 1]))
    tensor(0.7467)
    """
    positive, negative = pairs_of(persons)
    terms = fine_grained_terms(distances_within(features), positive, alpha, beta)
    return mean_where(terms, positive | negative)

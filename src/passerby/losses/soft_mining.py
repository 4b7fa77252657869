"""Online soft mining: the contrastive loss, each pair weighed by how much it has to teach."""

import torch
from torch import Tensor

from passerby.losses.contrastive import contrastive_terms
from passerby.losses.cosines import unit
from passerby.losses.pairs import distances_within, pairs_of
from passerby.losses.precision import exact


def class_aware_attention(logits: Tensor, persons: Tensor) -> Tensor:
    """How well each picture fits its label: the classifier's share for its own person.

    Small for wrongly labelled and odd pictures, which then weigh little in `soft_mining_loss`. A
    constant to the gradients.

    logits:  (B, N) of any floating type
    persons: (B,) int64 in 0 .. N - 1

    Returns (B,) in [0, 1], float32 or float64.

    >>> class_aware_attention(torch.zeros(1, 4), torch.tensor([2]))
    tensor([0.2500])
    """
    return exact(logits.detach()).softmax(1).gather(1, persons[:, None]).squeeze(1)


def soft_mining_weights(
    distances: Tensor, same: Tensor, margin: float = 1.2, sigma: float = 0.8
) -> Tensor:
    """exp(-d^2 / sigma^2) for pairs of one person, max(0, margin - d) for pairs of two.

    Similar positives lead, since the different ones may lie on another side of their person's
    manifold; near negatives lead, and far ones are left out. Constants to the gradients.

    distances: of any shape
    same:      bool of that shape, True where both are one person

    >>> soft_mining_weights(torch.tensor([0.0, 0.4]), torch.tensor([True, False]))
    tensor([1.0000, 0.8000])
    """
    distances = distances.detach()
    near = (-distances.square() / sigma**2).exp()
    return torch.where(same, near, (margin - distances).clamp(min=0))


def soft_mining_loss(
    features: Tensor,
    persons: Tensor,
    attention: Tensor | None = None,
    margin: float = 1.2,
    sigma: float = 0.8,
    balance: float = 0.5,
) -> Tensor:
    """The weighted contrastive loss of all pairs of the batch.

    "Deep Metric Learning by Online Soft Mining and Class-Aware Attention", Xinshao Wang, Yang Hua,
    Elyor Kodirov, Guosheng Hu, Neil M. Robertson, AAAI 2019: over pairs of features of length 1,

        (1 - balance) sum_positive w d^2 / (2 sum w)
        + balance sum_negative w max(0, margin - d)^2 / (2 sum w)

    with w the weight of soft mining times the smaller attention of the two pictures. The weights
    are constants to the gradients, as in the authors' code. Its exponential weight of positive
    pairs is one reading of an "exponential pairwise penalty"; the other is
    `fine_grained_pairwise_loss`.

    Needs at least two pictures of each person in the batch (`PKSampler`); no cameras. Class-aware
    attention also needs a classifier's logits; without it this is soft mining alone. Without
    weights at all it would be `contrastive_loss`.

    features:  (B, D) of any floating type, brought to length 1 here
    persons:   (B,) int64
    attention: (B,), see `class_aware_attention`; None gives every picture 1
    margin:    alpha of the paper, of the distance between negatives
    sigma:     of soft mining's weights of positives
    balance:   lambda of the paper, share of the negatives, in [0, 1]

    Returns a scalar, float32 or float64: 0, with gradients of 0, when no pair has weight.

    >>> features = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])  # d^2 = 2; d = 0
    >>> soft_mining_loss(features, torch.tensor([0, 0, 1]))  # 2 / 4 + 1.2^2 / 4
    tensor(0.8600)
    """
    positive, negative = pairs_of(persons)
    distances = distances_within(unit(features))
    weights = soft_mining_weights(distances, positive, margin, sigma)
    if attention is not None:
        weights = weights * torch.minimum(attention[:, None], attention).detach()
    terms = weights * contrastive_terms(distances, positive, margin)

    def mean(pairs: Tensor) -> Tensor:
        total = torch.where(pairs, weights, 0.0).sum()
        return torch.where(pairs, terms, 0.0).sum() / total.clamp(min=1e-12)

    return (1 - balance) * mean(positive) + balance * mean(negative)

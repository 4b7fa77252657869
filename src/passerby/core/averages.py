"""One feature out of several of the same person: the plain and the weighted average."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.distances import Metric


def plain_average(features: Tensor, metric: Metric) -> Tensor:
    """The mean (D,) of features (M, D).

    For the cosine each is scaled to length 1 before, so that a long vector counts no more than a
    short; the mean itself is not.

    >>> plain_average(torch.tensor([[2.0, 0.0], [0.0, 1.0]]), "cosine")
    tensor([0.5000, 0.5000])
    """
    return weighted_average(features, torch.ones(len(features), device=features.device), metric)


def weighted_average(features: Tensor, weights: Tensor, metric: Metric) -> Tensor:
    """The mean (D,) of features (M, D), each counting as much as its weight (M,), such as quality.

    Weights below a millionth count as that, so that a tracklet of worthless pictures still has a
    feature: their plain average. For the cosine see `plain_average`.

    >>> features = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> weighted_average(features, torch.tensor([3.0, 1.0]), "cosine")
    tensor([0.7500, 0.2500])
    """
    features = normalize(features, dim=1) if metric == "cosine" else features
    shares = weights.clamp(min=1e-6)
    return (features * (shares / shares.sum())[:, None]).sum(0)

"""Pairwise distances between two sets of features."""

from typing import Literal

from torch import Tensor
from torch.nn.functional import normalize

Metric = Literal["euclidean", "cosine"]


def pairwise_distances(a: Tensor, b: Tensor, metric: Metric = "euclidean") -> Tensor:
    """Distance of every row of `a` to every row of `b`.

    a: (N, D), b: (M, D), floating point; returns (N, M) of the same type.
    "euclidean" is ||a - b||; "cosine" is 1 - cos(a, b), in [0, 2].

    Gradients are finite everywhere, also between identical rows.

    >>> import torch
    >>> pairwise_distances(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    >>> pairwise_distances(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 2.0]]), "cosine")
    tensor([[1.]])
    """
    if metric == "cosine":
        return 1 - normalize(a, dim=1) @ normalize(b, dim=1).T
    if metric == "euclidean":
        squares = a.square().sum(1, keepdim=True) + b.square().sum(1) - 2 * (a @ b.T)
        # clamp: subtraction can leave -1e-7, whose root is NaN, and the root has no slope at 0
        return squares.clamp(min=1e-12).sqrt()
    raise ValueError(f"metric is {metric!r}; it must be 'euclidean' or 'cosine'")

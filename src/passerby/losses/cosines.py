"""Cosines between features, or between features and the directions of classes."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from passerby.losses.precision import exact


def unit(vectors: Tensor) -> Tensor:
    """`vectors` (N, D) scaled to length 1, in float32 or float64.

    Below a length of 1e-6 they are taken for noise and stay shorter, so that the gradients at an
    all-zero feature stay small enough to live with.

    >>> unit(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    return normalize(exact(vectors), dim=1, eps=1e-6)


def cosines(a: Tensor, b: Tensor) -> Tensor:
    """Cosine of every row of `a` (N, D) with every row of `b` (M, D): (N, M), float32 or float64.

    >>> cosines(torch.tensor([[2.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 3.0]]))
    tensor([[1., 0.]])
    """
    # Autocast would multiply in bfloat16, whose cosines have two digits; scales of 64 show them.
    with torch.autocast(a.device.type, enabled=False):
        return unit(a) @ unit(b).T


class Directions(nn.Module):
    """A learned direction for each person, drawn at random: what classifiers by cosine compare to.

    num_persons: number of directions; people are 0 .. num_persons - 1
    channels:    D

    >>> ways = Directions(2, 2)
    >>> _ = ways.weight.data.copy_(torch.eye(2))
    >>> ways(torch.tensor([[0.0, 3.0]])).tolist()
    [[0.0, 1.0]]
    """

    def __init__(self, num_persons: int, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(num_persons, channels))

    def forward(self, features: Tensor) -> Tensor:
        """features (B, D) of any floating type -> cosines (B, num_persons)."""
        return cosines(features, self.weight)

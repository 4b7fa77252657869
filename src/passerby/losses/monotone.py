"""A matching head for which more difference is always less alike."""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from passerby.losses.cosines import unit


class MonotoneHead(nn.Module):
    """Two features -> the logits of "different" and "same", by a weighted sum of squares.

    `passerby.losses.verification.MatchingHead` gives each squared difference a weight of either
    sign, and on people it has not seen it does worse than Euclidean distance: about four in ten
    weights turn negative, which makes a difference speak for the same person. Here a weight is an
    exponential, and features count by their direction:

        odds of "different" = sum_d exp(w_d) (a_d - b_d)^2 + bias,    |a|^2 = |b|^2 = 1

    It begins as the squared Euclidean distance of features of length 1, so it ranks as cosine does
    until it has learnt better. It is ours; the squares are those of Zheng et al. 2016.

    channels: D
    dropout:  share of the squares that are dropped while learning

    >>> head = MonotoneHead(4).eval()
    >>> head(torch.randn(3, 4), torch.randn(3, 4)).shape
    torch.Size([3, 2])
    """

    def __init__(self, channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.logarithms = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Logits (N, 2), different and same, of the pairs of a (N, D) and b (N, D)."""
        with torch.autocast(a.device.type, enabled=False):
            squares = self.dropout((unit(a) - unit(b)).square())
            odds = squares @ self.logarithms.exp() + self.bias  # (N, D) -> (N,)
            return torch.stack([odds / 2, -odds / 2], dim=1)

    @torch.no_grad()
    def distances(self, a: Tensor, b: Tensor) -> Tensor:
        """Of each of a (N, D) to each of b (M, D): -log P(same), from 0 up, (N, M).

        Dropout is left out, and no gradient flows: for ranking and for mining pairs.

        >>> ways = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
        >>> MonotoneHead(2).distances(ways, ways)  # log(1 + 1) and log(1 + exp(2))
        tensor([[0.6931, 2.1269],
                [2.1269, 0.6931]])
        """
        with torch.autocast(a.device.type, enabled=False):
            a, b, weights = unit(a), unit(b), self.logarithms.exp()
            odds = -2 * (a * weights) @ b.T
            odds += (a.square() @ weights)[:, None] + b.square() @ weights
            return softplus(odds + self.bias)

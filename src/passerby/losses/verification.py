"""Verification loss: do two pictures show one person or two?"""

from typing import Literal, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from passerby.losses.precision import exact
from passerby.losses.triplet import hardest


def verification_loss(logits: Tensor, same: Tensor, valid: Tensor | None = None) -> Tensor:
    """Cross entropy of pairs in two classes, averaged over the pairs that are valid.

    "A Discriminatively Learned CNN Embedding for Person Re-identification", Zhedong Zheng, Liang
    Zheng, Yi Yang, arXiv 2016 (ACM TOMM 2017), the verification loss:

        - sum over {different, same} of p_i log softmax(logits)_i

    A pair loss like the contrastive one, but on a learned comparison instead of a distance: needs
    a `MatchingHead`, and pairs of both kinds, from any camera.

    logits: (N, 2) of any floating type: different, same
    same:   (N,) bool, whether the pair shows one person
    valid:  (N,) bool, which pairs count; None for all

    Returns a scalar, float32 or float64; 0, with gradients of 0, when no pair counts.

    >>> verification_loss(torch.zeros(2, 2), torch.tensor([True, False]))  # log 2
    tensor(0.6931)
    """
    logits = exact(logits)
    odds = logits[:, 1] - logits[:, 0]  # (N, 2) -> (N,); of same against different
    terms = torch.where(same, softplus(-odds), softplus(odds))
    if valid is None:
        return terms.sum() / max(len(terms), 1)
    # where, not a product: what a pair that does not count gives may be anything.
    return torch.where(valid, terms, 0.0).sum() / valid.sum().clamp(min=1)


class Matching(Protocol):
    """What compares two features by what it has learnt; see `MatchingHead`."""

    def __call__(self, a: Tensor, b: Tensor, /) -> Tensor:
        """Logits (N, 2), different and same, of the pairs of a (N, D) and b (N, D)."""
        ...

    def distances(self, a: Tensor, b: Tensor) -> Tensor:
        """Of each of a (N, D) to each of b (M, D): (N, M), without gradients."""
        ...


def batch_verification_loss(
    matching: "Matching",
    features: Tensor,
    persons: Tensor,
    mining: Literal["hard", "random"] = "hard",
) -> Tensor:
    """The verification loss of two pairs for each picture: with its own person, and with another.

    matching: a `MatchingHead`, or another head such as `passerby.losses.monotone.MonotoneHead`
    features: (B, D) of any floating type
    persons:  (B,) int64
    mining:   "hard": those that the head at present finds least and most alike; "random" draws both

    Returns a scalar, float32 or float64; 0, with gradients of 0, when no picture has both.
    """
    if mining == "hard":
        apart = matching.distances(features, features)  # (B, D) -> (B, B)
    else:
        apart = torch.rand(len(persons), len(persons), device=persons.device)
    positive, negative, valid = hardest(apart, persons)
    others = torch.cat([positive, negative])  # (B,), (B,) -> (2B,)
    logits = matching(features.repeat(2, 1), features[others])
    same = torch.arange(len(others), device=persons.device) < len(persons)
    return verification_loss(logits, same, valid.repeat(2))


class MatchingHead(nn.Module):
    """Two features -> the logits of "different" and "same", learnt from their squared difference.

    Zheng et al. 2016, as above: the square layer (a - b)^2, dropout, a linear layer to two
    logits. It is the same for (a, b) and (b, a). It begins as the mean of the squares, so that the
    first hard pairs are hard; that is ours, and so is a layer of `hidden` units with a ReLU
    between, which begins at random.

    channels: D
    hidden:   units of the layer between; None for none, as in the paper
    dropout:  share of the squares that are dropped while learning; 0.9 in the authors' code

    >>> head = MatchingHead(4).eval()
    >>> head(torch.randn(3, 4), torch.randn(3, 4)).shape
    torch.Size([3, 2])
    """

    def __init__(self, channels: int, hidden: int | None = None, dropout: float = 0.9) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(channels, hidden) if hidden else None
        self.logits = nn.Linear(hidden or channels, 2)
        if self.hidden is None:
            with torch.no_grad():
                self.logits.weight.copy_(torch.tensor([[0.5], [-0.5]]) / channels)
            nn.init.zeros_(self.logits.bias)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Logits (..., 2), different and same, of the pairs of a (..., D) and b (..., D)."""
        # Autocast would round the squares, which are large where people differ.
        with torch.autocast(a.device.type, enabled=False):
            compared = self.dropout((exact(a) - exact(b)).square())
            if self.hidden is not None:
                compared = self.hidden(compared).relu()
            return self.logits(compared)

    @torch.no_grad()
    def distances(self, a: Tensor, b: Tensor) -> Tensor:
        """Of each of a (N, D) to each of b (M, D): -log P(same), from 0 up, (N, M).

        Dropout is left out, and no gradient flows: for ranking and for mining pairs. A logarithm,
        because the shares themselves round to 1 wherever two pictures are much alike. With hidden
        units it holds N x M x D numbers at once, without them N x M.

        >>> head = MatchingHead(1)
        >>> _ = head.load_state_dict({"logits.weight": torch.tensor([[1.0], [0.0]]),
        ...                           "logits.bias": torch.tensor([-3.0, 0.0])})
        >>> head.distances(torch.tensor([[0.0]]), torch.tensor([[0.0], [1.0], [2.0]]))
        tensor([[0.0486, 0.1269, 1.3133]])
        """
        with torch.autocast(a.device.type, enabled=False):
            a, b = exact(a), exact(b)
            weight = self.logits.weight[0] - self.logits.weight[1]  # (2, D) -> (D,)
            bias = self.logits.bias[0] - self.logits.bias[1]
            if self.hidden is None:
                # w . (a - b)^2 = w . a^2 + w . b^2 - 2 (w a) . b
                odds = -2 * (a * weight) @ b.T
                odds += (a.square() @ weight)[:, None] + b.square() @ weight
            else:
                squares = (a[:, None] - b).square()  # (N, D), (M, D) -> (N, M, D)
                odds = self.hidden(squares).relu() @ weight
            return softplus(odds + bias)


class VerificationLoss(nn.Module):
    """A `MatchingHead` and the loss of a batch's pairs by it, see `batch_verification_loss`.

    channels: D

    >>> loss = VerificationLoss(4)
    >>> float(loss(torch.zeros(4, 4), torch.tensor([0, 0, 1, 1]))) > 0
    True
    """

    def __init__(
        self,
        channels: int,
        hidden: int | None = None,
        dropout: float = 0.9,
        mining: Literal["hard", "random"] = "hard",
    ) -> None:
        super().__init__()
        self.matching = MatchingHead(channels, hidden, dropout)
        self.mining: Literal["hard", "random"] = mining

    def forward(self, features: Tensor, persons: Tensor) -> Tensor:
        """features (B, D) of any floating type, persons (B,) int64 -> a scalar."""
        return batch_verification_loss(self.matching, features, persons, self.mining)

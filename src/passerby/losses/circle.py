"""Circle loss: each similarity pulled by how far it is from where it should be."""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from passerby.losses.cosines import Directions, cosines
from passerby.losses.identification import identification_loss
from passerby.losses.pairs import mean_where, pairs_of


def circle_exponents(similarities: Tensor, same: Tensor, margin: float, scale: float) -> Tensor:
    """-scale a_p (s - (1 - margin)) for similarities of one person, scale a_n (s - margin) of two.

    The weights a_p = max(0, 1 + margin - s) and a_n = max(0, s + margin) are constants to the
    gradients, as in the paper's equation 10.

    similarities: cosines, of any shape
    same:         bool of that shape, True where both are one person

    >>> circle_exponents(torch.tensor([0.5, 0.5]), torch.tensor([True, False]), 0.25, scale=64.0)
    tensor([12., 12.])
    """
    fixed = similarities.detach()
    pull = (1 + margin - fixed).clamp(min=0) * (1 - margin - similarities)
    push = (fixed + margin).clamp(min=0) * (similarities - margin)
    return scale * torch.where(same, pull, push)


def circle_loss(
    features: Tensor, persons: Tensor, margin: float = 0.25, scale: float = 128.0
) -> Tensor:
    """The circle loss on the pairs of a batch.

    "Circle Loss: A Unified Perspective of Pair Similarity Optimization", Yifan Sun, Changmao
    Cheng, Yuhan Zhang, Chi Zhang, Liang Zheng, Zhongdao Wang, Yichen Wei, CVPR 2020: for one
    anchor with cosines s_p to its positives and s_n to its negatives,

        log(1 + sum_j exp(scale a_n (s_n - margin)) sum_i exp(-scale a_p (s_p - (1 - margin))))

    where a_n = max(0, s_n + margin) and a_p = max(0, 1 + margin - s_p), averaged over the anchors
    that have both. `CircleLoss` is the same with a learned direction for each person in place of
    the pairs. The scale here is what Re-ID toolboxes take; for faces the paper's is 256, with the
    same margin.

    Needs at least two pictures of each person in the batch (`PKSampler`); no cameras. Compare by
    cosine. `weighted_triplet_loss` weighs distances relative to each other, this one relative to
    where they should be; with all weights 1 it would be a soft triplet loss on all triplets.

    features: (B, D) of any floating type
    persons:  (B,) int64
    margin:   m, cosines of one person should exceed 1 - m, and of two be less than m
    scale:    gamma

    Returns a scalar, float32 or float64: 0, with gradients of 0, when no anchor has both.

    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> circle_loss(features, torch.tensor([0, 0, 1]), scale=16.0)  # log(1 + exp(-1 - 1))
    tensor(0.1269)
    """
    similarities = cosines(features, features)
    positive, negative = pairs_of(persons)
    exponents = circle_exponents(similarities, positive, margin, scale)
    # Not minus infinity: a row of them would have NaN for gradients.
    lowest = torch.finfo(exponents.dtype).min
    pull = exponents.masked_fill(~positive, lowest).logsumexp(1)  # (B, B) -> (B,)
    push = exponents.masked_fill(~negative, lowest).logsumexp(1)
    return mean_where(softplus(pull + push), positive.any(1) & negative.any(1))


class CircleLoss(nn.Module):
    """The circle loss on class labels: one anchor, its person's direction and everybody else's.

    With one positive similarity the equation of `circle_loss` is the cross entropy of a softmax
    over `circle_exponents`, with the sign of the positive turned.

    num_persons: number of directions; people are 0 .. num_persons - 1
    channels:    D
    margin, scale: as of `circle_loss`

    >>> loss = CircleLoss(num_persons=2, channels=2, scale=16.0)
    >>> _ = loss.directions.weight.data.copy_(torch.eye(2))
    >>> loss(torch.tensor([[2.0, 0.0]]), torch.tensor([0]))  # log(1 + exp(-1 - 1)), as above
    tensor(0.1269, grad_fn=<NegBackward0>)
    """

    def __init__(
        self, num_persons: int, channels: int, margin: float = 0.25, scale: float = 128.0
    ) -> None:
        super().__init__()
        self.margin = margin
        self.scale = scale
        self.directions = Directions(num_persons, channels)

    def forward(self, features: Tensor, persons: Tensor) -> Tensor:
        """features (B, D) of any floating type, persons (B,) int64 -> a scalar."""
        similarities = self.directions(features)  # (B, D) -> (B, num_persons)
        own = torch.arange(similarities.shape[1], device=persons.device) == persons[:, None]
        exponents = circle_exponents(similarities, own, self.margin, self.scale)
        return identification_loss(torch.where(own, -exponents, exponents), persons, smoothing=0.0)

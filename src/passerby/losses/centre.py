"""Centre loss: pictures of one person are drawn to the middle of their features."""

from typing import cast

import torch
from torch import Tensor, nn

from passerby.losses.precision import exact


class CentreLoss(nn.Module):
    """Half the squared distance to the centre of one's own person, averaged over the batch.

    "A Discriminative Feature Learning Approach for Deep Face Recognition", Yandong Wen, Kaipeng
    Zhang, Zhifeng Li, Yu Qiao, ECCV 2016, equations 2 to 4:

        loss = 1/2 sum_i ||x_i - c_{y_i}||^2
        c_j <- c_j - rate * sum_{i: y_i = j} (c_j - x_i) / (1 + |{i: y_i = j}|)

    The paper prints a sum over the batch; this is the mean, as of every other loss here, so that
    its weight does not depend on the batch's size. (The code that Luo et al. 2019 published takes
    the mean too, but leaves the half out: the same weight counts twice as much there.) Centres are
    no parameters: as in the paper they follow the features by a rule of their own. In training mode
    they take one such step after each loss, also across processes, as batch normalisation does;
    in evaluation mode they rest.

    num_persons: number of centres; people are 0 .. num_persons - 1
    channels:    D
    rate:        alpha of the paper, in [0, 1]

    >>> loss = CentreLoss(2, 3)
    >>> loss(torch.tensor([[1.0, 2.0, 2.0]]), torch.tensor([1]))
    tensor(4.5000)
    >>> loss.centres[1]
    tensor([0.2500, 0.5000, 0.5000])
    """

    def __init__(self, num_persons: int, channels: int, rate: float = 0.5) -> None:
        super().__init__()
        self.rate = rate
        self.register_buffer("centres", torch.zeros(num_persons, channels))

    def forward(self, features: Tensor, persons: Tensor) -> Tensor:
        """features (B, D) of any floating type, persons (B,) int64 -> a scalar."""
        centres = cast(Tensor, self.centres)
        away = exact(features) - centres[persons]  # (B, D)
        if self.training:
            self._follow(away.detach(), persons)
        return away.square().sum() / (2 * max(len(persons), 1))

    @torch.no_grad()
    def _follow(self, away: Tensor, persons: Tensor) -> None:
        """One step of the centres of `persons` (B,) to their features, which are `away` (B, D)."""
        centres = cast(Tensor, self.centres)
        steps = torch.zeros_like(centres).index_add_(0, persons, away.to(centres.dtype))
        # Not bincount, for which a GPU waits to find the largest number.
        counts = centres.new_zeros(len(centres))
        counts = counts.index_add_(0, persons, counts.new_ones(len(persons)))
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.all_reduce(steps)
            torch.distributed.all_reduce(counts)
        centres += self.rate * steps / (1 + counts)[:, None]

"""Learning rates as plain functions of time, as a share of the full rate.

They hold no state, so a run that was interrupted goes on with exactly the rate it had.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from passerby.core.errors import PasserbyError


def above_zero(rate: float) -> float:
    """`rate`, the full learning rate. Raises PasserbyError unless it is above 0.

    >>> above_zero(3e-4)
    0.0003
    """
    if not rate > 0:
        raise PasserbyError(f"learning_rate is {rate}; it must be above 0")
    return rate


@dataclass(frozen=True)
class Falling:
    """A learning rate that falls after each of some epochs.

    highest:    until the first of them. Raises PasserbyError unless it is above 0
    milestones: epochs after which it falls, see `steps_down`
    decay:      factor by which it falls

    >>> [round(Falling(3e-4, (40, 70)).at(epoch), 8) for epoch in (0, 40, 70)]
    [0.0003, 3e-05, 3e-06]
    """

    highest: float
    milestones: Sequence[int]
    decay: float = 0.1

    def __post_init__(self) -> None:
        above_zero(self.highest)

    def at(self, epoch: int) -> float:
        """The rate of an epoch, counted from 0."""
        return self.highest * steps_down(epoch, self.milestones, self.decay)


def warm_up(epoch: int, epochs: int) -> float:
    """Share that rises by equal steps over the first `epochs` epochs, and is 1 from then on.

    epoch counts from 0: with 10 epochs the shares are 0.1, 0.2, ... 1.

    >>> [warm_up(epoch, 4) for epoch in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    return min(1.0, (epoch + 1) / epochs) if epochs > 0 else 1.0


def steps_down(epoch: int, milestones: Sequence[int], factor: float = 0.1) -> float:
    """Share that is multiplied by `factor` after each of `milestones` epochs.

    epoch counts from 0: epoch 40, the 41st, is the first at the lower rate of milestone 40.

    >>> [round(steps_down(epoch, (40, 70)), 3) for epoch in (0, 39, 40, 69, 70)]
    [1.0, 1.0, 0.1, 0.1, 0.01]
    """
    return factor ** sum(epoch >= milestone for milestone in milestones)


def cosine(epoch: int, epochs: int) -> float:
    """Share that falls along half a cosine, from 1 at epoch 0 to almost 0 at the last of `epochs`.

    "SGDR: Stochastic Gradient Descent with Warm Restarts", Ilya Loshchilov, Frank Hutter, ICLR
    2017, without restarts.

    >>> [round(cosine(epoch, 4), 3) for epoch in range(4)]
    [1.0, 0.854, 0.5, 0.146]
    """
    return (1 + math.cos(math.pi * min(epoch, epochs) / max(epochs, 1))) / 2


def exponential_tail(step: int, start: int, end: int, final: float = 0.001) -> float:
    """Share that is 1 until `start` and then falls exponentially, to `final` at `end`.

    Hermans et al. 2017 ("In Defense of the Triplet Loss"), equation 9, with iterations as steps.

    >>> [round(exponential_tail(step, 100, 200), 4) for step in (0, 100, 150, 200)]
    [1.0, 1.0, 0.0316, 0.001]
    """
    if step <= start:
        return 1.0
    return final ** (min(step - start, end - start) / (end - start))


def epoch_at(step: int, batches_per_epoch: int | None, passes: int) -> int:
    """The paper's epoch, from 0: whole `batches_per_epoch` so far, or passes over the data.

    >>> epoch_at(3999, 2000, passes=31), epoch_at(3999, None, passes=31)
    (1, 31)
    """
    return passes if batches_per_epoch is None else step // batches_per_epoch


def at_least_one_batch(batches_per_epoch: int | None) -> int | None:
    """The number itself. Raises PasserbyError when it is below 1."""
    if batches_per_epoch is not None and batches_per_epoch < 1:
        raise PasserbyError(
            f"batches_per_epoch is {batches_per_epoch}; an epoch has 1 batch or more"
        )
    return batches_per_epoch

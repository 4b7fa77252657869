"""Learning rates as plain functions of time, as a share of the full rate.

They hold no state, so a run that was interrupted goes on with exactly the rate it had.
"""

import math
from collections.abc import Sequence

from passerby.core.errors import PasserbyError


def above_zero(rate: float) -> float:
    """`rate`, the full learning rate. Raises PasserbyError unless it is above 0.

    >>> above_zero(3e-4)
    0.0003
    """
    if not rate > 0:
        raise PasserbyError(f"learning_rate is {rate}; it must be above 0")
    return rate


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

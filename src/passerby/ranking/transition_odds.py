"""Transition odds: how much a time between two cameras speaks for one person and against two."""

from math import log

from torch import Tensor

from passerby.ranking.transitions import TransitionTimes


def transition_odds(
    transitions: TransitionTimes,
    cameras_a: Tensor,
    times_a: Tensor,
    cameras_b: Tensor,
    times_b: Tensor,
    most: float = 20.0,
) -> Tensor:
    """Logarithm of how many times likelier the wait is for one person than for two; float32.

    Two people may come at any time that the histograms span, all as likely; what one person does
    is learnt. 0, which says nothing, where a time or the two cameras are unknown. Never beyond
    log(`most`) on either side: nobody is ruled out by being slower than anyone before.

    cameras: int64, times: float64 seconds, of shapes that broadcast

    >>> import torch
    >>> times = TransitionTimes(torch.tensor([[1, 2]]), torch.tensor([[0.25, 0.75]]), 10.0, 0.0)
    >>> there, here = torch.tensor(2), torch.tensor(1)
    >>> waits = torch.tensor([5.0, 15.0, 99.0, torch.nan])
    >>> transition_odds(times, here, torch.tensor(0.0), there, waits).exp()
    tensor([0.5000, 1.5000, 0.0500, 1.0000])
    """
    likely = transitions.probability(cameras_a, times_a, cameras_b, times_b)
    span = transitions.histograms.shape[1]
    return (likely * span).clamp(min=1 / most, max=most).log().clamp(-log(most), log(most))

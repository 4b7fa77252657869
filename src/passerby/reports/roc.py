"""The ROC curve: how many genuine pairs are accepted for how many impostor pairs."""

import math
from collections.abc import Mapping

from passerby.metrics.verification import VerificationScores
from passerby.reports.figure_style import Figure
from passerby.reports.figures import line_figure

_LOWEST = -5
"""Power of ten of the smallest rate that is shown."""
_STEPS = 24
"""Points for each power of ten."""


def roc_figure(runs: Mapping[str, VerificationScores]) -> Figure:
    """ROC curves of one or more runs, false positives by powers of ten.

    The curve begins at the smallest rate that so many impostor pairs can tell from 0.

    >>> import torch
    >>> from passerby.metrics.pairs import Moments
    >>> from passerby.metrics.roc import Roc
    >>> moments, bins = (Moments(2, 0.5, 0.1), Moments(2, 0.5, 0.1)), torch.tensor([0.0, 1.0])
    >>> roc = Roc.of(torch.tensor([0.1, 0.4]), torch.tensor([0.3, 0.9]))
    >>> scores = VerificationScores("p", roc, 0.75, 0.5, 0.1, *moments, bins, bins[1:], bins[1:])
    >>> roc_figure({"trained": scores}).description
    'ROC curve. trained: equal error rate 50.0 %'
    """
    series = {}
    lowest = 0.0
    for name, scores in runs.items():
        first = max(_LOWEST, math.log10(1 / scores.roc.impostors))
        lowest = min(lowest, first)
        steps = max(2, round(_STEPS * -first))
        rates = [10 ** (first * (steps - step) / steps) for step in range(steps + 1)]
        # Rounding: 10 ** log10(x) may fall just short of x.
        rates[0] = max(rates[0], 1 / scores.roc.impostors)
        series[name] = (rates, [100 * scores.tpr_at(rate) for rate in rates])
    powers = [10.0**power for power in range(math.ceil(lowest), 1)]
    shown = powers if len(powers) > 1 else [10**lowest, *powers]
    said = "; ".join(
        f"{name}: equal error rate {100 * scores.equal_error:.1f} %"
        for name, scores in runs.items()
    )
    return line_figure(
        series,
        "impostor pairs accepted",
        "genuine pairs accepted (%)",
        description=f"ROC curve. {said}",
        name="roc",
        y_range=(0, 103),
        ticks={rate: f"{100 * rate:.3g} %" for rate in dict.fromkeys(shown)},
        logarithmic=True,
        size=(5.4, 3.6),
    )

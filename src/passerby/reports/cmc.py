"""The CMC curve: how often a right answer is among the first k."""

from collections.abc import Mapping

from torch import Tensor

from passerby.reports.figure_style import Figure
from passerby.reports.figures import line_figure


def cmc_figure(curves: Mapping[str, Tensor]) -> Figure:
    """CMC curves of one or more runs.

    curves: run name -> (K,) share of queries in [0, 1], as `Scores.cmc`

    >>> import torch
    >>> cmc_figure({"trained": torch.tensor([0.5, 1.0])}).description
    'CMC curve. trained: rank-1 50.0 %'
    """
    series = {
        name: (list(range(1, len(cmc) + 1)), (100 * cmc).tolist()) for name, cmc in curves.items()
    }
    longest = max(map(len, curves.values()), default=0)
    said = "; ".join(f"{name}: rank-1 {y[0]:.1f} %" for name, (_, y) in series.items() if y)
    return line_figure(
        series,
        "rank k",
        "queries answered within k (%)",
        description=f"CMC curve. {said}",
        name="cmc",
        y_range=(0, 103),
        marked=(1, 5, 10),
        ticks=[k for k in (1, 5, 10, 20, 30, 40, 50) if k <= longest],
        size=(5.4, 3.6),
    )

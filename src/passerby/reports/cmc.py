"""The CMC curve: how often a right answer is among the first k."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from torch import Tensor

from passerby.reports.figures import line_figure

if TYPE_CHECKING:
    from markupsafe import Markup


def cmc_figure(curves: Mapping[str, Tensor]) -> "Markup":
    """CMC curves of one or more runs, as SVG to put into a page.

    curves: run name -> (K,) share of queries in [0, 1], as `Scores.cmc`

    Raises PasserbyError when matplotlib is not installed.

    >>> import torch
    >>> "rank-1 50.0 %" in cmc_figure({"trained": torch.tensor([0.5, 1.0])})
    True
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
        y_range=(0, 103),
        marked=(1, 5, 10),
        ticks=[k for k in (1, 5, 10, 20, 30, 40, 50) if k <= longest],
    )

"""The precision-recall curve: how many wrong answers stand among the right ones."""

from collections.abc import Mapping

from torch import Tensor

from passerby.reports.figure_style import Figure
from passerby.reports.figures import line_figure


def precision_recall_figure(curves: Mapping[str, Tensor]) -> Figure:
    """Precision-recall curves of one or more runs.

    curves: run name -> (101,) precision in [0, 1] at a recall of 0, 1, ..., 100 per cent, as
            `Scores.recall_precision`

    >>> import torch
    >>> precision_recall_figure({"trained": torch.linspace(1, 0, 101)}).description
    'Precision-recall curve. trained: precision 50.0 % at a recall of 50 %'
    """
    series = {
        name: (list(range(len(precision))), (100 * precision).tolist())
        for name, precision in curves.items()
    }
    said = "; ".join(
        f"{name}: precision {y[50]:.1f} % at a recall of 50 %" for name, (_, y) in series.items()
    )
    return line_figure(
        series,
        "recall: right answers found (%)",
        "precision (%)",
        description=f"Precision-recall curve. {said}",
        name="precision-recall",
        y_range=(0, 103),
        marked=(0, 50, 100),
        ticks=(0, 20, 40, 60, 80, 100),
        size=(5.4, 3.6),
    )

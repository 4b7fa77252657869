"""Points in a plane, coloured by what they belong to."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.reports.figure_style import COLOURS, GREY, Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEN = (*COLOURS, "#5f8f1f", "#9a6b4f", "#1f95c9", "#c0453b")
"""Colours of the categories that are told apart."""

MARKERS = ("o", "^", "s", "D", "v", "P", "X", "p", "<", ">")
"""Categories differ by shape as well, for those who do not tell the colours apart."""


def scatter_figure(
    points: np.ndarray,
    categories: Sequence[int],
    word: str,
    *,
    description: str,
    name: str = "scatter",
    others: str = "others",
    most: int = len(TEN),
) -> Figure:
    """Points of a layout; the `most` largest categories in a colour of their own, the rest grey.

    points:     (N, 2); the axes mean nothing and are not drawn
    categories: N numbers; equally large ones in their order
    word:       what a category is, such as "camera": stands before its number in the legend
    most:       at most 10

    Raises PasserbyError when there is not one category for each point.

    >>> figure = scatter_figure(np.zeros((2, 2)), [1, 2], "camera", description="two points")
    >>> "camera 2" in figure.markup()
    True
    """
    if len(points) != len(categories):
        raise PasserbyError(
            f"{len(points)} points came with {len(categories)} categories; give one for each point"
        )
    most = min(most, len(TEN))
    where = np.asarray(categories)
    counted = sorted(Counter(categories).items(), key=lambda item: (-item[1], item[0]))
    told_apart = sorted(category for category, _ in counted[:most])
    rest = ~np.isin(where, told_apart)

    def draw(axes: "Axes") -> None:
        axes.axis("off")
        axes.set_aspect("equal", adjustable="datalim")
        if rest.any():
            axes.scatter(*points[rest].T, s=9, color=GREY, alpha=0.45, linewidths=0, label=others)
        for number, category in enumerate(told_apart):
            axes.scatter(
                *points[where == category].T,
                s=44 if rest.any() else 26,
                color=TEN[number],
                marker=MARKERS[number],
                alpha=0.9,
                linewidths=0,
                label=f"{word} {category}",
                zorder=3,
            )
        drawn = axes.get_figure()
        if drawn is not None:
            drawn.legend(loc="outside lower center", ncols=3, handletextpad=0.2, markerscale=1.3)

    return Figure(name, description, draw, (5.4, 5.6))

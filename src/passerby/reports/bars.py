"""Bars beside each other: counts of one or more sets by category."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from passerby.core.errors import PasserbyError
from passerby.reports.extras import require
from passerby.reports.figure_style import COLOURS, Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FEWEST = 6
"""Fewer categories than that do not get wider bars."""
_WORDS = 24
"""So many short words fit below the axis, and a third as many long ones."""


def bar_figure(
    counts: Mapping[str, Sequence[float]],
    categories: Sequence[str],
    x_label: str,
    y_label: str,
    *,
    description: str,
    name: str = "bars",
    size: tuple[float, float] = (5.4, 3.3),
) -> Figure:
    """For each category one bar of each set.

    counts:     set -> a count for each category
    categories: what is written below each group of bars, as far as there is room

    Raises PasserbyError when a set has not one count for each category.

    >>> bars = bar_figure({"query": [3]}, ["1"], "camera", "pictures", description="one bar")
    >>> "one bar" in bars.markup()
    True
    """
    for label, values in counts.items():
        if len(values) != len(categories):
            raise PasserbyError(
                f"{label!r} has {len(values)} counts for {len(categories)} categories; give one "
                "for each"
            )

    def draw(axes: "Axes") -> None:
        axes.grid(visible=False, axis="x")
        width = 0.8 / len(counts)
        for number, (label, values) in enumerate(counts.items()):
            left = [place - 0.4 + width * number for place in range(len(values))]
            colour = COLOURS[number % len(COLOURS)]
            axes.bar(left, values, width, align="edge", color=colour, alpha=0.85, label=label)
        margin = max(0, _FEWEST - len(categories)) / 2
        axes.set_xlim(-0.6 - margin, len(categories) - 0.4 + margin)
        fitting = _WORDS if max(map(len, categories), default=0) < 3 else _WORDS // 3
        every = max(1, -(-len(categories) // fitting))
        axes.set_xticks(range(0, len(categories), every), categories[::every])
        axes.set_xlabel(x_label)
        axes.set_title(y_label)
        axes.yaxis.set_major_locator(require("matplotlib.ticker").MaxNLocator(6, integer=True))
        if len(counts) > 1:
            place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}
            axes.legend(ncols=len(counts), columnspacing=2.0, **place)

    return Figure(name, description, draw, size)

"""Histograms over one axis, drawn over each other, with a value marked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from passerby.core.errors import PasserbyError
from passerby.reports.figure_style import COLOURS, DASHES, Figure, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def histogram_figure(
    counts: Mapping[str, Sequence[float]],
    edges: Sequence[float],
    x_label: str,
    *,
    description: str,
    name: str = "histogram",
    marked: tuple[float, str] | None = None,
    y_label: str = "share (%)",
    size: tuple[float, float] = (5.4, 3.6),
) -> Figure:
    """One or more histograms over the same bins, the second drawn over the first.

    Each shows per cent of its own total, so that large and small ones compare.

    counts: name -> how many stand in each of B bins
    edges:  B + 1 rising borders of the bins
    marked: a value on the axis and what it is: a line with its words

    Raises PasserbyError when a histogram has not one count for each bin.

    >>> figure = histogram_figure({"right": [3, 1]}, [0, 1, 2], "distance", description="two bars")
    >>> "two bars" in figure.markup()
    True
    """
    for label, values in counts.items():
        if len(values) != len(edges) - 1:
            raise PasserbyError(
                f"histogram {label!r} has {len(values)} counts for {len(edges) - 1} bins; "
                "give one for each bin"
            )

    def draw(axes: "Axes") -> None:
        axes.grid(visible=False, axis="x")
        for number, (label, values) in enumerate(counts.items()):
            total = sum(values) or 1
            heights = [100 * value / total for value in values]
            colour = COLOURS[number % len(COLOURS)]
            dashes = DASHES[number % len(DASHES)]
            axes.stairs(heights, edges, fill=True, color=colour, alpha=0.28, linewidth=0)
            axes.stairs(
                heights, edges, color=colour, linewidth=1.8, linestyle=dashes, label=label, zorder=3
            )
        axes.set_ylim(0, axes.get_ylim()[1] * (1.12 if marked else 1))  # room for its words
        axes.margins(x=0.01)
        if marked:
            _mark(axes, *marked)
        axes.set_xlabel(x_label)
        axes.set_title(y_label)
        if len(counts) > 1:
            # In the line of the title: bars may stand anywhere.
            place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}
            axes.legend(ncols=len(counts), columnspacing=2.0, **place)

    return Figure(name, description, draw, size)


def _mark(axes: "Axes", value: float, words: str) -> None:
    """A line at `value`, its words on the side where there is more room."""
    low, high = axes.get_xlim()
    right = value < (low + high) / 2
    axes.axvline(value, color=ink(axes), linewidth=1.4, linestyle=(0, (3, 2)), zorder=4)
    axes.annotate(
        words,
        (value, 1),
        xycoords=("data", "axes fraction"),
        xytext=(6 if right else -6, -2),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
        zorder=5,
    )

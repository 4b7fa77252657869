"""Line figures: one or more series on one pair of axes."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from passerby.reports.figure_style import COLOURS, DASHES, Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Series = tuple[Sequence[float], Sequence[float]]

_SHORT, _LINE = 24, 36
"""Letters of a name that fit among the lines, and of a line of a longer name below them."""
_LINE_HEIGHT = 0.21
"""Inches."""


def line_figure(
    series: Mapping[str, Series],
    x_label: str,
    y_label: str,
    *,
    description: str,
    name: str = "lines",
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    marked: Sequence[float] = (),
    ticks: Sequence[float] | Mapping[float, str] = (),
    y_ticks: Sequence[float] = (),
    logarithmic: bool = False,
    size: tuple[float, float] = (7.2, 3.6),
) -> Figure:
    """Lines on one pair of axes.

    series:      name -> (x values, y values), drawn in their order
    description: what is to be seen, for those who cannot see it
    name:        what the figure's files are called
    marked:      x values that get a dot on every line
    ticks:       x values to write at the axis, or what to write at each; chosen when none are given
    y_ticks:     y values to write at the axis; chosen when none are given
    logarithmic: whether x runs by powers of ten
    size:        width and height in inches; the page scales it to its own width. Long names stand
                 below the lines, and make the figure higher

    The same series give the same bytes.

    >>> drawn = line_figure({"a": ([1, 2], [0.5, 0.9])}, "rank", "share", description="a rise")
    >>> svg = drawn.markup()
    >>> svg.startswith("<svg"), "a rise" in svg
    (True, True)
    """

    long = len(series) > 1 and max(map(len, series)) > _SHORT
    # Matplotlib leaves names that begin with an underscore out of a legend.
    labels = [textwrap.fill(f" {name}" if name[:1] == "_" else name, _LINE) for name in series]
    lines = sum(label.count("\n") + 1 for label in labels)

    def draw(axes: "Axes") -> None:
        axes.grid(visible=False, axis="x")
        for number, (label, (x, y)) in enumerate(zip(labels, series.values(), strict=True)):
            dots = [place for place, value in enumerate(x) if value in marked]
            axes.plot(
                x,
                y,
                label=label,
                color=COLOURS[number % len(COLOURS)],
                linestyle=DASHES[number % len(DASHES)],
                marker="o" if marked else "",
                markersize=5,
                markevery=dots if len(x) > 1 else None,
                zorder=3 + len(series) - number,
            )
        axes.set_xlabel(x_label)
        # Above the axis and level: it reads without turning the head, and fits small screens.
        axes.set_title(y_label)
        axes.margins(x=0.05 if logarithmic else 0.02)
        if logarithmic:
            axes.set_xscale("log")
            axes.minorticks_off()
        if ticks:
            words = list(ticks.values()) if isinstance(ticks, Mapping) else None
            axes.set_xticks(list(ticks), words)
        if y_ticks:
            axes.set_yticks(list(y_ticks))
        if x_range is not None:
            axes.set_xlim(*x_range)
        if y_range is not None:
            axes.set_ylim(*y_range)
        drawn = axes.get_figure()
        if long and drawn is not None:
            drawn.legend(loc="outside lower left", handlelength=2.6)
        elif len(series) > 1:
            axes.legend(loc="best")

    width, height = size
    return Figure(name, description, draw, (width, height + long * (lines + 1) * _LINE_HEIGHT))

"""Line figures as inline SVG, in one style that suits light and dark pages alike."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from passerby.reports.extras import require

if TYPE_CHECKING:
    from markupsafe import Markup

COLOURS = ("#0e9384", "#e8743b", "#4c7dea", "#a163d9", "#c2a126", "#d9497a")
"""One per series; each has a contrast of 3:1 on white and on the page's dark background."""

DASHES = ("solid", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))
"""Series differ by dashes as well, for those who do not tell the colours apart."""

# Written where the page shall choose the colour: the figure follows the page from light to dark.
_INK, _GRID = "#010203", "#030201"
_PAGE_COLOURS = {_INK: "var(--ink-soft, #667085)", _GRID: "var(--line, #98a2b355)"}

_STYLE = {
    "font.family": "sans-serif",
    "font.size": 10.5,
    "text.color": _INK,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "grid.linewidth": 0.8,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's own font
    "svg.hashsalt": "passerby",  # the same figure is the same bytes
}

Series = tuple[Sequence[float], Sequence[float]]


def line_figure(
    series: Mapping[str, Series],
    x_label: str,
    y_label: str,
    *,
    description: str,
    y_range: tuple[float, float] | None = None,
    marked: Sequence[float] = (),
    ticks: Sequence[float] = (),
    size: tuple[float, float] = (7.2, 3.6),
) -> "Markup":
    """Lines on one pair of axes, as SVG to put into a page.

    series:      name -> (x values, y values), drawn in their order
    description: what is to be seen, for those who cannot see it
    marked:      x values that get a dot on every line
    ticks:       x values to write at the axis; chosen when none are given
    size:        width and height in inches; the page scales it to its own width

    The same figures give the same bytes. Raises PasserbyError when matplotlib or markupsafe are
    not installed.

    >>> svg = line_figure({"trained": ([1, 2], [0.5, 0.9])}, "rank", "share", description="a rise")
    >>> svg.startswith("<svg"), "a rise" in svg
    (True, True)
    """
    matplotlib = require("matplotlib")
    figures, backend = require("matplotlib.figure"), require("matplotlib.backends.backend_svg")
    markupsafe = require("markupsafe")
    with matplotlib.rc_context(_STYLE):
        figure = figures.Figure(figsize=size, layout="constrained")
        backend.FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.grid(visible=False, axis="x")
        for number, (name, (x, y)) in enumerate(series.items()):
            dots = [place for place, value in enumerate(x) if value in marked]
            axes.plot(
                x,
                y,
                label=name,
                color=COLOURS[number % len(COLOURS)],
                linestyle=DASHES[number % len(DASHES)],
                marker="o",
                markersize=5,
                markevery=dots if len(x) > 1 else None,
                zorder=3 + len(series) - number,
            )
        axes.set_xlabel(x_label)
        # Above the axis and level: it reads without turning the head, and fits small screens.
        axes.set_title(y_label, loc="left", fontsize="medium", pad=10)
        axes.margins(x=0.02)
        if ticks:
            axes.set_xticks(ticks)
        if y_range is not None:
            axes.set_ylim(*y_range)
        if len(series) > 1:
            axes.legend(loc="best")
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for marker, colour in _PAGE_COLOURS.items():
        svg = svg.replace(marker, colour)
    label = markupsafe.escape(description)
    return markupsafe.Markup(svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))

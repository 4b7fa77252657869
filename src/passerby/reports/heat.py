"""A matrix as a heat map with its numbers in it: camera pairs, or training sets by test sets."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.reports.extras import require
from passerby.reports.figure_style import Figure, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOW, HIGH = "#e7f3f1", "#075e55"
"""The colours of the smallest and of the largest value; all between are mixed of the two."""

_PAPER, _DARK = "#ffffff", "#131a24"
_NUMBERED = 16
"""So many columns hold numbers; larger matrices show colours alone, and a bar beside them."""


def heat_figure(
    matrix: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    row_label: str,
    column_label: str,
    *,
    description: str,
    name: str = "heat",
    title: str = "",
    span: tuple[float, float] | None = None,
    write: Callable[[float], str] = "{:.0f}".format,
) -> Figure:
    """A matrix as coloured squares; up to 16 columns have their numbers in them.

    matrix: (R, C), NaN where there is no value: such a square stays empty
    rows, columns: R and C words
    span:   values of the palest and of the darkest colour; the smallest and largest if left out
    write:  how a value is written

    Raises PasserbyError when the words are not as many as the matrix is wide and high.

    >>> figure = heat_figure(np.array([[0.25]]), ["1"], ["2"], "query camera", "answer camera",
    ...                      description="one square", write="{:.0%}".format)
    >>> "25%" in figure.markup()
    True
    """
    values = np.asarray(matrix, dtype=np.float64)
    if values.shape != (len(rows), len(columns)):
        raise PasserbyError(
            f"a matrix of {' x '.join(map(str, values.shape))} came with {len(rows)} words for "
            f"its rows and {len(columns)} for its columns; give one for each"
        )
    known = values[np.isfinite(values)]
    low, high = span or ((float(known.min()), float(known.max())) if len(known) else (0.0, 1.0))
    wide, tall = len(columns), len(rows)
    numbered = wide <= _NUMBERED

    def draw(axes: "Axes") -> None:
        colours = require("matplotlib.colors")
        palette = colours.LinearSegmentedColormap.from_list("teal", [LOW, HIGH])
        scale = colours.Normalize(low, high if high > low else low + 1)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        mesh = axes.pcolormesh(
            np.ma.masked_invalid(values),
            cmap=palette,
            norm=scale,
            edgecolor=grid(axes),
            linewidth=1,
        )
        for (row, column), value in np.ndenumerate(values):
            if numbered and not math.isnan(value):
                dark = scale(value) > 0.5
                axes.text(
                    column + 0.5,
                    row + 0.5,
                    write(value),
                    ha="center",
                    va="center",
                    color=_PAPER if dark else _DARK,
                )
        if not numbered:
            bar = axes.figure.colorbar(mesh, ax=axes, shrink=0.8)
            bar.outline.set_visible(False)
        axes.invert_yaxis()
        axes.set_aspect("equal")
        slanted = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
        long = max(map(len, columns), default=0) > 4
        axes.set_xticks([at + 0.5 for at in range(wide)], columns, **(slanted if long else {}))
        axes.set_yticks([at + 0.5 for at in range(tall)], rows)
        axes.set_xlabel(column_label)
        axes.set_ylabel(row_label, labelpad=8)
        if title:
            axes.set_title(title)

    side = min(max(0.62 * max(wide, tall) + 1.3, 3.6), 9.0)
    return Figure(name, description, draw, (side + 0.6, side * max(tall, 2) / max(wide, tall, 2)))

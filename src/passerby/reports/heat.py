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
"""So many rows and columns hold numbers; larger matrices show colours, and a bar beside them."""

_SIDE, _CELL, _FRAME = 9.0, 0.62, 1.3
"""Inches: the longest side of a figure, the side of a square that holds a number, and the room for
the words around the squares."""
_FLATTEST = 0.3
"""Inches: the height of a row, and the width of a column, of which there are few beside many."""
_APART = 0.28
"""Inches between two words of up to three letters at an axis."""
_LETTER, _LONGEST = 0.085, 24
"""Inches of a letter, and letters that have room beside the squares."""


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
    """A matrix as coloured squares; up to 16 rows and columns have their numbers in them.

    Where there are few rows and many columns, or the other way round, the squares become strips.

    matrix: (R, C), NaN where there is no value: such a square stays empty
    rows, columns: R and C words; of long ones the middle is left out
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
    most = max(wide, tall)
    numbered = most <= _NUMBERED
    cell = (min(max(_CELL * most + _FRAME, 3.6), _SIDE) - _FRAME) / most
    beside, below = ([_shortened(word) for word in words] for words in (rows, columns))
    long_rows, long_columns = (max(0, max(map(len, words)) - 4) for words in (beside, below))
    # (_SIDE - _FRAME) / count: no more than the longest side holds.
    broad, deep = (max(cell, min(_FLATTEST, (_SIDE - _FRAME) / count)) for count in (wide, tall))

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
        axes.set_aspect("equal" if broad == deep else "auto")
        slanted = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
        across, down = (max(1, math.ceil(_APART / size)) for size in (broad, deep))
        at = [place + 0.5 for place in range(most)]
        axes.set_xticks(at[:wide:across], below[::across], **(slanted if long_columns else {}))
        axes.set_yticks(at[:tall:down], beside[::down])
        axes.set_xlabel(column_label)
        axes.set_ylabel(row_label, labelpad=8 + long_rows)  # letters grow on small screens
        if title:
            axes.set_title(title)

    # Words below the squares are slanted, and reach down half as far as they are long.
    width = broad * wide + _FRAME + 0.6 + long_rows * _LETTER
    height = deep * tall + _FRAME + long_columns * _LETTER / 2
    return Figure(name, description, draw, (max(width, 2.8), max(height, 2.2)))


def _shortened(word: str) -> str:
    if len(word) <= _LONGEST:
        return word
    kept = _LONGEST // 2
    return f"{word[: kept - 1]}…{word[-kept:]}"

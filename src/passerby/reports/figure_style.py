"""`Figure`: drawn by one piece of code, shown in the page and saved beside it, in one style."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passerby.core.files import write_atomically
from passerby.reports.extras import require

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawn

COLOURS = ("#0e9384", "#e2702f", "#4c7dea", "#a163d9", "#ad8c1c", "#d9497a")
"""One per series; each has a contrast of 3:1 on white and on the page's dark background."""

DASHES = ("solid", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))
"""Series differ by dashes as well, for those who do not tell the colours apart."""

GREY = "#808b9a"
"""For what is there but not talked about."""

_SHAPE = {
    "font.family": "sans-serif",
    "font.size": 10.5,
    "text.parse_math": False,  # a $ in a name is a $
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "axes.titlepad": 10,
    "grid.linewidth": 0.8,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's own font
    "svg.hashsalt": "passerby",  # the same figure is the same bytes
}

# Written into the SVG where a page or a file chooses the colour: a page's figures follow it from
# light to dark.
_INK, _GRID, _PAPER = "#010203", "#030201", "#020301"
_PAGE = {_INK: "var(--ink-soft, #667085)", _GRID: "var(--line, #98a2b355)", _PAPER: "none"}
_FILE = {_INK: "#4b5565", _GRID: "#e2e6ec", _PAPER: "#ffffff"}

_DOTS_PER_INCH = 200
_WIDE = 6.0
"""Figures wider than so many inches get larger letters on small screens."""
_WIDEST = 112
"""A page shows an inch as so many pixels at most: letters of some 16 pixels."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure that is drawn when it is asked for. A template takes it as it is.

    name:        what its files are called, without a suffix
    description: what is to be seen, for those who cannot see it
    draw:        draws on empty axes, with no other greys than `ink` and `grid`
    size:        width and height in inches; a page scales it to its own width

    Raises PasserbyError, when it is drawn, if matplotlib or markupsafe are not installed.

    >>> dot = Figure("dot", "one dot", lambda axes: axes.plot([1], [1], "o"), size=(2, 2))
    >>> dot.markup()[:20]
    Markup('<svg role="img" aria')
    """

    name: str
    description: str
    draw: Callable[["Axes"], object]
    size: tuple[float, float] = (5.4, 3.6)

    def markup(self) -> "Markup":
        """SVG to put into a page, whose colours it takes; the same figure is the same bytes."""
        markupsafe = require("markupsafe")
        # Groups are named alike in every figure, and a name may stand only once in a page.
        svg = re.sub(r'<g id="[^"]*"', "<g", _coloured(self._svg, _PAGE))
        wide = ' class="wide"' if self.size[0] > _WIDE else ""
        label = markupsafe.escape(self.description)
        most = f'style="max-width: {self.size[0] * _WIDEST:.0f}px"'
        said = f'<svg role="img"{wide} aria-label="{label}" {most}'
        return markupsafe.Markup(svg.replace("<svg", said, 1))

    def __html__(self) -> str:
        return self.markup()

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Write NAME.png and NAME.svg, on white, and return their paths.

        Raises PasserbyError when the folder cannot be written.
        """
        svg = f'<?xml version="1.0" encoding="utf-8"?>\n{_coloured(self._svg, _FILE)}\n'
        png, text = folder / f"{self.name}.png", folder / f"{self.name}.svg"
        write_atomically(png, lambda to: self._write(to, "png", _FILE, Software=None))
        write_atomically(text, lambda to: to.write_text(svg, encoding="utf-8"))
        return png, text

    @cached_property
    def _svg(self) -> str:
        """The figure with markers for its colours, drawn once for the page and the file."""
        written = io.StringIO()
        self._write(written, "svg", {colour: colour for colour in _FILE}, Date=None)
        svg = written.getvalue()
        svg = svg[svg.index("<svg") :].strip()
        return re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)

    def _write(self, to: Any, kind: str, colours: Mapping[str, str], **metadata: None) -> None:
        matplotlib = require("matplotlib")
        with matplotlib.rc_context(_style(colours[_INK], colours[_GRID], colours[_PAPER])):
            drawn: Drawn = require("matplotlib.figure").Figure(self.size, layout="constrained")
            self.draw(drawn.add_subplot())
            drawn.savefig(to, format=kind, dpi=_DOTS_PER_INCH, metadata=metadata)


def ink(axes: "Axes") -> Any:
    """The colour of the words on these axes."""
    return axes.xaxis.label.get_color()


def grid(axes: "Axes") -> Any:
    """The colour of the grid of these axes."""
    return axes.spines["bottom"].get_edgecolor()


def _coloured(svg: str, colours: Mapping[str, str]) -> str:
    for marker, colour in colours.items():
        svg = svg.replace(marker, colour)
    return svg


def _style(ink: str, grid: str, paper: str) -> dict[Any, Any]:
    inked = ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color")
    lined = ("axes.edgecolor", "grid.color")
    papered = ("figure.facecolor", "savefig.facecolor", "axes.facecolor")
    return {
        **_SHAPE,
        **dict.fromkeys(inked, ink),
        **dict.fromkeys(lined, grid),
        **dict.fromkeys(papered, paper),
    }

"""One self-contained HTML page out of sections: no script, no file beside it, no network."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passerby import __version__
from passerby.reports.extras import require
from passerby.reports.figure_style import Figure

if TYPE_CHECKING:
    from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """A part of a page.

    title:   its heading; also stands in the page's list of contents
    html:    its contents; a plain string is escaped, markup is taken as it is
    lead:    a sentence in plain text under the heading
    figures: the figures in it, which can be saved beside the page
    numbers: name of a JSON file -> what stands in it, which can be saved beside the page
    """

    title: str
    html: "Markup | str"
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)


def page(title: str, subtitle: str, sections: Sequence[Section]) -> str:
    """The whole page as text. Raises PasserbyError when jinja2 is not installed.

    >>> text = page("<run>", "a test", [Section("Scores", "1 < 2")])
    >>> "&lt;run&gt;" in text, "1 &lt; 2" in text, "<script" in text
    (True, True, False)
    """
    style = require("markupsafe").Markup((_TEMPLATES / "page.css").read_text())
    return str(
        render(
            "page.html",
            title=title,
            subtitle=subtitle,
            sections=sections,
            style=style,
            version=__version__,
        )
    )


def table(header: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "") -> "Markup":
    """A table whose first column names the rows and whose other columns are figures.

    >>> "<td>0.5</td>" in table(["run", "mAP"], [["trained", 0.5]])
    True
    """
    return render("table.html", header=header, rows=list(rows), caption=caption)


def facts(pairs: Iterable[tuple[str, Any]]) -> "Markup":
    """Names and values, such as the settings of a run.

    >>> "<dt>protocol</dt>" in facts([("protocol", "market1501")])
    True
    """
    return render("facts.html", pairs=list(pairs))


def notice(text: str) -> "Markup":
    """A remark that stands out; line breaks in `text` are kept.

    >>> "2 pictures" in notice("2 pictures are missing")
    True
    """
    return render("notice.html", text=text)


def figure(picture: "Figure | Markup | str", caption: str) -> "Markup":
    """A figure, or any other picture, with a caption.

    >>> "a curve" in figure("", "a curve")
    True
    """
    return render("figure.html", picture=picture, caption=caption)


def side_by_side(*parts: "Markup | str") -> "Markup":
    """Pieces of markup beside each other where the page is wide, below each other where not.

    >>> "pair" in side_by_side("a", "b")
    True
    """
    return render("pair.html", parts=parts)


def together(*parts: "Markup | str") -> "Markup":
    """Pieces of markup one after the other; plain strings are escaped.

    >>> together("a < b")
    Markup('a &lt; b')
    """
    return require("markupsafe").Markup("\n").join(parts)


def render(template: str, **values: Any) -> "Markup":
    """A template of this room, filled in; whatever is not markup is escaped.

    Raises PasserbyError when jinja2 is not installed.

    >>> "&lt;b&gt;" in render("notice.html", text="<b>")
    True
    """
    jinja2, markupsafe = require("jinja2"), require("markupsafe")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return markupsafe.Markup(environment.get_template(template).render(**values))

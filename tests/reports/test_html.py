from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from passerby.core.errors import PasserbyError
from passerby.reports.extras import require
from passerby.reports.html import Section, facts, figure, notice, page, table, together

VOID = {"meta", "img", "br", "link", "input", "path", "circle"}


class Outline(HTMLParser):
    """Collects the links to elsewhere, and checks that tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def some_page() -> str:
    return page(
        "run <1>",
        "measured & shown",
        [
            Section("Scores", table(["run", "mAP"], [["a<b", 0.5]], caption="per cent")),
            Section("Settings", facts([("model", "<osnet>")]), lead="x < y"),
            Section("Notes", together(notice("2 < 3"), figure(Markup("<svg></svg>"), "a > b"))),
        ],
    )


def test_the_page_is_well_formed_and_stands_alone() -> None:
    text = some_page()
    outline = Outline(text)
    assert all(link.startswith(("#", "data:")) for link in outline.links)
    assert "script" not in outline.tags
    assert "@import" not in text
    assert "url(" not in text
    assert {link[1:] for link in outline.links if link.startswith("#")} <= set(outline.ids)


def test_everything_written_by_users_is_escaped() -> None:
    text = some_page()
    for escaped in ("run &lt;1&gt;", "measured &amp; shown", "a&lt;b", "&lt;osnet&gt;", "x &lt; y"):
        assert escaped in text
    assert "2 &lt; 3" in text
    assert "a &gt; b" in text
    assert "<svg></svg>" in text


def test_plain_strings_are_escaped_and_markup_is_not() -> None:
    text = page("t", "s", [Section("a", "<i>no</i>"), Section("b", Markup("<i>yes</i>"))])
    assert "&lt;i&gt;no&lt;/i&gt;" in text
    assert "<i>yes</i>" in text


def test_follows_the_readers_colour_scheme_and_the_width() -> None:
    text = some_page()
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two colours #rrggbb."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(scheme: int) -> None:
    style = some_page().split(":root {")[1 + scheme]
    colours = dict(
        pair.strip().removeprefix("--").split(": ")
        for pair in style[: style.index("}")].split(";")
        if ": #" in pair
    )
    for ink in ("ink", "ink-soft", "accent"):
        for ground in ("paper", "card"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["warn"], colours["warn-soft"]) >= 4.5
    for border in ("right", "wrong", "query"):
        assert contrast(colours[border], colours["card"]) >= 4.5, border


def test_pieces_are_well_formed() -> None:
    for piece in (table(["a"], []), facts([]), notice("x"), figure(Markup(""), "c")):
        ElementTree.fromstring(f"<div>{piece}</div>")


def test_a_missing_part_says_what_to_install() -> None:
    with pytest.raises(PasserbyError, match=r"need nowhere.*pip install 'passerby\[reports\]'"):
        require("nowhere.backend")

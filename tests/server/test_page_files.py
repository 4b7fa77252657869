"""The page's files themselves: contrast, size, and nothing that could run a stranger's text."""

import re
from pathlib import Path

import pytest

import passerby.server

WEB = Path(passerby.server.__file__).parent / "web"
FILES = sorted(path for path in WEB.rglob("*") if path.suffix in (".js", ".css", ".html"))
TEXT = 4.5  # WCAG 2.2 AA, text
CONTROL = 3.0  # and the edges of controls

PAIRS = [
    *((ink, ground, TEXT)
      for ink in ("ink", "ink-soft", "accent", "right", "wrong", "warn")
      for ground in ("paper", "card")),
    ("ink-soft", "letterbox", TEXT), ("ink", "letterbox", TEXT),
    ("on-accent", "accent", TEXT), ("accent", "accent-soft", TEXT), ("ink", "accent-soft", TEXT),
    ("right", "right-soft", TEXT), ("wrong", "wrong-soft", TEXT), ("warn", "warn-soft", TEXT),
    ("edge", "card", CONTROL), ("edge", "paper", CONTROL), ("accent", "letterbox", CONTROL),
    ("right", "card", CONTROL),
]  # fmt: skip


def colours(theme: int) -> dict[str, str]:
    """The variables of one theme: 0 light, 1 dark."""
    text = (WEB / "css" / "base.css").read_text()
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    return {name: both[theme] for name, *both in found}


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white_and_a_known_grey() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_can_be_told_apart(theme: int, ink: str, ground: str, least: float) -> None:
    held = colours(theme)
    assert contrast(held[ink], held[ground]) >= least


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_file_is_short_and_runs_nobodys_text(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") < 200
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                      "new Function", "javascript:", 'setAttribute("style"'):  # fmt: skip
        assert forbidden not in text
    outside = re.findall(r"""https?://[\w.]+|["'(]//[\w.]+""", text)
    assert [one for one in outside if "www.w3.org" not in one] == []
    if path.suffix == ".html":
        assert "style=" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_every_module_that_is_imported_is_there() -> None:
    for path in WEB.rglob("*.js"):
        for named in re.findall(r'from "(\.[^"]+)"', path.read_text()):
            assert (path.parent / named).resolve().is_file(), (path.name, named)


def test_the_colours_are_those_of_the_reports() -> None:
    report = (WEB.parents[1] / "reports" / "templates" / "page.css").read_text()
    for name in ("paper", "card", "ink", "ink-soft", "accent", "letterbox"):
        assert f"--{name}: {colours(0)[name]}" in report

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.reports.figure_style import COLOURS, GREY, Figure
from passerby.reports.html import Section, figure, page
from passerby.reports.scatter import TEN


def dots(name: str = "dots", width: float = 3) -> Figure:
    return Figure(name, "three dots & no more", lambda axes: axes.plot([1, 2, 3], "o"), (width, 2))


def test_png_and_svg_show_the_same_on_white(tmp_path: Path) -> None:
    png, svg = dots().save(tmp_path / "new")
    assert [path.name for path in (png, svg)] == ["dots.png", "dots.svg"]
    pixels = np.asarray(Image.open(png).convert("RGB"))
    assert pixels.shape == (400, 600, 3)
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 10
    root = ElementTree.fromstring(svg.read_text())
    assert root.attrib["width"].endswith("pt")
    text = svg.read_text()
    assert "fill: #ffffff" in text
    assert "var(--" not in text
    assert not re.search("#010203|#030201|#020301", text)


def test_the_same_figure_gives_the_same_files(tmp_path: Path) -> None:
    one = [path.read_bytes() for path in dots().save(tmp_path / "a")]
    assert one == [path.read_bytes() for path in dots().save(tmp_path / "b")]


def test_a_template_takes_a_figure_as_it_is() -> None:
    html = figure(dots(), "caption")
    assert html.startswith('<figure><svg role="img"')
    assert 'aria-label="three dots &amp; no more"' in html


def test_no_name_stands_twice_in_a_page_of_several_figures() -> None:
    parts = figure(dots("a"), "") + figure(dots("b", width=4), "")
    ids = re.findall(r'<(?!path|clipPath)\w+ id="([^"]+)"', page("t", "", [Section("s", parts)]))
    assert len(ids) == len(set(ids))


def test_wide_figures_get_larger_letters_on_small_screens() -> None:
    assert 'class="wide"' in dots(width=7).markup()
    assert 'class="wide"' not in dots(width=5).markup()
    assert "max-width: 560px" in dots(width=5).markup()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PasserbyError, match="could not write"):
        dots().save(tmp_path / "file" / "below")


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", sorted({*COLOURS, *TEN, GREY}))
def test_colours_stand_out_on_white_and_on_the_dark_card(colour: str) -> None:
    css = (Path(figure.__code__.co_filename).parent / "templates" / "page.css").read_text()
    cards = re.findall(r"--card: (#\w{6})", css)
    assert len(cards) == 2
    assert all(contrast(colour, card) >= 3 for card in cards)

import re

import pytest

from passerby.core.errors import PasserbyError
from passerby.reports.bars import bar_figure
from passerby.reports.figure_style import COLOURS
from passerby.reports.histogram import histogram_figure


def tops(svg: str, colour: str) -> list[float]:
    """Heights of the outline in `colour` above its lowest point, in the picture's own units."""
    outlines = re.findall(r'<path d="([^"]+)"[^>]*?style="([^"]*)"', svg, re.DOTALL)
    path = next(
        d for d, style in outlines if f"stroke: {colour}" in style and "fill: none" in style
    )
    y = [float(value) for _, value in re.findall(r"[ML] ([\d.]+) ([\d.]+)", path)]
    return [max(y) - value for value in y]


def test_each_histogram_shows_its_own_shares() -> None:
    figure = histogram_figure(
        {"few": [1, 3], "many": [3000, 1000]}, [0, 1, 2], "distance", description="two"
    )
    svg = figure.markup()
    few, many = (max(tops(svg, colour)) for colour in COLOURS[:2])
    assert few == pytest.approx(many, rel=1e-3)
    assert sorted(set(tops(svg, COLOURS[0])))[1] == pytest.approx(few / 3, rel=1e-3)


@pytest.mark.parametrize(("value", "anchor"), [(0.2, "start"), (1.8, "end")])
def test_the_words_of_the_mark_stand_where_there_is_room(value: float, anchor: str) -> None:
    svg = histogram_figure(
        {"a": [1, 2]}, [0, 1, 2], "x", description="d", marked=(value, "threshold")
    ).markup()
    style = re.search(r"<text ([^>]*)>threshold</text>", svg)
    assert style
    found = re.search(r"text-anchor: (\w+)", style[1])
    assert (found[1] if found else "start") == anchor


def test_counts_and_bins_must_agree() -> None:
    with pytest.raises(PasserbyError, match="'a' has 2 counts for 1 bins"):
        histogram_figure({"a": [1, 2]}, [0, 1], "x", description="d")
    with pytest.raises(PasserbyError, match="'a' has 2 counts for 1 categories"):
        bar_figure({"a": [1, 2]}, ["1"], "x", "y", description="d")


def test_an_empty_histogram_is_drawn_flat() -> None:
    svg = histogram_figure({"a": [0, 0]}, [0, 1, 2], "x", description="nothing").markup()
    assert max(tops(svg, COLOURS[0])) == 0


def test_many_categories_name_only_some() -> None:
    names = [f"{start}-{start + 9}" for start in range(1, 300, 10)]
    svg = bar_figure({"a": [1] * 30}, names, "x", "y", description="d").markup()
    shown = [name for name in names if f">{name}<" in svg]
    assert shown == names[::4]


def test_bars_are_as_high_as_their_counts() -> None:
    svg = bar_figure({"a": [1, 4]}, ["1", "2"], "x", "y", description="d").markup()
    bars = re.findall(rf'<path d="([^"]+)"[^>]*?fill: {COLOURS[0]}', svg, re.DOTALL)[:2]
    spans = []
    for bar in bars:
        y = [float(value) for _, value in re.findall(r"[ML] ([\d.]+) ([\d.]+)", bar)]
        spans.append(max(y) - min(y))
    assert spans[1] == pytest.approx(4 * spans[0], rel=1e-3)

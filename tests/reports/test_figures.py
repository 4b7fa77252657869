import re
from xml.etree import ElementTree

import pytest
import torch

from passerby.reports.cmc import cmc_figure
from passerby.reports.figure_style import COLOURS, Figure
from passerby.reports.figures import line_figure
from passerby.reports.precision_recall import precision_recall_figure


def two_lines() -> str:
    return line_figure(
        {"trained": ([1, 2, 3], [0.1, 0.5, 0.9]), "a<b": ([1, 2, 3], [0.1, 0.2, 0.3])},
        "epoch",
        "loss",
        description='it "rises"',
    ).markup()


def test_is_well_formed_svg_with_its_text_as_text() -> None:
    root = ElementTree.fromstring(two_lines())
    assert root.tag.endswith("svg")
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'it "rises"'
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"epoch", "loss", "trained", "a<b"} <= set(words)


def test_the_same_figure_is_the_same_bytes() -> None:
    assert two_lines() == two_lines()


def test_ink_is_the_pages_and_the_background_is_clear() -> None:
    svg = two_lines()
    assert "var(--ink-soft" in svg
    assert "var(--line" in svg
    assert not re.search("#010203|#030201|#020301", svg)
    assert COLOURS[0] in svg
    assert COLOURS[1] in svg
    assert "white" not in svg
    assert "#ffffff" not in svg


def heights(svg: str, colour: str) -> list[float]:
    """y of the points of the line in `colour`, in the picture's own units."""
    line = re.search(rf'<path d="([^"]+)"[^>]*stroke: {colour}', svg, re.DOTALL)
    assert line
    return [float(y) for _, y in re.findall(r"[ML] ([\d.]+) ([\d.]+)", line[1])]


def test_the_cmc_curve_stands_where_the_shares_are() -> None:
    svg = cmc_figure({"run": torch.tensor([0.25, 0.5, 1.0])}).markup()
    first, second, third = heights(svg, COLOURS[0])
    # The picture's y grows downwards: half the share, half the way.
    assert (first - second) * 2 == pytest.approx(second - third, rel=1e-4)
    assert "CMC curve. run: rank-1 25.0 %" in svg


def test_cmc_of_a_gallery_of_one_picture() -> None:
    svg = cmc_figure({"a": torch.tensor([1.0]), "b": torch.tensor([0.5])}).markup()
    assert "a: rank-1 100.0 %; b: rank-1 50.0 %" in svg
    ElementTree.fromstring(svg)


def test_the_precision_recall_curve_falls_as_precision_does() -> None:
    precision = torch.cat([torch.ones(51), torch.full((50,), 0.5)])
    figure = precision_recall_figure({"run": precision})
    assert figure.description.endswith("run: precision 100.0 % at a recall of 50 %")
    points = heights(figure.markup(), COLOURS[0])
    full, half = points[0], points[-1]
    assert points[: len(points) // 2] == pytest.approx([full] * (len(points) // 2))
    assert half > full


def test_a_logarithmic_axis_gives_every_power_of_ten_the_same_room() -> None:
    figure = line_figure(
        {"run": ([0.001, 0.01, 0.1, 1.0], [0.0, 1.0, 0.0, 1.0])},
        "rate",
        "share",
        description="zigzag",
        ticks={0.001: "0.1 %", 1.0: "100 %"},
        logarithmic=True,
    )
    line = re.search(rf'<path d="([^"]+)"[^>]*stroke: {COLOURS[0]}', figure.markup(), re.DOTALL)
    assert line
    x = [float(value) for value in re.findall(r"[ML] ([\d.]+) ", line[1])]
    assert x[1] - x[0] == pytest.approx(x[2] - x[1], rel=1e-3)
    assert ">0.1 %<" in figure.markup()


def test_long_names_stand_below_the_lines_and_odd_ones_are_kept() -> None:
    def drawn(*names: str) -> Figure:
        lines = {name: ([1, 2], [0.1, 0.2]) for name in names}
        return line_figure(lines, "x", "y", description="d", size=(5, 3))

    long = "osnet_x0_25_msmt17 · camera-bias+dba+k-reciprocal (dba.k 8)"
    assert drawn("short", "brief").size == (5, 3)
    assert drawn(long).size == (5, 3)  # a line alone needs no name
    higher = drawn("short", long)
    assert higher.size[0] == 5
    assert higher.size[1] > 3.4
    assert max(map(len, re.findall(r"<text[^>]*>([^<]*)", higher.markup()))) < 40
    # Matplotlib drops names that begin with _ and takes what is between $ for formulas.
    odd = drawn("_hidden", "a $x^2$ b").markup()
    assert "_hidden</text>" in odd
    assert "a $x^2$ b</text>" in odd

"""The picture of an alignment: which lines are drawn, and how thick."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure as Drawn

from passerby.core.errors import PasserbyError
from passerby.reports.alignment import alignment_figure, slopes

LEFT = np.zeros((64, 32, 3), np.uint8)
RIGHT = np.full((40, 40, 3), 200, np.uint8)

PARTS = torch.tensor([[0.0], [4.0], [8.0]])
SHIFTED = torch.tensor([[4.0], [8.0], [8.5]])


def drawn(left: torch.Tensor, right: torch.Tensor) -> list[Any]:
    """The axes of the pictures and of the matrix."""
    axes = Drawn().add_subplot()
    alignment_figure(LEFT, RIGHT, left, right).draw(axes)
    return list(axes.child_axes)


def test_slopes_are_the_derivative() -> None:
    lengths = torch.linspace(0, 5, 11, dtype=torch.float64, requires_grad=True)
    distances = (lengths / 2).tanh()
    (wanted,) = torch.autograd.grad(distances.sum(), lengths)
    torch.testing.assert_close(slopes(distances), wanted)


def test_a_line_for_each_cell_of_the_path_as_thick_as_its_gradient() -> None:
    pictures, matrix = drawn(PARTS, SHIFTED)
    # 4 meets 4, 8 meets 8, and 8 is near 8.5; 0 meets 4 because a path begins at the heads.
    path = [(0, 0), (1, 0), (2, 1), (2, 2)]
    lengths = [4.0, 0.0, 0.0, 0.5]
    # From (1, 0) the path turns down before it goes right, or the other way round.
    assert len(pictures.collections) == 2 + 5, "white lines between parts, and five bands"
    heights: dict[tuple[float, ...], float] = {}
    for band in pictures.collections[2:]:
        outline = np.asarray(band.get_paths()[0].vertices)
        sides = [outline[outline[:, 0] == x, 1] for x in (0.5, 0.95)]
        # A band ends where the pictures begin, and is as high on one side as on the other.
        assert np.ptp(sides[0]) == pytest.approx(np.ptp(sides[1]))
        middle = tuple(round((side.min() + side.max()) / 2, 6) for side in sides)
        heights[middle] = float(np.ptp(sides[0]))
    for (i, j), length in zip(path, lengths, strict=True):
        slope = (1 - math.tanh(length / 2) ** 2) / 2
        at = (round(1 - (i + 0.5) / 3, 6), round(1 - (j + 0.5) / 3, 6))
        # Half a part's height between equal parts, whose slope is 1/2.
        assert heights[at] == pytest.approx(max(slope / 3, 0.003), abs=1e-6)
    (line,) = matrix.lines
    assert (line.get_xdata()[0], line.get_ydata()[0]) == (0.5, 0.5)
    assert (line.get_xdata()[-1], line.get_ydata()[-1]) == (2.5, 2.5)
    assert len(matrix.texts) == 9
    assert len(pictures.images) == 2


def test_many_parts_have_no_numbers() -> None:
    _, matrix = drawn(torch.randn(16, 4), torch.randn(12, 4))
    assert not matrix.texts
    assert [label.get_text() for label in matrix.get_xticklabels()][-1] == "12"


def test_the_same_figure_is_the_same_bytes(tmp_path: Path) -> None:
    figures = [alignment_figure(LEFT, RIGHT, PARTS, SHIFTED, name="a") for _ in range(2)]
    assert figures[0].markup() == figures[1].markup()
    png, svg = figures[0].save(tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "distances of parts" in svg.read_text()
    assert "local distance 2.17" in figures[0].markup()


def test_parts_that_do_not_belong_together() -> None:
    with pytest.raises(PasserbyError, match="parts of 1 and 2 values cannot be compared"):
        alignment_figure(LEFT, RIGHT, PARTS, torch.zeros(3, 2))
    with pytest.raises(PasserbyError, match=r"\(0, 1\) and \(3, 1\) cannot be aligned"):
        alignment_figure(LEFT, RIGHT, PARTS[:0], PARTS)

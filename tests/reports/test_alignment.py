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
    lines = [line for line in pictures.lines if len(line.get_xdata()) == 2]
    # From (1, 0) the path turns down before it goes right, or the other way round.
    assert len(lines) == 5
    ends = [tuple(line.get_ydata()) for line in lines]
    widths = dict(zip(ends, (line.get_linewidth() for line in lines), strict=True))
    for (i, j), length in zip(path, lengths, strict=True):
        slope = (1 - math.tanh(length / 2) ** 2) / 2
        at = (1 - (i + 0.5) / 3, 1 - (j + 0.5) / 3)
        assert widths[at] == pytest.approx(max(18 * slope, 0.4))
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

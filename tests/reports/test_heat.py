import re
import warnings

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.reports.figure_style import Figure
from passerby.reports.heat import HIGH, LOW, heat_figure


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg)


def heat(matrix: np.ndarray, **given) -> str:
    rows, columns = matrix.shape
    return heat_figure(
        matrix,
        [f"r{n}" for n in range(rows)],
        [f"c{n}" for n in range(columns)],
        "from",
        "to",
        description="squares",
        **given,
    ).markup()


def test_every_number_stands_in_its_square_and_gaps_stay_empty() -> None:
    svg = heat(np.array([[1.0, np.nan, 3.0], [40.4, 50.6, 60.0]]))
    shown = words(svg)
    assert [word for word in shown if word.isdigit()] == ["1", "3", "40", "51", "60"]
    assert {"r0", "r1", "c0", "c2", "from", "to"} <= set(shown)


def test_the_largest_is_dark_with_white_letters_and_the_smallest_pale_with_dark_ones() -> None:
    svg = heat(np.array([[0.0, 10.0]]))
    assert LOW in svg
    assert HIGH in svg
    colours = {
        word: style for style, word in re.findall(r'<text style="([^"]*)"[^>]*>(0|10)</text>', svg)
    }
    assert "fill: #ffffff" in colours["10"]
    assert "fill: #131a24" in colours["0"]


def test_a_span_fixes_the_colours() -> None:
    assert HIGH not in heat(np.array([[0.0, 10.0]]), span=(0, 100))


def test_large_matrices_have_a_bar_instead_of_numbers() -> None:
    matrix = np.arange(17.0 * 2).reshape(2, 17) * 100 + 7
    assert "107" not in words(heat(matrix))
    assert "107" in words(heat(matrix[:, :16]))


def test_equal_and_missing_values_are_drawn() -> None:
    assert words(heat(np.full((2, 2), 5.0))).count("5") == 4
    assert not any(word.isdigit() for word in words(heat(np.full((2, 2), np.nan))))


def test_words_must_fit_the_matrix() -> None:
    with pytest.raises(PasserbyError, match="matrix of 1 x 2 came with 1 words for its rows and 1"):
        heat_figure(np.zeros((1, 2)), ["a"], ["b"], "x", "y", description="d")


def test_few_rows_beside_many_columns_can_still_be_seen() -> None:
    def figure(rows: int, columns: int) -> Figure:
        names = [str(n) for n in range(max(rows, columns))]
        squares = np.ones((rows, columns))
        return heat_figure(
            squares, names[:rows], names[:columns], "from", "to", description="squares"
        )

    for rows, columns in ((2, 60), (60, 2), (60, 60), (1, 1)):
        made = figure(rows, columns)
        assert min(made.size) > 2
        assert max(made.size) < 10
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a layout that collapses is a warning
            made.markup()
    assert len([word for word in words(figure(2, 60).markup()) if word.isdigit()]) < 40


def test_long_words_get_room_beside_the_squares() -> None:
    def figure(*rows: str) -> Figure:
        squares = np.ones((len(rows), 2))
        return heat_figure(squares, rows, ["a", "b"], "from", "to", description="squares")

    short, long = figure("a", "b"), figure("a", "person-reidentification-retail-0277")
    assert long.size[0] > short.size[0] + 1
    assert long.size[1] == short.size[1]
    assert "person-reid…-retail-0277" in words(long.markup())

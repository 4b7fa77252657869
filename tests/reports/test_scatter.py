import re

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.reports.figure_style import GREY
from passerby.reports.scatter import TEN, scatter_figure


def drawn(categories: list[int], **given) -> str:
    points = np.random.default_rng(0).random((len(categories), 2))
    return scatter_figure(points, categories, "person", description="dots", **given).markup()


def dots(svg: str, colour: str) -> int:
    """Points in `colour`, without the one in the legend."""
    return len(re.findall(rf"<use [^>]*fill: {colour}", svg)) - 1


def legend(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg)


def test_the_largest_categories_have_colours_and_the_rest_is_grey() -> None:
    categories = [7] * 3 + [2] * 3 + [5] * 2 + [9]
    svg = drawn(categories, most=2)
    assert legend(svg) == ["others", "person 2", "person 7"]
    assert [dots(svg, TEN[0]), dots(svg, TEN[1]), dots(svg, GREY)] == [3, 3, 3]


def test_few_categories_leave_nothing_grey() -> None:
    svg = drawn([1, 2, 2])
    assert legend(svg) == ["person 1", "person 2"]
    assert GREY not in svg


def test_at_most_ten_are_told_apart() -> None:
    svg = drawn(list(range(12)), most=40, others="the rest")
    assert legend(svg) == ["the rest", *(f"person {n}" for n in range(10))]
    assert dots(svg, GREY) == 2


def test_points_and_categories_must_agree() -> None:
    with pytest.raises(PasserbyError, match="2 points came with 1 categories"):
        scatter_figure(np.zeros((2, 2)), [1], "person", description="d")

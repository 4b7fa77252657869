"""The section about camera pairs: which cameras find each other's people, and which confuse."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from passerby.metrics.camera_pairs import CameraPairs
from passerby.reports.figure_style import Figure
from passerby.reports.heat import heat_figure
from passerby.reports.html import Section, figure, side_by_side, together

_WIDE = 6.5
"""Inches: wider maps stand below each other, or their numbers could not be read."""


def cameras_section(runs: Mapping[str, CameraPairs], suffix: str = "") -> Section:
    """Two heat maps of the first run: rank-1 of each pair, and where wrong first answers are from.

    runs:   run name -> its pairs; all go into the numbers
    suffix: stands behind the heading

    Raises PasserbyError when jinja2 is not installed.
    """
    name, first = next(iter(runs.items()))
    right, wrong = rank_1_figure(first), confusion_figure(first)
    of_run = f" of {name}" if len(runs) > 1 else ""
    laid_out = side_by_side if right.size[0] < _WIDE else together
    return Section(
        f"Cameras{suffix}",
        laid_out(
            figure(
                right,
                f"Rank-1{of_run} when the gallery is the answer's camera alone: how well two "
                "cameras agree. Empty where no query has a right answer.",
            ),
            figure(
                wrong,
                f"Wrong first answers{of_run} in the whole gallery, by the camera that they are "
                "from, as a share of the query camera's queries: who is confused with whose "
                "people.",
            ),
        ),
        "Rows are the queries' cameras, columns the cameras of the answers.",
        figures=(right, wrong),
        numbers={"camera-pairs": {run: pair_numbers(pairs) for run, pairs in runs.items()}},
    )


def rank_1_figure(pairs: CameraPairs) -> Figure:
    """Rank-1 in per cent of each pair of cameras that has queries."""
    return _heat(
        pairs,
        100 * pairs.rank_1,
        pairs.queries.sum(1) > 0,
        pairs.queries.sum(0) > 0,
        "rank-1 (%)",
        "cameras-rank-1",
        "Rank-1 by camera pair",
        least=100,
    )


def confusion_figure(pairs: CameraPairs) -> Figure:
    """Share of a camera's queries in per cent whose first answer is wrong, by its camera."""
    share = 100 * pairs.wrong_first / pairs.counted[:, None]  # (C, C), NaN without queries
    seen = (pairs.queries.sum(0) > 0) | (pairs.wrong_first.sum(0) > 0)
    return _heat(
        pairs,
        share,
        pairs.counted > 0,
        seen,
        "wrong first answers (%)",
        "cameras-confusion",
        "Wrong first answers by camera pair",
        least=20,  # a few per cent shall not look like a disaster
    )


def pair_numbers(pairs: CameraPairs) -> dict[str, Any]:
    """All of it, ready for JSON: null where a pair has no queries."""
    return {
        "cameras": pairs.cameras.tolist(),
        "queries": pairs.queries.tolist(),
        "rank_1": _without_nan(pairs.rank_1),
        "mean_ap": _without_nan(pairs.mean_ap),
        "counted": pairs.counted.tolist(),
        "wrong_first": pairs.wrong_first.tolist(),
    }


def _heat(
    pairs: CameraPairs,
    matrix: Tensor,
    rows: Tensor,
    columns: Tensor,
    title: str,
    name: str,
    words: str,
    least: float,
) -> Figure:
    """Only `rows` and `columns` (C,) bool; the darkest colour is the largest value, or `least`."""
    shown = matrix[rows][:, columns].double()
    most = float(shown.nan_to_num(0).max())
    down, across = pairs.cameras[rows].tolist(), pairs.cameras[columns].tolist()
    said = "; ".join(
        f"{row} to {column}: {value:.1f} %"
        for row, values in zip(down, shown.tolist(), strict=True)
        for column, value in zip(across, values, strict=True)
        if value == value
    )
    return heat_figure(
        shown.numpy(),
        [str(camera) for camera in down],
        [str(camera) for camera in across],
        "query's camera",
        "answer's camera",
        description=f"{words}. {said}",
        name=name,
        title=title,
        span=(0, max(most, least)),
    )


def _without_nan(matrix: Tensor) -> list[list[float | None]]:
    return [[None if value != value else value for value in row] for row in matrix.tolist()]


def several_pairs(pairs: CameraPairs) -> bool:
    """Whether there is more than one pair of cameras to speak of.

    >>> import torch
    >>> one = torch.ones(1, 1)
    >>> several_pairs(CameraPairs(torch.tensor([1]), one.long(), one, one, one[0].long(), one))
    False
    """
    return int((pairs.queries > 0).sum()) > 1

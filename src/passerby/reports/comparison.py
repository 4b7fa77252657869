"""The section that compares two runs on the same queries: figures, and the queries that changed."""

import re
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from passerby.core.scores import Scores
from passerby.metrics.bootstrap import Difference, differences
from passerby.metrics.changes import Changes, changes
from passerby.metrics.figures import FIGURES, figure
from passerby.metrics.protocol import Protocol
from passerby.reports.chosen import chosen
from passerby.reports.html import Section, facts, render, table, together
from passerby.reports.ranked_lists import (
    RankedList,
    lists_of_tiles,
    note_of,
    of_different_people,
    title_of,
)
from passerby.reports.run import Run
from passerby.reports.words import counted

if TYPE_CHECKING:
    from markupsafe import Markup


def comparison_section(
    run: Run, other: Run, protocol: Protocol, lists: int = 6, k: int = 10, suffix: str = ""
) -> Section:
    """Both runs' figures with the interval of their difference, and the queries that changed most.

    run, other: on the same queries in the same order; the difference is `run` less `other`
    lists:      queries shown that are better in `run`, and as many that are worse
    k:          answers shown of each run
    suffix:     stands behind the heading

    Raises PasserbyError when the runs differ in queries or protocol.
    """
    changed = changes(other.scores, run.scores)
    apart = differences(other.scores, run.scores, run.query.persons)
    parts = [_table(run, other, apart), facts(_counts(run, other, changed))]
    strips, rows_shown = [], []
    for ahead, behind, rows in ((run, other, changed.improved), (other, run, changed.worsened)):
        shown = torch.tensor(of_different_people(rows.tolist(), run.query, lists)).long()
        if len(shown):
            text = f"Where {ahead.name} is furthest ahead of {behind.name}"
            strips.append(render("heading.html", text=text))
            strips += _strips(run, other, protocol, shown, k)
            rows_shown += shown.tolist()
    if strips:
        parts += [render("legend.html"), *strips]
    numbers = _numbers(run, other, apart, changed)
    numbers["shown"] = [run.query.keys[row] for row in rows_shown]
    return Section(
        f"Beside {other.name}{suffix}",
        together(*parts),
        f"{run.name} and {other.name}, asked the same queries.",
        numbers={f"changes-{_slug(other.name)}": numbers},
    )


def _table(run: Run, other: Run, apart: dict[str, Difference | None]) -> "Markup":
    rows = [
        [
            label,
            f"{100 * figure(name, run.scores):.1f}",
            f"{100 * figure(name, other.scores):.1f}",
            _points(figure(name, run.scores) - figure(name, other.scores)),
            f"{_points(one.interval.low)} to {_points(one.interval.high)}" if one else "-",
        ]
        for (name, (label, _)), one in zip(FIGURES.items(), apart.values(), strict=True)
    ]
    caption = (
        "In per cent. Where the interval holds 0, these queries do not tell the runs apart: it is "
        "the paired bootstrap's, which draws people with all their queries"
    )
    return table(["", run.name, other.name, "difference", "95 % interval"], rows, caption)


def _counts(run: Run, other: Run, changed: Changes) -> list[tuple[str, str]]:
    same = run.scores.queries - len(changed.improved) - len(changed.worsened)
    counts = {
        f"first answer right by {run.name} alone": len(changed.gained),
        f"first answer right by {other.name} alone": len(changed.lost),
        f"higher average precision by {run.name}": len(changed.improved),
        f"higher average precision by {other.name}": len(changed.worsened),
        "the same average precision": same,
    }
    return [(name, counted(count, "query", "queries")) for name, count in counts.items()]


def _points(difference: float) -> str:
    """A difference of shares in per cent, with its sign; adding 0 turns -0.0 into 0.0."""
    return f"{round(100 * difference, 1) + 0:+.1f}"


def _strips(run: Run, other: Run, protocol: Protocol, rows: Tensor, k: int) -> list["Markup"]:
    first, second = (_lists(one, protocol, rows, k) for one in (run, other))
    strips = []
    for place, row in enumerate(rows.tolist()):
        rise = run.scores.average_precision[row] - other.scores.average_precision[row]
        lines = [
            (one.name, note_of(one.scores, row), lists[place].found)
            for one, lists in ((run, first), (other, second))
        ]
        strips.append(
            render(
                "versus.html",
                title=title_of(run.query, row),
                note=f"AP {_points(float(rise))} points",
                query=first[place].query,
                lines=lines,
            )
        )
    return strips


def _lists(run: Run, protocol: Protocol, rows: Tensor, k: int) -> list[RankedList]:
    return lists_of_tiles(
        chosen(run.distances, rows),
        run.query[rows],
        run.gallery,
        run.scores[rows],
        protocol,
        run.read,
        k,
    )


def _numbers(
    run: Run, other: Run, apart: dict[str, Difference | None], changed: Changes
) -> dict[str, Any]:
    """All of it, ready for JSON: queries by their keys."""

    def queries(rows: Tensor) -> list[dict[str, Any]]:
        return [
            {
                "query": run.query.keys[row],
                "average_precision": [_ap(run.scores, row), _ap(other.scores, row)],
                "first_hit": [int(run.scores.first_hit[row]), int(other.scores.first_hit[row])],
            }
            for row in rows.tolist()
        ]

    return {
        "runs": [run.name, other.name],
        "differences": {
            name: one
            and {
                "estimate": one.estimate,
                "low": one.interval.low,
                "high": one.interval.high,
                "better": one.better,
            }
            for name, one in apart.items()
        },
        "gained": queries(changed.gained),
        "lost": queries(changed.lost),
        "improved": queries(changed.improved),
        "worsened": queries(changed.worsened),
    }


def _ap(scores: Scores, row: int) -> float:
    return round(float(scores.average_precision[row]), 6)


def _slug(name: str) -> str:
    return re.sub(r"[^\w.]+", "-", name).strip("-.") or "run"

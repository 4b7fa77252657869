"""An ablation table: rows measured over several seeds, beside what the paper prints."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passerby.metrics.repeats import Spread
from passerby.reports.html import Section, notice, page, table, together

FIGURES = {"rank_1": "rank-1", "mean_ap": "mAP"}
"""The figures of a table, in the order in which `MeasuredRow.published` has them."""


@dataclass(frozen=True)
class MeasuredRow:
    """One row as it was measured.

    name:      what the table calls it
    settings:  word -> value: backbone, size, epochs, seeds, first weights
    figures:   test set -> figure -> its value in [0, 1] by each seed
    published: data set of the paper -> rank-1 and mAP in per cent
    """

    name: str
    settings: Mapping[str, str]
    figures: Mapping[str, Mapping[str, Sequence[float]]]
    published: Mapping[str, tuple[float, float]]


def spread_of(values: Sequence[float]) -> Spread:
    """Mean and sample standard deviation; the latter None for a single value.

    >>> str(spread_of([0.5, 0.52]))
    '51.0 ± 1.4'
    """
    std = statistics.stdev(values) if len(values) > 1 else None
    return Spread(statistics.fmean(values), std)


def difference(values: Sequence[float], base: Sequence[float]) -> Spread:
    """Mean of `values` less that of `base`, and how far it strays: the root of summed variances.

    >>> difference([0.6, 0.8], [0.5, 0.5])  # doctest: +ELLIPSIS
    Spread(mean=0.2, std=0.1414...)
    """
    one, other = spread_of(values), spread_of(base)
    apart = one.mean - other.mean
    if one.std is None or other.std is None:
        return Spread(round(apart, 12), None)
    return Spread(round(apart, 12), math.hypot(one.std, other.std))


def verdict(ours: Spread, published: Sequence[float]) -> str:
    """Whether a difference has the published direction, in words.

    published: the paper's differences on its own data sets; empty where it prints none

    A difference inside the spread is no difference; with one seed there is no spread to tell.

    >>> verdict(Spread(0.02, 0.01), [0.7, 9.8]), verdict(Spread(-0.01, 0.02), [9.8])
    ('as published', 'inside the spread')
    """
    if not published:
        return "not published"
    if ours.std is not None and abs(ours.mean) <= ours.std:
        return "inside the spread"
    signs = {value > 0 for value in published if value}
    if len(signs) != 1:
        return "published both ways"
    said = "as published" if signs == {ours.mean > 0} else "opposite"
    return said if ours.std is not None else f"{said}, by one seed"


def ablation_numbers(rows: Sequence[MeasuredRow]) -> list[dict[str, Any]]:
    """The table for programs: every value, mean, spread, difference to the first row, verdict."""
    return [
        {
            "row": row.name,
            "settings": dict(row.settings),
            "published": {name: list(pair) for name, pair in row.published.items()},
            "measured": {
                test: {name: _number(rows[0], row, test, name) for name in found}
                for test, found in row.figures.items()
            },
        }
        for row in rows
    ]


def _number(base: MeasuredRow, row: MeasuredRow, test: str, name: str) -> dict[str, Any]:
    values = row.figures[test][name]
    spread = spread_of(values)
    found: dict[str, Any] = {"mean": spread.mean, "std": spread.std, "seeds": list(values)}
    if row is not base and (before := base.figures.get(test, {}).get(name)):
        apart = difference(values, before)
        found |= {"difference": apart.mean, "spread": apart.std}
        if name in FIGURES:
            found["direction"] = verdict(apart, _published(base, row, name))
    return found


def _published(base: MeasuredRow, row: MeasuredRow, name: str) -> list[float]:
    """The paper's differences to the first row, in points, by data set."""
    place = list(FIGURES).index(name)
    return [
        pair[place] - base.published[dataset][place]
        for dataset, pair in row.published.items()
        if dataset in base.published
    ]


def ablation_markdown(title: str, remarks: Iterable[str], rows: Sequence[MeasuredRow]) -> str:
    """The tables as Markdown."""
    parts = [f"# {title}", *remarks]
    for heading, header, body in _tables(rows):
        lines = [header, ["---"] * len(header), *body]
        parts += [f"## {heading}", "\n".join(f"| {' | '.join(line)} |" for line in lines)]
    return "\n\n".join(parts) + "\n"


def ablation_page(title: str, remarks: Sequence[str], rows: Sequence[MeasuredRow]) -> str:
    """The tables as one HTML page. Raises PasserbyError when jinja2 is not installed."""
    sections = [Section(heading, table(header, body)) for heading, header, body in _tables(rows)]
    if remarks:
        sections.insert(0, Section("What this is", together(*map(notice, remarks))))
    subtitle = "The same training with one part after another, each measured over its seeds."
    return page(title, subtitle, sections)


def _tables(rows: Sequence[MeasuredRow]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Heading, header and body of each table."""
    if not rows:
        return []
    words = list(rows[0].settings)
    found = [
        (
            "How each row was learnt",
            ["row", *words],
            [[row.name, *(row.settings.get(word, "-") for word in words)] for row in rows],
        )
    ]
    for test in dict.fromkeys(test for row in rows for test in row.figures):
        header = ["row", *FIGURES.values()]
        header += [f"{word}, difference" for word in FIGURES.values()]
        header += [f"{word}, direction" for word in FIGURES.values()]
        found.append((f"Measured on {test}", header, [_line(rows[0], r, test) for r in rows]))
    datasets = list(dict.fromkeys(name for row in rows for name in row.published))
    if datasets:
        body = [
            [row.name, *(_pair(rows[0], row, dataset) for dataset in datasets)]
            for row in rows
            if row.published
        ]
        heading = "Published, rank-1 / mAP, with the difference to the first row"
        found.append((heading, ["row", *datasets], body))
    return found


def _line(base: MeasuredRow, row: MeasuredRow, test: str) -> list[str]:
    figures = row.figures.get(test, {})
    numbers = {name: _number(base, row, test, name) for name in FIGURES if figures.get(name)}
    means = [str(spread_of(figures[name])) if name in numbers else "-" for name in FIGURES]
    apart = [
        _points(Spread(numbers[name]["difference"], numbers[name]["spread"]))
        if "difference" in numbers.get(name, {})
        else "-"
        for name in FIGURES
    ]
    said = [numbers.get(name, {}).get("direction", "-") for name in FIGURES]
    return [row.name, *means, *apart, *said]


def _points(apart: Spread) -> str:
    """A difference of shares in per cent, with its sign; adding 0 turns -0.0 into 0.0."""
    points = f"{round(100 * apart.mean, 1) + 0:+.1f}"
    return points if apart.std is None else f"{points} ± {100 * apart.std:.1f}"


def _pair(base: MeasuredRow, row: MeasuredRow, dataset: str) -> str:
    if dataset not in row.published:
        return "-"
    pair = row.published[dataset]
    text = f"{pair[0]:.1f} / {pair[1]:.1f}"
    if row is base or dataset not in base.published:
        return text
    apart = [value - before for value, before in zip(pair, base.published[dataset], strict=True)]
    return f"{text} ({apart[0]:+.1f} / {apart[1]:+.1f})"

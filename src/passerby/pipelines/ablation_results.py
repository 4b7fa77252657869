"""What an ablation's folder holds: a result for each row and seed, and the tables made of them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.metrics.figures import FIGURES
from passerby.pipelines.ablation_plan import Plan, deciding
from passerby.pipelines.ablation_table import Row
from passerby.reports.ablation import (
    MeasuredRow,
    ablation_markdown,
    ablation_numbers,
    ablation_page,
)

RESULT = "result.json"
"""Name of a row's figures in ROW/seed-N."""


def learnt_by(plan: Plan, row: Row, seed: int) -> dict[str, Any]:
    """What decides a row's training."""
    return {"learnt": deciding(plan.training(row, seed))}


def measured_by(plan: Plan, row: Row, seed: int) -> dict[str, Any]:
    """What decides a row's figures on any test set."""
    return learnt_by(plan, row, seed) | {"embeds": dict(row.embeds)}


def held(path: Path, about: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """What `keep` wrote to `path`; None when there is no such file.

    Raises PasserbyError when that came about in another way than `about` says.
    """
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    if differing := list(_differences(found, about)):
        raise PasserbyError(
            f"'{path.parent}' holds a row with other settings: {'; '.join(differing[:5])}. Name "
            "another folder by --out, or remove that one"
        )
    return found


def keep(path: Path, values: Mapping[str, Any]) -> None:
    """Write values as JSON. Raises PasserbyError when `path` cannot be written."""
    text = json.dumps(values, indent=1) + "\n"
    write_atomically(path, lambda to: to.write_text(text, encoding="utf-8"))


def write_tables(plan: Plan, folder: Path) -> str:
    """Write what is measured so far as table.json, table.md and table.html; return the Markdown.

    Rows that were learnt by other settings are left out.
    """
    table = plan.table
    rows = [found for row in table.rows if (found := _row(plan, row, folder)) is not None]
    remarks = [
        f"Rows of: {table.source}. What is published stands beside ours as a direction only: it is "
        "of other people in other pictures.",
        *([table.remark] if table.remark else []),
        f"Learnt from {plan.sets}.",
    ]
    text = ablation_markdown(table.title, remarks, rows)
    page = ablation_page(table.title, remarks, rows)
    for name, content in (("table.md", text), ("table.html", page)):
        write_atomically(
            folder / name, lambda to, content=content: to.write_text(content, encoding="utf-8")
        )
    numbers = ablation_numbers(rows)
    keep(folder / "table.json", {"table": table.title, "remarks": remarks, "rows": numbers})
    return text


def _row(plan: Plan, row: Row, folder: Path) -> MeasuredRow | None:
    """A row by all seeds that it was measured by; None while there is none."""
    tests: dict[int, dict[str, dict[str, float]]] = {}
    for path in (folder / row.key).glob(f"seed-*/{RESULT}"):
        seed = int(path.parent.name.removeprefix("seed-"))
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["tests"] and not list(_differences(found, measured_by(plan, row, seed))):
            tests[seed] = found["tests"]
    if not tests:
        return None
    seeds = sorted(tests)
    labels = [one for one in plan.measured() if any(one in tests[seed] for seed in seeds)]
    figures = {
        label: {
            name: [tests[seed][label][name] for seed in seeds if label in tests[seed]]
            for name in FIGURES
        }
        for label in labels
    }
    settings = plan.described(row) | {"seeds": ", ".join(map(str, seeds))}
    return MeasuredRow(row.name, settings, figures, row.published)


def _differences(found: Mapping[str, Any], about: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for part, values in about.items():
        before = found.get(part, {})
        for name in sorted({*before, *values}):
            if before.get(name) != values.get(name):
                yield f"{name} was {before.get(name)}, is {values.get(name)}"

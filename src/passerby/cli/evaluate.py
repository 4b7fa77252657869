"""`passerby evaluate`: measure a model on a data set."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.cli.progress import progress_bar
from passerby.cli.root import parse_with_root

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser

    from passerby.metrics.bootstrap import Difference
    from passerby.pipelines.compare import Comparison
    from passerby.pipelines.evaluation import Evaluation


def main(arguments: list[str]) -> int:
    """Run `passerby evaluate ARGUMENTS` and return its exit status."""
    from passerby.engine.run_folder import run_folder
    from passerby.pipelines.compare import compare
    from passerby.pipelines.evaluate import evaluate

    if "--protocols" in arguments:
        _print_protocols()
        return 0

    def build(parser: "ArgumentParser") -> None:
        parser.add_function_arguments(evaluate, as_positional=True, skip={"root", "progress"})
        parser.add_argument(
            "--compare",
            type=Path | None,
            metavar="RUN",
            help="a run folder measured alike, to show beside it; the same one shows what "
            "re-ranking gained",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--protocols", action="store_true", help="list the protocols and stop")

    given = parse_with_root(
        build, arguments, prog="passerby evaluate", about="Measure a model on a data set."
    )
    settings = given.as_dict()
    as_json, other, _ = (settings.pop(name) for name in ("json", "compare", "protocols"))
    with progress_bar("embedding") as advance:
        evaluation = evaluate(**settings, progress=advance)
    run = given.out or run_folder(given.checkpoint)
    about = evaluation.about
    compared = compare(evaluation, other) if other else None
    keys = evaluation.asked.keys
    if about.unmatched:
        print(f"passerby: {about.unmatched}", file=sys.stderr)
    if as_json:
        found = evaluation.summary() | {"folder": str(evaluation.folder)}
        print(json.dumps(found | (_as_json(compared, keys) if compared else {}), indent=2))
    else:
        _print_table(evaluation, compared)
        print(f"written to {evaluation.folder}")
        beside = f" --compare {other}" if other and other.resolve() != run.resolve() else ""
        print(f"for a page of it: passerby report {run}{beside}")
    return 0


def _print_protocols() -> None:
    from rich.console import Console
    from rich.text import Text

    from passerby.metrics.protocols import PROTOCOLS

    console = Console()
    for protocol in PROTOCOLS.values():
        trials = f" ({protocol.trials} trials)" if protocol.trials > 1 else ""
        console.print(Text.assemble((protocol.name, "bold"), trials))
        console.print(Text(f"  {protocol.rule}"), soft_wrap=True)
        if protocol.source:
            console.print(Text(f"  {protocol.source}", style="dim"), soft_wrap=True)


def _as_json(compared: "Comparison", keys: Sequence[str]) -> dict[str, object]:
    return {
        "compared": {
            "name": compared.name,
            **compared.other.summary(),
            "gained": [keys[row] for row in compared.changes.gained.tolist()],
            "lost": [keys[row] for row in compared.changes.lost.tolist()],
        },
        "differences": {
            name: apart and asdict(apart) for name, apart in compared.differences.items()
        },
    }


def _print_table(evaluation: "Evaluation", compared: "Comparison | None") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from passerby.metrics.bootstrap import intervals
    from passerby.metrics.figures import FIGURES
    from passerby.metrics.protocols import protocol_named

    about, scores, draws = evaluation.about, evaluation.scores, len(evaluation.repeats)
    per_cent = f"mean ± standard deviation of {draws} draws, " if draws > 1 else ""
    steps = f" by {about.rerank}" if about.rerank else ""
    table = Table(title=f"{about.model} on {about.dataset}{steps} ({per_cent}per cent)")
    people = evaluation.asked.persons
    several = len(people[scores.first_hit > 0].unique()) > 1
    within = intervals(scores, groups=people) if draws == 1 and several else {}
    columns = ["", "this run", *(["95 % interval"] if within else [])]
    columns += [compared.name, "difference", "95 % interval"] if compared else []
    for column in columns:
        table.add_column(column, justify="right" if column else "left")
    for name, (label, _) in FIGURES.items():
        row = [label, str(evaluation.spreads[name]), *([str(within[name])] if within else [])]
        if compared:
            apart = compared.differences[name]
            row += [str(compared.other.spreads[name]), *_apart(apart)]
        table.add_row(*row)
    console = Console()
    console.print(table)
    counted = f"{scores.queries:,} queries scored, {scores.skipped:,} skipped for want of a match"
    console.print(f"{counted}; {about.gallery:,} entries in the gallery.", highlight=False)
    if compared:
        first = "of the first draw " if draws > 1 else ""
        gained, lost = len(compared.changes.gained), len(compared.changes.lost)
        console.print(
            f"Beside {compared.name}, {gained:,} queries {first}gained a right first answer "
            f"and {lost:,} lost it; intervals are over people, drawn with all their queries.",
            highlight=False,
        )
    rule = protocol_named(about.protocol).rule
    flipped = "averaged with mirror images" if about.flip else "without mirror images"
    console.print(Text(f"Protocol {about.protocol}: {rule}", style="dim"))
    console.print(Text(f"Distance: {about.metric}, {flipped}.", style="dim"))


def _apart(difference: "Difference | None") -> tuple[str, str]:
    if difference is None:
        return "-", "-"
    low, high = difference.interval.low, difference.interval.high
    return f"{100 * difference.estimate:+.1f}", f"{100 * low:+.1f} to {100 * high:+.1f}"

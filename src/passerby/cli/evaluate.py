"""`passerby evaluate`: measure a model on a data set."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passerby.cli.progress import progress_bar
from passerby.cli.root import parse_with_root

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser

    from passerby.metrics.bootstrap import Difference, Interval
    from passerby.pipelines.compare import Comparison
    from passerby.pipelines.evaluation import Evaluation

_WIDE = 100
"""Columns of a terminal that show a run's own interval beside another run."""


def main(arguments: list[str]) -> int:
    """Run `passerby evaluate ARGUMENTS` and return its exit status."""
    from passerby.data.readers import checked_options
    from passerby.engine.run_folder import run_folder
    from passerby.pipelines.compare import compare, measured_alike
    from passerby.pipelines.evaluate import evaluate
    from passerby.pipelines.variant import variant

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
        parser.add_argument(
            "--arguments",
            type=dict[str, Any],
            default={},
            help="how the weights embed, where the method leaves a choice after training: "
            "--arguments.embed_local true of AlignedReID, --arguments.descriptor f_c of "
            "DeepPerson; the model that does so is written beside the run",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--protocols", action="store_true", help="list the protocols and stop")

    given = parse_with_root(
        build, arguments, prog="passerby evaluate", about="Measure a model on a data set."
    )
    settings = given.as_dict()
    as_json, other, _ = (settings.pop(name) for name in ("json", "compare", "protocols"))
    chosen = settings.pop("arguments")
    if chosen:
        settings["checkpoint"] = str(variant(given.checkpoint, chosen))
    run = given.out or run_folder(settings["checkpoint"])
    if other and other.resolve() != run.resolve():  # itself it is in any case
        options = checked_options(given.dataset, settings["options"])
        measured_alike(other, given.dataset, options, given.protocol)
    with progress_bar("embedding") as advance:
        evaluation = evaluate(**settings, progress=advance)
    about = evaluation.about
    compared = compare(evaluation, other) if other else None
    keys = evaluation.asked.keys
    if about.unmatched:
        print(f"passerby: {about.unmatched}", file=sys.stderr)
    if as_json:
        within = {name: asdict(interval) for name, interval in _intervals(evaluation).items()}
        found = evaluation.summary() | {"intervals": within, "folder": str(evaluation.folder)}
        print(json.dumps(found | (_as_json(compared, keys) if compared else {}), indent=2))
    else:
        _print_table(evaluation, compared)
        print(f"written to {evaluation.folder}")
        beside = f" --compare {other}" if other and other.resolve() != run.resolve() else ""
        print(f"for a page of it: passerby report {run}{beside}")
    return 0


def _print_protocols() -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from passerby.metrics.protocols import PROTOCOLS

    console = Console()

    def show(words: str, style: str = "") -> None:
        if console.is_terminal:
            console.print(Padding(Text(words, style), (0, 0, 0, 2)))
        else:  # a line for `grep`
            console.print(Text(f"  {words}"), soft_wrap=True)

    for protocol in PROTOCOLS.values():
        trials = f" ({protocol.trials} trials)" if protocol.trials > 1 else ""
        console.print(Text.assemble((protocol.name, "bold"), trials))
        show(protocol.rule)
        if protocol.source:
            show(protocol.source, "dim")


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

    from passerby.metrics.figures import FIGURES
    from passerby.metrics.protocols import protocol_named
    from passerby.reports.words import counted

    console = Console()
    about, scores, draws = evaluation.about, evaluation.scores, len(evaluation.repeats)
    steps = f" by {about.rerank}" if about.rerank else ""
    table = Table(
        title=f"{about.model} on {about.dataset}{steps}",
        caption="per cent" + (f", mean ± standard deviation of {draws} draws" if draws > 1 else ""),
    )
    # In a narrow terminal the interval of the difference says more than the run's own.
    roomy = compared is None or console.width >= _WIDE
    within = _intervals(evaluation) if roomy else {}
    columns = ["", "this run", *(["95 % interval"] if within else [])]
    columns += [compared.name, "difference", "95 % interval"] if compared else []
    for column in columns:
        table.add_column(column, justify="right" if column else "left", overflow="fold")
    for name, (label, _) in FIGURES.items():
        row = [label, str(evaluation.spreads[name]), *([str(within[name])] if within else [])]
        if compared:
            apart = compared.differences[name]
            row += [str(compared.other.spreads[name]), *_apart(apart)]
        table.add_row(*row)
    console.print(table)
    scored = counted(scores.queries, "query", "queries")
    entries = counted(about.gallery, "entry", "entries")
    console.print(
        f"{scored} scored, {scores.skipped:,} skipped for want of a match; {entries} in the "
        "gallery.",
        highlight=False,
    )
    if compared:
        gained, lost = len(compared.changes.gained), len(compared.changes.lost)
        first = "Differences are those of the first draw. " if draws > 1 else ""
        console.print(
            f"{first}Beside {compared.name}, {counted(gained, 'query', 'queries')} gained a right "
            f"first answer and {lost:,} lost it; intervals are over people, drawn with all their "
            "queries.",
            highlight=False,
        )
    rule = protocol_named(about.protocol).rule
    flipped = "averaged with those of" if about.flip else "without"
    console.print(Text(f"Protocol {about.protocol}: {rule}", style="dim"))
    console.print(Text(f"Distance: {about.metric}; features {flipped} mirror images.", style="dim"))


def _intervals(evaluation: "Evaluation") -> "dict[str, Interval]":
    """The 95 % interval of each figure, people drawn; none of several draws, nor of one person."""
    from passerby.metrics.bootstrap import intervals

    scores, people = evaluation.scores, evaluation.asked.persons
    several = len(people[scores.first_hit > 0].unique()) > 1
    return intervals(scores, groups=people) if several and len(evaluation.repeats) == 1 else {}


def _apart(difference: "Difference | None") -> tuple[str, str]:
    if difference is None:
        return "-", "-"
    low, high = difference.interval.low, difference.interval.high
    return f"{100 * difference.estimate:+.1f}", f"{100 * low:+.1f} to {100 * high:+.1f}"

"""`passerby evaluate`: measure a model on a data set."""

import json
import sys
from typing import TYPE_CHECKING

from passerby.cli.progress import progress_bar
from passerby.cli.root import parse_with_root

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser

    from passerby.pipelines.evaluation import Evaluation


def main(arguments: list[str]) -> int:
    """Run `passerby evaluate ARGUMENTS` and return its exit status."""
    from passerby.engine.run_folder import run_folder
    from passerby.pipelines.evaluate import evaluate, evaluation_folder

    def build(parser: "ArgumentParser") -> None:
        parser.add_function_arguments(evaluate, as_positional=True, skip={"root", "progress"})
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    given = parse_with_root(
        build, arguments, prog="passerby evaluate", about="Measure a model on a data set."
    )
    settings = given.as_dict()
    as_json = settings.pop("json")
    with progress_bar("embedding") as advance:
        evaluation = evaluate(**settings, progress=advance)
    run = given.out or run_folder(given.checkpoint)
    about = evaluation.about
    folder = evaluation_folder(
        run, about.dataset, about.options, about.protocol, len(evaluation.repeats)
    )
    if about.unmatched:
        print(f"passerby: {about.unmatched}", file=sys.stderr)
    if as_json:
        print(json.dumps({**evaluation.summary(), "folder": str(folder)}, indent=2))
    else:
        _print_table(evaluation)
        print(f"written to {folder}")
        print(f"for a page of it: passerby report {run}")
    return 0


def _print_table(evaluation: "Evaluation") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from passerby.metrics.protocols import protocol_named
    from passerby.metrics.repeats import FIGURES

    about, draws = evaluation.about, len(evaluation.repeats)
    per_cent = f"mean ± standard deviation of {draws} draws, " if draws > 1 else ""
    table = Table(title=f"{about.model} on {about.dataset} ({per_cent}per cent)")
    for label, _ in FIGURES.values():
        table.add_column(label, justify="right", no_wrap=True)
    table.add_row(*(str(spread) for spread in evaluation.spreads.values()))
    console = Console()
    console.print(table)
    scores = evaluation.scores
    counted = f"{scores.queries:,} queries scored, {scores.skipped:,} skipped for want of a match"
    console.print(f"{counted}; {about.gallery:,} pictures in the gallery.", highlight=False)
    rule = protocol_named(about.protocol).rule
    flipped = "averaged with mirror images" if about.flip else "without mirror images"
    console.print(Text(f"Protocol {about.protocol}: {rule}", style="dim"))
    console.print(Text(f"Distance: {about.metric}, {flipped}.", style="dim"))

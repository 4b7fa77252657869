"""`passerby data`: statistics and pre-flight check of data sets, extraction, rendering."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.cli.progress import progress_bar
from passerby.cli.root import parse_with_root

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser, Namespace

    from passerby.data.finding import Finding
    from passerby.data.stats import SplitStats

# Arguments of actions that the command line gives otherwise, or not at all.
_GIVEN: set[str | int] = {"splits", "progress", "dataset", "root", "options"}

_USAGE = """\
usage: passerby data ACTION DATASET [ROOT] [options]
       passerby data render WORLD --out DIR [options]

actions:
  stats     people, images and cameras of each split
  check     look for what would spoil learning or measuring; status 1 when there is an error
  times     learn how long people take between cameras, for re-ranking
  extract   turn the official archive of cuhk03 into images, once
  render    render a world of people: crops, tracklets, frames or videos, with their truth

  passerby data ACTION DATASET --help lists the options of a data set

data sets:
  {datasets}
"""


def main(arguments: list[str]) -> int:
    """Run `passerby data ARGUMENTS` and return its exit status."""
    actions = {"stats": _stats, "check": _check, "times": _times, "extract": _extract}
    if arguments[:1] == ["render"]:
        return _render(arguments[1:])
    if len(arguments) < 2 or arguments[0] not in actions or arguments[1].startswith("-"):
        return _help(arguments, actions)
    return actions[arguments[0]](arguments[1], arguments[2:])


def _help(arguments: list[str], actions: dict[str, Callable[[str, list[str]], int]]) -> int:
    from passerby.data.readers import READERS

    usage = _USAGE.format(datasets=", ".join(READERS))
    if any(argument in ("-h", "--help") for argument in arguments):
        print(usage, end="")
        return 0
    if arguments and arguments[0] not in actions:
        print(f"passerby data: there is no action {arguments[0]!r}\n", file=sys.stderr)
    print(usage, end="", file=sys.stderr)
    return 2


def _stats(dataset: str, arguments: list[str]) -> int:
    from passerby.data.readers import read_dataset
    from passerby.data.stats import stats

    given = _given("stats", dataset, arguments)
    splits = read_dataset(dataset, given.root, _options(given))
    counted = stats(splits)
    if given.json:
        rows = [asdict(row) for row in counted]
        print(json.dumps({"dataset": splits.name, "splits": rows}, indent=2))
    else:
        _print_table(splits.name, counted)
    return 0


def _check(dataset: str, arguments: list[str]) -> int:
    from passerby.core.errors import PasserbyError
    from passerby.data.check import check
    from passerby.data.readers import read_dataset

    given = _given("check", dataset, arguments, check)
    for name, least in (("workers", 1), ("examples", 0)):
        if given[name] < least:
            raise PasserbyError(f"{name} is {given[name]}; it must be at least {least}")
    splits = read_dataset(dataset, given.root, _options(given))
    with progress_bar("reading pictures") as advance, _silent_decoder():
        findings = check(splits, given.examples, given.workers, advance)
    errors = sum(finding.severity == "error" for finding in findings)
    if given.json:
        rows = [asdict(finding) for finding in findings]
        print(json.dumps({"dataset": splits.name, "errors": errors, "findings": rows}, indent=2))
    else:
        _print_findings(splits.name, findings)
    return 1 if errors else 0


def _times(dataset: str, arguments: list[str]) -> int:
    from passerby.pipelines.transition_times import learn_transition_times

    given = _given("times", dataset, arguments, learn_transition_times)
    settings = {name: given[name] for name in ("out", "bin_seconds", "smoothing")}
    learnt = learn_transition_times(dataset, given.root, _options(given), **settings)
    if given.json:
        print(json.dumps({"pairs": learnt.pairs.tolist(), "file": str(given.out)}))
    else:
        print(f"{len(learnt.pairs)} ways between cameras, written to {given.out}")
    return 0


def _extract(dataset: str, arguments: list[str]) -> int:
    from jsonargparse import ArgumentParser

    from passerby.core.errors import PasserbyError
    from passerby.data.cuhk03 import IMAGES
    from passerby.data.cuhk03_extract import extract_cuhk03

    if dataset != "cuhk03":
        raise PasserbyError(f"{dataset} is read as it is; only cuhk03 is extracted first")
    parser = ArgumentParser(prog="passerby data extract cuhk03")
    parser.add_argument("root", type=Path, help="the folder that holds cuhk03_release")
    root = parser.parse_args(arguments).root
    with progress_bar("extracting") as advance:
        written = extract_cuhk03(root, advance)
    print(f"{written} images written to {' and '.join(str(root / f) for f in IMAGES.values())}")
    return 0


def _render(arguments: list[str]) -> int:
    from passerby.cli.render import render

    return render(arguments, _print_table)


def _given(
    action: str, dataset: str, arguments: list[str], act: Callable[..., object] | None = None
) -> "Namespace":
    """The options of an action on a data set: those of the reader and of `act` come from their
    signatures."""
    from passerby.data.readers import options_of, reader

    read = reader(dataset)

    def build(parser: "ArgumentParser") -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        if options_of(dataset):
            parser.add_function_arguments(read, nested_key="options", as_group=False, skip={"root"})
        if act:
            parser.add_function_arguments(act, skip=_GIVEN)

    return parse_with_root(
        build,
        arguments,
        prog=f"passerby data {action} {dataset}",
        about=(read.__doc__ or "").split("\n")[0],
    )


def _options(given: "Namespace") -> dict[str, object]:
    return given.options.as_dict() if "options" in given else {}


def _print_table(name: str, counted: "Sequence[SplitStats]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    extra = [kind for kind in ("junk", "distractors") if any(getattr(r, kind) for r in counted)]
    table = Table(title=Text(name))
    table.add_column("split")
    columns = ["people", "images", "cameras", *extra]
    for column in columns:
        table.add_column(column, justify="right")
    for row in counted:
        table.add_row(row.split, *(f"{getattr(row, column):,}" for column in columns))
    Console().print(table)


def _print_findings(name: str, findings: "Sequence[Finding]") -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    colours = {"error": "bold red", "warning": "bold yellow"}
    for finding in findings:
        console.print(
            Text.assemble((finding.severity, colours[finding.severity]), ": ", finding.what)
        )
        for example in finding.examples:
            console.print(Text(f"  - {example}"), soft_wrap=True)
        if (more := finding.count - len(finding.examples)) and finding.examples:
            console.print(f"  ... and {more:,} more", highlight=False)
        console.print(Text(f"  {finding.advice}", style="dim"))
    errors = sum(finding.severity == "error" for finding in findings)
    counted = f"errors: {errors}, warnings: {len(findings) - errors}"
    verdict = counted if findings else "nothing wrong"
    console.print(Text(f"{name}: {verdict}", style="red" if errors else "green"))


@contextmanager
def _silent_decoder() -> Iterator[None]:
    """Keep OpenCV's own words about broken pictures out of the findings."""
    from cv2.utils import logging

    before = logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(before)

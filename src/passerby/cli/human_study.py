"""`passerby human-study`: have people answer what a model was asked, and compare."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser

    from passerby.pipelines.human_study_score import StudyScores

_USAGE = """\
usage: passerby human-study ACTION ...

actions:
  build RUN --out DIR      make the questions out of a run's evaluation
  serve DIR                the page on which people answer them
  score DIR                people beside the model and beside re-ranking

  passerby human-study ACTION --help lists the options of an action
"""


def main(arguments: list[str]) -> int:
    """Run `passerby human-study ARGUMENTS` and return its exit status."""
    actions = {"build": _build, "serve": _serve, "score": _score}
    if arguments and arguments[0] in actions:
        return actions[arguments[0]](arguments[1:])
    asked = bool(arguments) and arguments[0] in ("-h", "--help")
    if arguments and not asked:
        print(f"passerby human-study: there is no action {arguments[0]!r}\n", file=sys.stderr)
    print(_USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def _build(arguments: list[str]) -> int:
    from passerby.cli.progress import progress_bar
    from passerby.pipelines.human_study import build_study
    from passerby.reports.words import counted

    parser = _parser("build", "Make the questions of a human study out of a run's evaluation.")
    parser.add_function_arguments(build_study, as_positional=True, skip={"progress"})
    parser.add_argument("--serve", action="store_true", help="serve the page at once")
    settings = parser.parse_args(arguments).as_dict()
    serve = settings.pop("serve")
    with progress_bar("pictures") as advance:
        study = build_study(**settings, progress=advance)
    choices = max(len(question.candidates) for question in study.questions)
    asked = counted(len(study.questions), "question", "questions")
    print(f"{asked} of up to {choices} pictures in {settings['out']}")
    if serve:
        return _serve([str(settings["out"])])
    print(f"to have people answer them: passerby human-study serve {settings['out']}")
    return 0


def _serve(arguments: list[str]) -> int:
    from passerby.server.human_study_serve import serve_human_study

    parser = _parser("serve", "Serve the page on which people answer a human study.")
    parser.add_function_arguments(serve_human_study, as_positional=True, skip={"tell"})
    given = parser.parse_args(arguments).as_dict()
    serve_human_study(**given, tell=lambda line: print(line, flush=True))
    return 0


def _score(arguments: list[str]) -> int:
    from dataclasses import asdict

    from passerby.pipelines.human_study_page import study_page
    from passerby.pipelines.human_study_score import score_study

    parser = _parser("score", "Score people beside the model and beside re-ranking.")
    parser.add_function_arguments(score_study, as_positional=True)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--html",
        type=Path,
        metavar="PAGE",
        help="write a page of the pictures on which they differ",
    )
    given = parser.parse_args(arguments)
    scores = score_study(given.study)
    if given.json:
        print(json.dumps(asdict(scores), indent=2))
    else:
        _print_table(scores)
    if given.html:
        page = study_page(Path(given.study), given.html)
        print(f"the pictures on which they differ: {page}", file=sys.stderr)
    return 0


def _print_table(scores: "StudyScores") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from passerby.pipelines.human_study_page import ROWS, human_words, score_rows
    from passerby.reports.words import counted

    header, rows = score_rows(scores)
    asked = counted(scores.questions, "question", "questions")
    table = Table(title=f"human study on {scores.dataset}: {asked}", caption=ROWS)
    for place, name in enumerate(header):
        table.add_column(name, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    console.print(table)
    console.print(human_words(scores), highlight=False, markup=False)


def _parser(action: str, about: str) -> "ArgumentParser":
    from jsonargparse import ArgumentParser

    return ArgumentParser(prog=f"passerby human-study {action}", description=about)

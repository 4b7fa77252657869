"""`passerby score-tracks`: detection and tracking scores of a video's boxes."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passerby.pipelines.score_tracks import VideoScores


def main(arguments: list[str]) -> int:
    """Run `passerby score-tracks ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.score_tracks import score_tracks

    parser = ArgumentParser(
        prog="passerby score-tracks",
        description="Score the boxes of a video against the truth, both MOTChallenge text files.",
    )
    parser.add_function_arguments(score_tracks, as_positional=True)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args(arguments).as_dict()
    as_json = given.pop("json")
    scores = score_tracks(**given)
    if as_json:
        print(json.dumps(scores.summary(), indent=2))
    else:
        _print_table(scores)
    return 0


def _print_table(scores: "VideoScores") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{scores.frames:,} frames (per cent)")
    for label in _LABELS:
        table.add_column(label, justify="right", no_wrap=True)
    figures = scores.summary()
    table.add_row(*(_shown(name, figures[name]) for name in _LABELS.values()))
    console = Console()
    console.print(table)
    detection = scores.detection
    console.print(
        f"{detection.found:,} boxes found, {detection.false:,} false, {detection.missed:,} missed "
        f"at IoU {scores.iou:g}.",
        highlight=False,
    )
    if scores.tracking is None:
        console.print("No tracking scores: the boxes found have no identities (id -1).")


_LABELS = {
    "AP": "average_precision",
    "Precision": "precision",
    "Recall": "recall",
    "MOTA": "mota",
    "IDF1": "idf1",
    "HOTA": "hota",
    "Switches": "switches",
}


def _shown(name: str, value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if name == "switches" else f"{100 * value:.1f}"

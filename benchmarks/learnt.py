"""Rows of a table, for the benchmarks beside this file: each is learnt by one recipe, measured on
several tests, and kept as JSON, so that no row is learnt twice.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from passerby.core.files import write_atomically
from passerby.data.synthetic.layout import render_dataset
from passerby.engine.embedder import load_embedder
from passerby.engine.training import train
from real_people import Test, scores

RECIPE, FINER = "bag_of_tricks-union", "bag_of_tricks-union-finer"
RESULT = "result.json"


@dataclass(frozen=True)
class Settings:
    """What decides the rows' scores, besides what each learns from.

    epochs, batches: how long; batches an epoch, None for one pass over the pictures
    seed:    of the weights and of the order of pictures
    begin:   weights to begin with, by the recipe for finer details; None: random ones
    backbone: the network
    worlds:  rendered worlds, as "plaza:1": style and seed
    people, test_people, cameras, shots, height, width: of each of them
    """

    epochs: int
    batches: int | None
    seed: int
    begin: str | None
    backbone: str
    worlds: tuple[str, ...]
    people: int
    test_people: int
    cameras: int
    shots: int
    height: int
    width: int

    def told(self) -> dict[str, Any]:
        """As a result's JSON holds them."""
        return json.loads(json.dumps(asdict(self)))


def parser_of(about: str, rows: Sequence[str], **defaults: object) -> argparse.ArgumentParser:
    """The options of a table of `rows`; `defaults` are those of this one."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, help="for worlds, runs and results; what is there is kept"
    )
    parser.add_argument("--only", nargs="+", choices=rows, default=list(rows), metavar="ROW",
                        help=f"rows to learn now: {', '.join(rows)}")  # fmt: skip
    parser.add_argument("--table", action="store_true", help="learn nothing, print what is there")
    parser.add_argument("--epochs", type=int, default=36)
    parser.add_argument("--batches", type=int, help="an epoch; by default one pass")
    parser.add_argument("--seed", type=int, default=0, help="of learning; several are averaged")
    parser.add_argument("--begin", help="weights that every row begins with; by default random")
    parser.add_argument("--backbone", default="osnet_x0_25")
    parser.add_argument("--worlds", nargs="+", metavar="STYLE:SEED")
    parser.add_argument("--people", type=int, help="in each world, to learn from")
    parser.add_argument("--test-people", type=int, help="others in each world")
    parser.add_argument("--cameras", type=int, default=6)
    parser.add_argument("--shots", type=int, default=2)
    parser.add_argument("--height", type=int, default=160)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--workers", type=int, default=1, help="processes that render")
    parser.set_defaults(**defaults)
    return parser


def settings_of(given: argparse.Namespace) -> Settings:
    """The settings among the options."""
    names = Settings.__dataclass_fields__
    return Settings(**{name: getattr(given, name) for name in names if name != "worlds"},
                    worlds=tuple(given.worlds))  # fmt: skip


def render_world(folder: Path, world: str, settings: Settings, workers: int, without: str) -> None:
    """Render a world into `folder`, or what is missing there of it."""
    style, _, seed = world.partition(":")
    render_dataset(
        folder, style=style, seed=int(seed or 0), people=settings.people,
        test_people=settings.test_people, cameras=settings.cameras, shots=settings.shots,
        height=settings.height, width=settings.width, without=without, workers=workers,
    )  # fmt: skip


def learn(
    folder: Path,
    row: str,
    settings: Settings,
    sets: str,
    root: Path,
    asked: Sequence[Test],
) -> None:
    """Learn a row from a union's `sets` below `root`, measure it and keep the scores."""
    run = run_of(folder, row, settings.seed)
    start = time.monotonic()
    options = {
        "data.root": root, "data.options.sets": sets, "data.height": settings.height,
        "data.width": settings.width, "data.seed": settings.seed,
        "data.batches_per_epoch": settings.batches or "null",
        "model.backbone": settings.backbone, "seed_everything": settings.seed,
        "trainer.max_epochs": settings.epochs, "run": run,
    }  # fmt: skip
    if settings.begin:
        options["model.initial_weights"] = settings.begin
    told = [f"--{name}={value}" for name, value in options.items()]
    model = train(["--config", FINER if settings.begin else RECIPE, *told])
    embedder = load_embedder(str(model))
    found = {test.name: scores(test, embedder.samples(test.samples)) for test in asked}
    minutes = round((time.monotonic() - start) / 60, 1)  # of the last go, where there were several
    note = {"row": row, "settings": settings.told(), "scores": found, "minutes": minutes}
    write_atomically(run / RESULT, lambda to: to.write_text(json.dumps(note, indent=2) + "\n"))


def run_of(folder: Path, row: str, seed: int) -> Path:
    """The run of a row, learnt with `seed`."""
    return folder / "runs" / f"{row}-{seed}"


def is_done(folder: Path, row: str, settings: Settings) -> bool:
    """Whether the row has a result; the program ends where that is of other settings."""
    file = run_of(folder, row, settings.seed) / RESULT
    if not file.is_file():
        return False
    then = json.loads(file.read_text())["settings"]
    now = settings.told()
    if other := [f"{n} {then.get(n)}, not {now[n]}" for n in now if then.get(n) != now[n]]:
        sys.exit(f"{file} was made with {'; '.join(other)}: name another folder")
    return True


def print_table(
    folder: Path, rows: Mapping[str, tuple[str, Settings]], columns: Sequence[str]
) -> None:
    """Rank-1 / mAP of the rows that have results of their settings, means of all seeds.

    rows: what each is called in the table, and its settings
    """
    print("| row | seeds | " + " | ".join(columns) + " |\n|---|---|" + "---|" * len(columns))
    for row, (called, settings) in rows.items():
        notes = [json.loads(file.read_text()) for file in folder.glob(f"runs/{row}-*/{RESULT}")]
        alike = settings.told() | {"seed": None}
        some = [n["scores"] for n in notes if n["row"] == row
                and n["settings"] | {"seed": None} == alike]  # fmt: skip
        if some:
            cells = [
                " / ".join(f"{statistics.mean(one[c][k] for one in some):.1f}" for k in (0, 1))
                for c in columns
            ]
            print(f"| {called} | {len(some)} | " + " | ".join(cells) + " |")

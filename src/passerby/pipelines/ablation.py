"""Ablation: the rows of a paper's table learnt, measured and set beside what the paper prints."""

import math
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from passerby import __version__
from passerby.core.errors import PasserbyError
from passerby.engine.checkpoint import CHECKPOINTS, MODEL, load_checkpoint, save_checkpoint
from passerby.engine.training import train
from passerby.metrics.figures import FIGURES
from passerby.pipelines.ablation_plan import (
    IMAGENET,
    PAPERS_BACKBONE,
    Plan,
    as_arguments,
    dotted,
)
from passerby.pipelines.ablation_results import (
    RESULT,
    held,
    keep,
    learnt_by,
    measured_by,
    write_tables,
)
from passerby.pipelines.ablation_table import Row, Table
from passerby.pipelines.ablation_tables import table_named
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.variant import embedding_as

SETS = "cuhk01:cuhk01?shots=2,cuhk03_pair1:cuhk03-pair1?gallery=all"
"""CUHK01 and the first camera pair of CUHK03, which is what is easily had."""

TRAINED = "trained.json"


@dataclass(frozen=True)
class Ablation:
    """What an ablation has come to.

    done, wanted: trainings that are measured on every test set, and all that were asked for
    folder:       holds table.json, table.md and table.html, and a folder for each row
    text:         the tables as Markdown
    """

    done: int
    wanted: int
    folder: Path
    text: str


def ablation(
    table: str,
    root: Path | None = None,
    sets: str = SETS,
    tests: str = "",
    rows: Sequence[str] = (),
    seeds: int = 3,
    backbone: str = PAPERS_BACKBONE,
    weights: str = IMAGENET,
    height: int | None = None,
    width: int | None = None,
    epochs: int | None = None,
    out: Path | None = None,
    budget_minutes: float = math.inf,
    workers: int | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    settings: Mapping[str, Any] | None = None,
    tell: Callable[[str], object] = lambda line: None,
) -> Ablation:
    """Learn and measure the rows of an ablation table, each by several seeds.

    Each row is one training by the code of `passerby train`, in a folder of its own, and is
    measured on each test set under the rules of Market-1501, without mirror images, as papers of
    that time do. What is done is kept: the same command again goes on where this one stopped.

    Raises PasserbyError when a name or a number makes no sense, the folder holds rows that were
    learnt by other settings, and as training and measuring do.

    Args:
        table: which table, see `passerby.pipelines.ablation_tables`
        root: the folder that the folders in `sets` and `tests` are in
        sets: data sets that are learnt from, all together: NAME:FOLDER?OPTION=VALUE&..., parted by
            commas
        tests: data sets that are measured on, one by one, in the same form; those learnt from when
            left out
        rows: only these rows, by their keys; all when left out
        seeds: how many seeds, from 0
        backbone: in place of the paper's ResNet-50
        weights: that a training begins with: imagenet, random, or the name or file of others
        height: of the pictures; the paper's when left out
        width: of the pictures; the paper's when left out
        epochs: of every row; the paper's when left out. Its schedule shrinks with them
        out: the folder to write to; runs/ablation-TABLE when left out
        budget_minutes: stop cleanly after so long; a measurement that has begun is ended
        workers: processes that read pictures; the paper's recipe's on a GPU when left out
        device: cpu, cuda, or auto, which takes a GPU where there is one
        settings: further settings of `passerby train`, such as {"data.persons_per_batch": 8}
        tell: called with a line about each step
    """
    deadline = time.monotonic() + 60 * budget_minutes
    if seeds < 1 or budget_minutes <= 0 or (epochs is not None and epochs < 1):
        raise PasserbyError(
            f"seeds is {seeds}, epochs {epochs} and budget_minutes {budget_minutes}; all must be "
            "above 0"
        )
    found = table_named(table)
    plan = Plan(
        table=found,
        root=None if root is None else Path(root).resolve(),
        sets=sets,
        tests=tests,
        backbone=backbone,
        weights=weights,
        height=height,
        width=width,
        epochs=epochs,
        cuda=device == "cuda" or (device == "auto" and torch.cuda.is_available()),
        workers=workers,
        settings=dotted(settings or {}),
    )
    folder = Path(out) if out else Path("runs") / f"ablation-{table}"
    wanted = [(seed, row) for seed in range(seeds) for row in found.chosen(rows)]
    done = 0
    for seed, row in wanted:
        tell(f"{row.name}, seed {seed}: {done + 1} of {len(wanted)}")
        if not _measured(plan, row, seed, folder, deadline):
            break
        done += 1
    return Ablation(done, len(wanted), folder, write_tables(plan, folder))


def _measured(plan: Plan, row: Row, seed: int, folder: Path, deadline: float) -> bool:
    """Whether a row is learnt and measured on every test set; does what is missing till then."""
    place = folder / row.key / f"seed-{seed}"
    about = measured_by(plan, row, seed)
    result = held(place / RESULT, about) or {**about, "tests": {}, "passerby": __version__}
    missing = {label: one for label, one in plan.measured().items() if label not in result["tests"]}
    if missing and (time.monotonic() >= deadline or not _learnt(plan, row, seed, folder, deadline)):
        return False
    for label, one in missing.items():
        evaluation = evaluate(
            str(_model(plan.table, row, seed, folder)),
            one.name,
            one.root(plan.root),
            one.options,
            flip=False,
            out=place,
            workers=plan.training(row, seed)["data.workers"],
            device="cuda" if plan.cuda else "cpu",
        )
        summary = evaluation.summary()
        result["tests"][label] = {name: summary[name] for name in FIGURES}
        keep(place / RESULT, result)
    return True


def _learnt(plan: Plan, row: Row, seed: int, folder: Path, deadline: float) -> bool:
    """Whether a row's model is there; trains it until `deadline`."""
    run = _run(plan.table, row, seed, folder)
    about = learnt_by(plan, row, seed)
    if held(run / TRAINED, about) is None:
        settings = plan.training(row, seed)
        try:
            train([f"--run={run}", *as_arguments(settings)], deadline)
        except KeyboardInterrupt:
            if time.monotonic() < deadline:
                raise
            return False
        keep(run / TRAINED, about)
        # Nobody goes on from here, and they are several times as large as the model.
        shutil.rmtree(run / CHECKPOINTS, ignore_errors=True)
    return True


def _run(table: Table, row: Row, seed: int, folder: Path) -> Path:
    """The folder that a row is trained in, which rows that learn alike share."""
    return folder / table.learnt_as(row).key / f"seed-{seed}"


def _model(table: Table, row: Row, seed: int, folder: Path) -> Path:
    """The checkpoint to measure: the trained one, or its copy that embeds as the row says."""
    trained = _run(table, row, seed, folder) / MODEL
    own = folder / row.key / f"seed-{seed}" / MODEL
    if own == trained:
        if not row.embeds:
            return trained
        own = own.with_name(f"embedding-{MODEL}")
    method, preprocess, _ = load_checkpoint(trained)
    return save_checkpoint(embedding_as(method, row.embeds), preprocess, own)

"""The three journeys on a rendered world: learn, measure, find, and one page that shows it all."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.data.synthetic.layout import render_dataset
from passerby.data.synthetic.world import World
from passerby.engine.checkpoint import MODEL, load_checkpoint, save_checkpoint
from passerby.engine.training import train
from passerby.models.shipped import RENDERED
from passerby.pipelines.demo_find import Town, film, find
from passerby.pipelines.demo_page import find_section, learn_section, world_section
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.report_files import files_folder, files_section, save_files
from passerby.pipelines.report_sections import evaluation_sections
from passerby.reports.html import page

RECIPE = "bag_of_tricks-rendered"
FEWEST = 16
"""So many people stand in a batch of the recipe."""
BEGINS = datetime(2026, 5, 31, 14, 30, tzinfo=UTC)
"""The wall clock at second 0 of the town that is filmed."""


@dataclass(frozen=True)
class Demo:
    """What the demo made.

    page:    the HTML page that shows it all
    run:     the trained run's folder
    gallery: the folder of the gallery that can be searched
    query:   a picture to search it with
    seconds: wall-clock seconds of each stage
    """

    page: Path
    run: Path
    gallery: Path
    query: Path
    seconds: dict[str, float]


def demo(
    out: Path = Path("runs/demo"),
    people: int = 200,
    epochs: int | None = None,
    seed: int = 0,
    tell: Callable[[str], object] = print,
) -> Demo:
    """Render a world, learn from it, measure, find people in its videos, and make one page.

    Run again, it goes on where it stopped.

    Args:
        out: folder that everything is written to
        people: people to learn from
        epochs: of training; the recipe's own when left out
        seed: of the world and of learning
        tell: called with a line at the start of each stage

    Raises:
        PasserbyError: `out` cannot be written, or holds a demo with other settings; `people` is
            too small.
    """
    if people < FEWEST:
        raise PasserbyError(f"people is {people}; the demo learns from {FEWEST} at least")
    out = Path(out)
    seconds: dict[str, float] = {}

    def stage(name: str, words: str) -> None:
        now = time.perf_counter()
        if seconds:
            last = next(reversed(seconds))
            seconds[last] += now
        seconds[name] = -now
        tell(f"[{len(seconds)}/6] {words}")

    stage("render", f"rendering a world of {people + 80} people and 5 cameras")
    crops = out / "world"
    splits = render_dataset(
        crops, seed=seed, people=people, test_people=80, cameras=5, shots=4, height=128, width=64
    )

    stage("learn", f"learning from {len(splits.train):,} crops of {people} people")
    run = out / "trained"
    learnt = ["--config", RECIPE, "--data.root", str(crops), "--run", str(run)]
    learnt += ["--seed_everything", str(seed)]
    train(learnt if epochs is None else [*learnt, "--trainer.max_epochs", str(epochs)])

    stage("measure", "measuring it on 80 strangers, beside an untrained one and the shipped one")
    before = _untrained(run, out / "untrained", seed)
    evaluations = {
        name: evaluate(str(folder), "rendered", crops)
        for name, folder in (("trained", run), ("untrained", before))
    }
    evaluations["as shipped"] = evaluate(RENDERED, "rendered", crops, out=out / "shipped")
    reranked = evaluate(str(run), "rendered", crops, rerank="k-reciprocal")
    evaluations["trained · k-reciprocal"] = reranked

    stage("film", "filming another town of 12 people with 3 cameras")
    town = Town(World(seed=seed + 1, people=12, cameras=3, every=3.0), BEGINS.timestamp())
    films = film(town, out / "videos")

    stage("find", "finding and following the people in the videos, and searching for them")
    found = find(town, films, out / "gallery", run, out / "queries")
    if not found.searches:
        raise PasserbyError(
            f"nobody was followed through two cameras of the demo's town (seed {seed}); "
            "run again with another --seed and --out"
        )

    stage("page", "making the page, and files of its figures beside it")
    path = out / "demo.html"
    measured = evaluation_sections(evaluations, lists=4)
    saved = save_files(measured, files_folder(path))
    sections = [
        world_section(seed),
        learn_section(run),
        *measured,
        find_section(found),
        files_section({"rendered": saved}, path),
    ]
    text = page(
        "Passerby, end to end",
        "Every person here is rendered. A small network learnt from some of them on this machine, "
        "was measured on others, and then found strangers again across the cameras of a town that "
        "it had never seen.",
        sections,
    )
    write_atomically(path, lambda to: to.write_text(text, encoding="utf-8"))
    seconds["page"] += time.perf_counter()
    return Demo(path, run, out / "gallery", found.searches[0].picture, seconds)


def _untrained(run: Path, out: Path, seed: int) -> Path:
    """The same network as the run's, as it was before it learnt anything."""
    method, preprocess, _ = load_checkpoint(run)
    torch.manual_seed(seed)
    save_checkpoint(type(method)(**method.arguments), preprocess, out / MODEL)
    return out

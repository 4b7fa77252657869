"""The demo's own sections of the page: the world, the learning, the searches."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.data.images import read_image
from passerby.data.synthetic.layout import contact_sheet
from passerby.data.synthetic.world import World
from passerby.pipelines.demo_find import Found, Search
from passerby.reports.figures import line_figure
from passerby.reports.html import Section, figure, render, table, together
from passerby.reports.tiles import Tile, strip, thumbnail

if TYPE_CHECKING:
    from markupsafe import Markup

SHOWN = 6
"""Searches on the page; all of them count in the figures above."""


def world_section(seed: int) -> Section:
    """A contact sheet: each row two people, each seen by five cameras."""
    world = World(seed=seed, people=12, cameras=5)
    pictures = [
        world.crop(person, camera, 1, height=192, width=96)
        for person in range(1, 9)
        for camera in range(1, 6)
    ]
    sheet = contact_sheet(pictures, columns=10, gap=3)
    image = render(
        "image.html",
        source=thumbnail(sheet, height=sheet.shape[0]),
        alt="eight rendered people, each in five pictures by five cameras",
    )
    caption = "Eight people, each as five cameras see them: other sides, light, colours, sharpness."
    return Section(
        "A rendered world",
        figure(image, caption),
        "No picture on this page shows a real person. People, places and cameras are all "
        "described by one number and rendered by Passerby itself.",
    )


def learn_section(run: Path) -> Section:
    """How the loss fell."""
    epochs, losses = loss_curve(run)
    curve = line_figure(
        {"loss": (epochs, losses)},
        "epoch",
        "loss, mean of an epoch",
        description=f"The loss falls from {losses[0]:.2f} to {losses[-1]:.2f}.",
        ticks=epochs[:: max(1, len(epochs) // 6)],
    )
    return Section(
        "Learn",
        figure(
            curve,
            f"{len(losses)} epochs of OSNet x0.25 with the strong baseline's tricks.",
        ),
        "The network starts from nothing and learns to tell the training people apart.",
    )


def loss_curve(run: Path) -> tuple[list[float], list[float]]:
    """Epochs from 1, and the mean loss of each, from the run's newest CSV log."""
    logs = sorted(run.glob("logs/version_*/metrics.csv"), key=lambda log: log.stat().st_mtime)
    by_epoch: dict[int, float] = {}
    for log in logs:
        with log.open() as file:
            for row in csv.DictReader(file):
                if row.get("loss_epoch"):
                    by_epoch[int(row["epoch"])] = float(row["loss_epoch"])
    epochs = sorted(by_epoch)
    return [epoch + 1.0 for epoch in epochs], [by_epoch[epoch] for epoch in epochs]


def find_section(found: Found) -> Section:
    """What was seen in the videos, and the answers to the searches."""
    right = sum(one.right_at_once for one in found.searches)
    rows = [
        [
            done.source,
            f"{done.frames:,}",
            f"{done.tracklets}",
            f"{done.crops}",
            f"{done.frames / max(sum(done.seconds.values()), 1e-9):.0f}" if done.added else "-",
        ]
        for done in found.ingested
    ]
    frame = render(
        "image.html",
        source=thumbnail(found.frame, height=found.frame.shape[0]),
        alt="one frame of the first camera's video: a square with people walking",
    )
    summary = table(
        ["video", "frames", "tracklets", "pictures kept", "frames/s"],
        rows,
        f"The first answer was right for {right} of {len(found.searches)} searches.",
    )
    shown = _shown(found)
    return Section(
        "Find",
        together(
            figure(frame, "A frame of the first camera, whose people no model has seen before."),
            summary,
            render("legend.html"),
            *map(_strip, shown),
        ),
        "Videos of another town were decoded, people found by their motion and followed, and their "
        "best pictures embedded into a gallery. Then each person was searched for in the other "
        "cameras, by one picture.",
    )


def _shown(found: Found) -> list[Search]:
    """One search of each person, in the order of the people."""
    first: dict[int, Search] = {}
    for one in found.searches:
        first.setdefault(one.person, one)
    return [first[person] for person in sorted(first)][:SHOWN]


def _strip(one: Search) -> "Markup":
    entry = one.query
    answers = [
        Tile(
            image=thumbnail(read_image(hit.entry.crops[0])),
            status="right" if right else "wrong",
            alt=f"rank {rank}, {'the same person' if right else 'somebody else'}",
            badge=f"{rank}",
            caption=[f"{hit.distance:.3f}", hit.entry.camera, hit.entry.when[11:19]],
        )
        for rank, (hit, right) in enumerate(one.answers, start=1)
    ]
    query = Tile(
        image=thumbnail(one.pixels),
        status="query",
        alt=f"query: person {one.person}, {entry.camera}",
        badge="query",
        caption=[entry.camera, entry.when[11:19]],
    )
    first = next((rank for rank, (_, right) in enumerate(one.answers, start=1) if right), None)
    note = f"first seen again at rank {first}" if first else f"not among the first {len(answers)}"
    return strip(f"Person {one.person}, {entry.camera}", note, query, answers)

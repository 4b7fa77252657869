"""A crowd for benchmarks: features around people's centres, in the sizes of known data sets."""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

# torch and passerby are imported by the measured processes alone: a process that starts others
# passes its own peak memory on to them.
if TYPE_CHECKING:
    from passerby.core.embeddings import Embeddings

NOISE, CAMERA = 2.4, 0.5
DIMENSIONS = 512

Row = Callable[[], dict[str, float]]


@dataclass(frozen=True)
class Size:
    """Numbers of pictures, people and cameras; distractors are part of the gallery."""

    queries: int
    gallery: int
    people: int
    cameras: int
    distractors: int


SIZES = {
    "small": Size(300, 1_500, 75, 6, 250),
    "market": Size(3_368, 15_913, 750, 6, 2_798),
    "msmt17": Size(11_659, 82_161, 3_060, 15, 0),
    "market+500k": Size(3_368, 515_913, 750, 6, 502_798),
}


def clusters(size: Size, seed: int = 0) -> "tuple[Embeddings, Embeddings]":
    """Query and gallery: a person's features lie around the person's centre, moved by the camera.

    Distractors lie at random among the people, each on its own.
    """
    import torch

    from passerby.core.embeddings import Embeddings

    generator = torch.Generator().manual_seed(seed)
    centres = torch.randn(size.people + 1, DIMENSIONS, generator=generator)
    views = torch.randn(size.cameras + 1, DIMENSIONS, generator=generator) * CAMERA

    def draw(count: int, distractors: int) -> Embeddings:
        people = count - distractors
        persons = torch.randint(1, size.people + 1, (count,), generator=generator)
        persons[people:] = 0
        cameras = torch.randint(1, size.cameras + 1, (count,), generator=generator)
        features = torch.randn(count, DIMENSIONS, generator=generator).mul_(NOISE)
        for start in range(0, count, 4096):  # in place, so that the peak is the features'
            rows = slice(start, min(start + 4096, count))
            features[rows] += views[cameras[rows]]
            features[rows] += centres[persons[rows]] * (persons[rows] > 0)[:, None]
        return Embeddings(
            features=features,
            persons=persons,
            cameras=cameras,
            times=torch.full((count,), float("nan"), dtype=torch.float64),
            tracklets=torch.full((count,), -1),
            modalities=("visible",) * count,
            keys=("",) * count,
            model="clusters",
            model_hash="00",
        )

    return draw(size.queries, 0), draw(size.gallery, size.distractors)


def peak_mebibytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_rows(
    script: str, about: str, rows: Mapping[str, Row], without_numba: Sequence[str] = ()
) -> dict[str, dict[str, float]]:
    """Measure each row, or those named by --only, in a process of its own.

    script: the file whose main calls this with the same rows
    without_numba: rows that are measured with Numba switched off
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--only", choices=rows, nargs="+", default=list(rows), metavar="NAME")
    parser.add_argument("--measure", choices=rows, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(rows[given.measure]()))
        sys.exit()
    found = {}
    for name in given.only:
        settings = {"PASSERBY_COMPILED": "0"} if name in without_numba else {}
        done = subprocess.run(
            [sys.executable, script, "--measure", name],
            env=os.environ | settings,
            stdout=subprocess.PIPE,
        )
        if done.returncode:
            sys.exit(f"{name}: ended with {done.returncode} (-9: out of memory)")
        found[name] = json.loads(done.stdout)
    return found

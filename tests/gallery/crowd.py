"""Small recordings for tests of galleries."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tests.gallery.servers import MODEL
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK, Sample
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.seen import Entry, Model, Recording, Sighting


def embeddings(features: Tensor, tracklets: Sequence[int], model: Model = MODEL) -> Embeddings:
    samples = [Sample(Path(f"{t}"), JUNK, 0, tracklet=t) for t in tracklets]
    return Embeddings.of(features, samples, model.name, model.hash)


def named(features: Tensor, ids: Sequence[str], model: Model) -> Embeddings:
    """Features whose keys are the ids of tracklets."""
    samples = [Sample(Path(id), JUNK, 0) for id in ids]
    return Embeddings.of(features, samples, model.name, model.hash)


def query(*values: float, model: Model = MODEL) -> Embeddings:
    return embeddings(torch.tensor([list(values)]), [-1], model)


def recording(name: str, camera: str = "door", start: float | None = 100.0) -> Recording:
    return Recording(name, camera, f"{name}.mp4", "c0" * 32, start, 9.0, 90, 0, {"fps": None})


def entry(name: str, number: int, camera: str = "door", *, clocked: bool = True) -> Entry:
    pixels = np.random.default_rng(number).integers(0, 255, (16, 8, 3), np.uint8)
    picture = Jpeg.of("crop", pixels)
    sightings = (Sighting(7, (1.0, 2.0, 3.0, 4.5)), Sighting(9 + number, (0.0, 0.0, 2.0, 4.0)))
    return Entry(
        name, number, camera, 100.0 + number, 103.0 + number, clocked, (picture, picture), sightings
    )


def fill(
    gallery: Gallery,
    name: str,
    rows: Sequence[Sequence[float]] | Tensor,
    camera: str = "door",
    *,
    clocked: bool = True,
) -> bool:
    """Add a recording with one tracklet for each row."""
    numbers = list(range(len(rows)))
    return gallery.add(
        recording(name, camera, 100.0 if clocked else None),
        [entry(name, number, camera, clocked=clocked) for number in numbers],
        embeddings(torch.as_tensor(rows, dtype=torch.float32), numbers),
    )


def town(gallery: Gallery) -> None:
    """Three tracklets at the door, two in the hall."""
    fill(gallery, "aaaa", [[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    fill(gallery, "bbbb", [[0.0, 1.0], [9.0, 0.0]], camera="hall")

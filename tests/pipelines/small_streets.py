"""Tiny videos, an embedder of colours, and galleries to look into, for tests of ingestion."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.data.images import read_image
from passerby.engine.embedder import Embedder
from passerby.gallery.seen import Camera, Entry, Model, Recording


class Colours(nn.Module):
    """Mean colours of four stripes: enough to tell red shirts from blue ones."""

    def forward(self, images: Tensor) -> Tensor:
        return adaptive_avg_pool2d(images, (4, 1)).flatten(1)


def embedder(name: str = "colours") -> Embedder:
    return Embedder(name, f"{name:_<64}", Colours(), Preprocess(64, 32), "cosine")


def street(walkers: int, count: int = 60, seed: int = 0, rounds: int = 1) -> Iterator[np.ndarray]:
    """A wall, empty for ten frames, before which figures of 24 x 72 walk to the right.

    `rounds` times `count` frames, each time other clothes; a lone walker is gone after 72 frames.
    """
    rng = np.random.default_rng(seed)
    wall = rng.integers(90, 130, (160, 320, 3), np.uint8)
    for _ in range(rounds):
        suits = rng.integers(0, 255, (walkers, 6, 1, 3)).repeat(12, axis=1)
        for number in range(count):
            frame = wall.copy()
            for walker in range(walkers if number >= 10 else 0):
                left = 10 + 5 * (number - 10) + 80 * walker
                frame[50 : 50 + 72, left : left + 24] = suits[walker]
            yield frame


class Memory:
    """As much of a gallery as ingestion needs."""

    def __init__(self) -> None:
        self.model: Model | None = None
        self.held: dict[str, tuple[Recording, tuple[Entry, ...], Embeddings]] = {}
        self.known: dict[str, Camera] = {}
        self.failing: Exception | None = None
        self.closed = 0

    def create(self, place: Any, model: Model) -> "Memory":
        if self.model is not None and self.model.hash != model.hash:
            raise PasserbyError(f"the gallery holds features of {self.model.name!r}")
        self.model = model
        return self

    def add(self, recording: Recording, entries: Sequence[Entry], features: Embeddings) -> bool:
        if self.failing is not None:
            raise self.failing
        assert sorted(features.tracklets.tolist()) == sorted(entry.number for entry in entries)
        assert len({entry.number for entry in entries}) == len(entries)
        new = recording.id not in self.held
        self.held.setdefault(recording.id, (recording, tuple(entries), features))
        return new

    def recordings(self) -> tuple[Recording, ...]:
        return tuple(self.held[key][0] for key in sorted(self.held))

    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for key in sorted(self.held) for entry in self.held[key][1])

    def features(self, tracklets: Sequence[str]) -> Embeddings:
        recording, number = tracklets[0].split("/")
        found = self.held[recording][2]
        return found[found.tracklets == int(number)]

    def cameras(self) -> tuple[Camera, ...]:
        return tuple(self.known.values())

    def set_camera(self, camera: Camera) -> None:
        self.known[camera.name] = camera

    def maintain(self) -> bool:
        return False

    def close(self) -> None:
        self.closed += 1


def contents(store: Any) -> dict[str, object]:
    """All that a gallery holds, pictures and features included."""
    held: dict[str, object] = {one.id: one for one in store.recordings()}
    for entry in store.entries():
        pictures = [read_image(crop).tobytes() for crop in entry.crops]
        features = store.features([entry.id]).features.tolist()
        times = (entry.camera, entry.start, entry.end, entry.clocked, entry.sightings)
        held[entry.id] = (*times, pictures, features)
    return held


def run(
    videos: Sequence[str | Path], gallery: str | Path, camera: str | None = "door", **options: Any
):
    """`ingest` with the motion detector and the embedder of colours."""
    from passerby.pipelines.ingest import ingest

    options = {"detector": "motion", "embedder": "colours", "progress": False, **options}
    return ingest(videos, camera, gallery, **options)

"""Tracklets -> their features -> one recording in a gallery."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from weakref import ref

import numpy as np
import torch
from torch import Tensor

from passerby.core.averages import weighted_average
from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK, Sample
from passerby.core.tracklet import Tracklet
from passerby.engine.embedder import Embedder
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.seen import Entry, Sighting
from passerby.video.stopwatch import Stopwatch

TOGETHER = 32
"""Crops that are embedded at once, at least."""


class Embedding:
    """One embedder that many cameras use, one at a time: a batch keeps all cores busy.

    A crop is embedded once: whoever asked whether a track is to be split has often seen the crops
    that are kept of it in the end.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.embedder, self._lock = embedder, Lock()
        # By the array's address, for as long as the array is there.
        self._known: dict[int, tuple[ref[np.ndarray], Tensor]] = {}

    def __call__(self, crops: Sequence[np.ndarray]) -> Tensor:
        """Features (N, D) of crops, each (H, W, 3) uint8 RGB."""
        with self._lock:
            new = [crop for crop in crops if not self._knows(crop)]
            if new:
                for crop, feature in zip(new, self.embedder.crops(new), strict=True):
                    self._known[id(crop)] = (ref(crop, self._forget(id(crop))), feature)
            return torch.stack([self._known[id(crop)][1] for crop in crops])

    def _knows(self, crop: np.ndarray) -> bool:
        held = self._known.get(id(crop))
        return held is not None and held[0]() is crop

    def _forget(self, address: int) -> Callable[[object], None]:
        def forget(gone: object) -> None:
            held = self._known.get(address)
            if held is not None and held[0] is gone:  # and not already somebody else's address
                self._known.pop(address, None)

        return forget


class Gathering:
    """The entries of one recording, embedded in batches as they come.

    A batch is of one recording only: features do not depend on what other cameras saw.

    id: of the recording; clocked: whether its times are since the epoch
    """

    def __init__(self, id: str, embedding: Embedding, watch: Stopwatch, *, clocked: bool) -> None:
        self.id, self.clocked = id, clocked
        self.entries: list[Entry] = []
        self.features: list[Tensor] = []
        self._embedding, self._watch = embedding, watch
        self._group: list[Tracklet] = []

    def add(self, tracklets: Sequence[Tracklet]) -> None:
        """Take tracklets in."""
        self._group += tracklets
        if sum(len(tracklet.crops) for tracklet in self._group) >= TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Embed what waits."""
        group, self._group = self._group, []
        if not group:
            return
        with self._watch("embed"):
            self.features += pooled(group, self._embedding)
        with self._watch("store"):
            self.entries += [entry_of(self.id, one, clocked=self.clocked) for one in group]

    def embeddings(self) -> Embeddings:
        """One feature for each entry."""
        embedder = self._embedding.embedder
        samples = [
            Sample(Path(entry.id), JUNK, 0, tracklet=entry.number, time=entry.start)
            for entry in self.entries
        ]
        rows = torch.stack(self.features) if self.features else torch.zeros(0, 0)
        return Embeddings.of(rows, samples, embedder.name, embedder.hash)


def pooled(group: Sequence[Tracklet], embedding: Embedding) -> list[Tensor]:
    """One feature (D,) for each tracklet: the average of its crops', weighted by quality."""
    crops = embedding([crop.pixels for tracklet in group for crop in tracklet.crops])
    parts = crops.split([len(tracklet.crops) for tracklet in group])
    metric = embedding.embedder.metric
    return [
        weighted_average(part, torch.tensor([crop.quality for crop in tracklet.crops]), metric)
        for part, tracklet in zip(parts, group, strict=True)
    ]


def entry_of(recording: str, tracklet: Tracklet, *, clocked: bool) -> Entry:
    """A tracklet as a gallery keeps it, its pictures encoded."""
    return Entry(
        recording=recording,
        number=tracklet.number,
        camera=tracklet.camera,
        start=tracklet.start,
        end=tracklet.end,
        clocked=clocked,
        crops=tuple(Jpeg.of(f"frame {crop.frame}", crop.pixels) for crop in tracklet.crops),
        sightings=tuple(Sighting(crop.frame, crop.box) for crop in tracklet.crops),
    )

"""One video -> its tracklets -> a gallery."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.detections import Detections
from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK, Sample
from passerby.core.tracklet import Tracklet
from passerby.engine.embedder import Embedder
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.seen import Entry, Recording, Sighting
from passerby.models.weights import sha256_of
from passerby.video.decode import Frame, Video
from passerby.video.detectors import load_detector
from passerby.video.stopwatch import Stopwatch
from passerby.video.track import Tracker
from passerby.video.tracklets import tracklets

TOGETHER = 32
"""Crops that are embedded at once, at least."""


@dataclass(frozen=True)
class Ingested:
    """What came of one video.

    id:      of the recording in the gallery
    added:   False when it was there already, and nothing was done
    frames:  looked at; lost: could not be decoded
    seconds: spent on each stage: decode, detect, track, crop, embed, store
    """

    source: str
    id: str
    added: bool
    frames: int = 0
    lost: int = 0
    detections: int = 0
    tracklets: int = 0
    crops: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What is done to every video of one call; see `passerby.pipelines.ingest`.

    threshold: the lowest score of a box that is used
    sure:      the score from which a box may begin a track
    """

    camera: str
    detector: str
    threshold: float
    sure: float
    fps: float | None
    crops: int
    embedder: Embedder


def ingest_video(
    video: Video, start: float | None, plan: Plan, store: Gallery, bar: Progress
) -> Ingested:
    """Add the people in a video to a gallery, unless it is there already.

    start: seconds since the epoch at its beginning, None where unknown
    bar:   gets a task that counts frames

    Raises PasserbyError when the gallery holds the video with another start or other settings.
    """
    name = video.path.name
    content = sha256_of(video.images or [video.path])
    settings = _settings(video, plan)
    identity = [content, plan.camera, start, settings]
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    for held in store.recordings():
        if held.id == key:
            return Ingested(name, key, added=False)
        if (held.content, held.camera) == (content, plan.camera):
            raise PasserbyError(
                f"{video.path} of camera {plan.camera!r} is in the gallery already, with another "
                f"start time or other settings, as recording {held.id}. Adding it again would "
                f"double its people: forget {held.id} first, or keep it as it is"
            )
    watch = Stopwatch()
    counts = {"frames": 0, "detections": 0}
    last = 0.0
    task = bar.add_task(name, total=video.expected or None)

    def seen(frame: Frame, detections: Detections, ids: np.ndarray) -> None:
        nonlocal last
        counts["frames"] += 1
        counts["detections"] += len(detections)
        last = frame.time
        bar.update(task, completed=frame.number + 1)

    found = tracklets(
        video.frames(fps=plan.fps),
        load_detector(plan.detector, plan.threshold),
        Tracker(plan.sure),
        camera=plan.camera,
        start=start or 0.0,
        most=plan.crops,
        watch=watch,
        seen=seen,
    )
    entries: list[Entry] = []
    features: list[Tensor] = []
    for group in _groups(found):
        with watch("embed"):
            features += _embed(group, plan.embedder)
        with watch("store"):
            entries += [_entry(key, tracklet, clocked=start is not None) for tracklet in group]
    recording = Recording(
        id=key,
        camera=plan.camera,
        source=name,
        content=content,
        start=start,
        duration=last,
        frames=counts["frames"],
        lost=video.lost,
        settings=settings,
    )
    with watch("store"):
        added = store.add(recording, entries, _embeddings(entries, features, plan.embedder))
    bar.update(task, total=video.read, completed=video.read)
    return Ingested(
        source=name,
        id=key,
        added=added,
        frames=counts["frames"],
        lost=video.lost,
        detections=counts["detections"],
        tracklets=len(entries),
        crops=sum(len(entry.crops) for entry in entries),
        seconds=dict(watch.seconds),
    )


def pool(features: Tensor, weights: Tensor, metric: Metric) -> Tensor:
    """One feature (D,) of a tracklet: the mean of its crops' (M, D), weighted by quality (M,).

    For the cosine each is normalised before, so that a long vector counts no more than a short.

    >>> pool(torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([1.0, 1.0]), "cosine")
    tensor([0.5000, 0.5000])
    """
    features = normalize(features, dim=1) if metric == "cosine" else features
    shares = weights.clamp(min=1e-6)
    return (features * (shares / shares.sum())[:, None]).sum(0)


def _settings(video: Video, plan: Plan) -> dict[str, Any]:
    """What a recording's tracklets depend on, besides its content, camera and start."""
    return {
        "detector": plan.detector,
        "threshold": plan.threshold,
        "fps": plan.fps,
        "rate": video.rate if video.images else None,
        "crops": plan.crops,
        "embedder": plan.embedder.hash,
    }


def _groups(found: Iterator[Tracklet]) -> Iterator[list[Tracklet]]:
    """Tracklets together, so many that a batch of crops is worth a call of the embedder."""
    group: list[Tracklet] = []
    for tracklet in found:
        group.append(tracklet)
        if sum(len(member.crops) for member in group) >= TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _embed(group: Sequence[Tracklet], embedder: Embedder) -> list[Tensor]:
    """One feature (D,) for each tracklet."""
    crops = embedder.crops([crop.pixels for tracklet in group for crop in tracklet.crops])
    parts = crops.split([len(tracklet.crops) for tracklet in group])
    return [
        pool(part, torch.tensor([crop.quality for crop in tracklet.crops]), embedder.metric)
        for part, tracklet in zip(parts, group, strict=True)
    ]


def _entry(recording: str, tracklet: Tracklet, *, clocked: bool) -> Entry:
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


def _embeddings(
    entries: Sequence[Entry], features: Sequence[Tensor], embedder: Embedder
) -> Embeddings:
    samples = [
        Sample(Path(entry.id), JUNK, 0, tracklet=entry.number, time=entry.start)
        for entry in entries
    ]
    rows = torch.stack(list(features)) if features else torch.zeros(0, 0)
    return Embeddings.of(rows, samples, embedder.name, embedder.hash)

"""Ingestion beside the same models run naively, frame by frame, as Markdown tables.

    PASSERBY_REAL_DATA=FOLDER python benchmarks/ingest.py

The folder holds models/, data/adl-rundle-6/ and data/one-by-one/; where it is not there, the
rendered world's cameras are measured alone, and what they need is fetched. Four ways, the same in
detector, tracker, embedder, their weights, runtimes and number formats, and in what is stored:

naive:       each frame in turn is decoded and shown to the detector by itself, and each person
             that the tracker follows is cut out and embedded by itself, mirror image included, as
             everywhere. A tracklet's feature is the average of all of them. (The network of the
             detector is compiled for one picture at a time, which then has all cores; decoding
             uses as many threads as the decoder likes.)
kept crops:  the same, but only the best crops of each tracklet are embedded, one at a time
batches:     detector and embedder get batches; still one stage after the other, in one thread
passerby:    `passerby ingest`: stages side by side; several cameras at once

Each is timed from the first frame to the stored gallery; loading models and starting the
database is not. "work" is seconds of each stage, which in the last way go on at the same time and
wait for one another's cores. `--frames 100` measures the beginning of each clip only. Filming the
rendered world takes some minutes.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from passerby.core.averages import plain_average, weighted_average
from passerby.core.detections import Detections
from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK, Sample
from passerby.core.tracklet import Crop, Tracklet
from passerby.data.synthetic.layout import write_video
from passerby.data.synthetic.world import World
from passerby.engine.embedder import Embedder, load_embedder
from passerby.gallery.gallery import Gallery
from passerby.gallery.opening import create_gallery
from passerby.gallery.seen import Model, Recording
from passerby.models.weights import fetch
from passerby.pipelines.ingest import DETECTOR, EMBEDDER, ingest
from passerby.pipelines.ingest_store import Embedding, Gathering, entry_of
from passerby.video.crops import cut
from passerby.video.decode import Video
from passerby.video.detect_sound import sound_detections
from passerby.video.detectors import detector_kind, load_detector
from passerby.video.stopwatch import Stopwatch
from passerby.video.trackers import load_tracker
from passerby.video.tracklets import tracklets

KEPT = 5
"""Pictures kept of each tracklet, as in `passerby ingest`."""


RATE = 8
"""Frames a second of the rendered cameras, as in `passerby demo`."""


@dataclass(frozen=True)
class Clip:
    """What is ingested: a video for each camera."""

    name: str
    videos: tuple[Path, ...]
    detector: str


@dataclass(frozen=True)
class Timed:
    """What one way did."""

    frames: int
    crops: int
    tracklets: int
    seconds: float
    stages: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description="Ingestion beside the naive way.")
    parser.add_argument("--frames", type=int, help="measure so many frames of each clip only")
    parser.add_argument("--clips", nargs="+", default=["adl", "one-by-one", "world"])
    parser.add_argument("--ways", nargs="+", default=["naive", "kept crops", "batches", "passerby"])
    options = parser.parse_args()
    named = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    if (named / "models").is_dir():
        os.environ.setdefault("PASSERBY_MODELS", str(named / "models"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        embedder = load_embedder(EMBEDDER)
        embedder.crops([np.zeros((128, 64, 3), np.uint8)])  # warm
        print(f"{os.cpu_count()} cores, torch threads {torch.get_num_threads()}\n")
        print("| clip | way | frames | crops embedded | tracklets | frames/s | x naive | work |")
        print("|---|---|---|---|---|---|---|---|")
        for clip in clips(options.clips, named, folder, options.frames):
            first = None
            for number, way in enumerate(options.ways):
                place = folder / f"{clip.name}-{number}"
                timed = measured(clip, way, embedder, place)
                rate = timed.frames / timed.seconds
                first = rate if first is None else first
                work = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in timed.stages.items())
                print(
                    f"| {clip.name} | {way} | {timed.frames} | {timed.crops} | {timed.tracklets} "
                    f"| {rate:.1f} | {rate / first:.1f} | {work} |",
                    flush=True,
                )


def clips(wanted: Sequence[str], real: Path, folder: Path, most: int | None) -> Iterator[Clip]:
    """The clips, cut to `most` frames."""
    files = {
        "adl": real / "data/adl-rundle-6/adl-rundle-6.mp4",
        "one-by-one": real / "data/one-by-one/one-by-one-person-detection.mp4",
    }
    for name, file in files.items():
        if name in wanted and file.exists():
            yield Clip(name, (shortened(file, folder, most),), DETECTOR)
    if "world" in wanted:
        world = World(seed=1, people=12, cameras=3, every=3.0)
        videos = []
        for camera in range(1, world.cameras + 1):
            video = folder / f"camera-{camera}.mp4"
            seconds = None if most is None else most / RATE
            write_video(world, camera, video, seconds=seconds, rate=RATE, progress=False)
            videos.append(video)
        yield Clip("world", tuple(videos), "motion")


def shortened(video: Path, folder: Path, most: int | None) -> Path:
    """The first `most` frames of a video, as they were encoded."""
    import av

    if most is None:
        return video
    out = folder / f"short-{video.name}"
    with av.open(str(video)) as source, av.open(str(out), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is None or most == 0:
                break
            packet.stream = copy
            target.mux(packet)
            most -= 1
    return out


def measured(clip: Clip, way: str, embedder: Embedder, place: Path) -> Timed:
    """One way with one clip."""
    if way == "passerby":
        return pipelined(clip, place)
    watch = Stopwatch()
    ways = {"naive": naive, "kept crops": kept_crops, "batches": batches}
    frames = crops = found = 0
    with create_gallery(place, Model(embedder.name, embedder.hash, embedder.metric)) as store:
        detectors = [detector_of(clip.detector, way) for _ in clip.videos]
        began = time.perf_counter()
        for number, (video, detect) in enumerate(zip(clip.videos, detectors, strict=True)):
            counts = ways[way](video, detect, clip.detector, embedder, store, watch, number)
            frames, crops, found = frames + counts[0], crops + counts[1], found + counts[2]
        seconds = time.perf_counter() - began
    return Timed(frames, crops, found, seconds, watch.seconds)


Detect = Callable[[Sequence[np.ndarray]], list[Detections]]


def detector_of(name: str, way: str) -> Detect:
    """The detector, compiled for one picture at a time where there will be no more."""
    if name == "motion" or way == "batches":
        return load_detector(name).detect
    import openvino

    xml = next(path for path in fetch(name) if path.suffix == ".xml")
    latency = {"PERFORMANCE_HINT": "LATENCY"}
    network = openvino.Core().compile_model(str(xml), "CPU", latency)
    height, width = network.input(0).shape[2:]
    threshold = detector_kind(name).threshold

    def detect(frames: Sequence[np.ndarray]) -> list[Detections]:
        found = []
        for frame in frames:
            small = cv2.resize(frame, (width, height))[:, :, ::-1].transpose(2, 0, 1)
            rows = network(np.ascontiguousarray(small, np.float32)[None])[0].reshape(-1, 7)
            ended = np.flatnonzero(rows[:, 0] < 0)
            rows = rows[: ended[0]] if len(ended) else rows
            h, w = frame.shape[:2]
            boxes = rows[:, 3:] * [w, h, w, h]
            found.append(sound_detections(boxes, rows[:, 2], threshold, w, h))
        return found

    detect([np.zeros((64, 64, 3), np.uint8)])  # warm
    return detect


def naive(
    path: Path, detect: Detect, name: str, embedder: Embedder, store: Gallery, watch: Stopwatch,
    number: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Frame by frame, person by person; counts of frames, embedded crops and tracklets."""
    tracker = load_tracker("motion", detector_kind(name).sure)
    video = Video(path)
    people: dict[int, list[tuple[Crop, torch.Tensor]]] = {}
    frames = 0
    for frame in watch.waiting("decode", video.frames()):
        with watch("detect"):
            (detections,) = detect([frame.pixels])
        with watch("track"):
            ids = tracker.update(detections, frame.time).ids
        for row in np.flatnonzero(ids >= 0):
            box = detections.boxes[row]
            with watch("crop"):
                pixels = cut(frame.pixels, box)
                score = float(detections.scores[row])
                crop = Crop(pixels, frame.number, frame.time, score, tuple(box.tolist()))
            with watch("embed"):
                feature = embedder.crops([pixels])[0]
            people.setdefault(int(ids[row]), []).append((crop, feature))
        frames += 1
    entries, features = [], []
    with watch("store"):
        for seen in (seen for _, seen in sorted(people.items()) if len(seen) >= 3):
            chosen = [seen[place][0] for place in np.linspace(0, len(seen) - 1, KEPT).astype(int)]
            whole = tracklet_of([crop for crop, _ in seen], chosen, number, len(entries))
            entries.append(entry_of(f"{number:016x}", whole, clocked=False))
            features.append(plain_average(torch.stack([f for _, f in seen]), embedder.metric))
        add(store, number, path, frames, entries, features, embedder)
    return frames, sum(map(len, people.values())), len(entries)


def kept_crops(
    path: Path, detect: Detect, name: str, embedder: Embedder, store: Gallery, watch: Stopwatch,
    number: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Frame by frame, but only the best crops of each tracklet are embedded, one at a time."""
    frames = crops = 0

    def seen(*_: object) -> None:
        nonlocal frames
        frames += 1

    found = tracklets(
        Video(path).frames(), _Detecting(detect), load_tracker("motion", detector_kind(name).sure),
        camera=f"camera {number}", batch=1, watch=watch, seen=seen,
    )  # fmt: skip
    entries, features = [], []
    for one in found:
        with watch("embed"):
            each = torch.cat([embedder.crops([crop.pixels]) for crop in one.crops])
            crops += len(each)
            weights = torch.tensor([crop.quality for crop in one.crops])
            features.append(weighted_average(each, weights, embedder.metric))
        with watch("store"):
            entries.append(entry_of(f"{number:016x}", one, clocked=False))
    with watch("store"):
        add(store, number, path, frames, entries, features, embedder)
    return frames, crops, len(entries)


def batches(
    path: Path, detect: Detect, name: str, embedder: Embedder, store: Gallery, watch: Stopwatch,
    number: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Batches to detector and embedder, splits where people pass: `passerby`, but in one thread."""
    frames = crops = 0

    def seen(*_: object) -> None:
        nonlocal frames
        frames += 1

    embedding = Embedding(embedder)

    def embed(images: Sequence[np.ndarray]) -> torch.Tensor:
        return embedding(images)

    gathering = Gathering(f"{number:016x}", embedding, watch, clocked=False)
    for one in tracklets(
        Video(path).frames(), _Detecting(detect), load_tracker("motion", detector_kind(name).sure),
        camera=f"camera {number}", embed=embed, watch=watch, seen=seen,
    ):  # fmt: skip
        gathering.add([one])
        crops += len(one.crops)
    gathering.flush()
    with watch("store"):
        add(store, number, path, frames, gathering.entries, gathering.features, embedder)
    return frames, crops, len(gathering.entries)


def pipelined(clip: Clip, place: Path) -> Timed:
    """`passerby ingest`, all cameras at once."""
    if len(clip.videos) > 1:
        text = "\n".join(
            f"- name: camera {number}\n  source: {video}"
            for number, video in enumerate(clip.videos)
        )
        listed = place.with_suffix(".yaml")
        listed.write_text(text)
        done = ingest([listed], None, place, detector=clip.detector, progress=False)
    else:
        done = ingest(clip.videos, "camera 0", place, detector=clip.detector, progress=False)
    stages: dict[str, float] = {}
    for one in done:
        for stage, spent in one.seconds.items():
            stages[stage] = stages.get(stage, 0.0) + spent
    return Timed(
        sum(one.frames for one in done),
        sum(one.crops for one in done),
        sum(one.tracklets for one in done),
        max(one.elapsed for one in done),
        stages,
    )


@dataclass(frozen=True)
class _Detecting:
    """A function as a `Detector`."""

    function: Detect

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        return self.function(frames)


def tracklet_of(seen: Sequence[Crop], chosen: Sequence[Crop], camera: int, number: int) -> Tracklet:
    return Tracklet(
        camera=f"camera {camera}",
        number=number,
        frames=np.array([crop.frame for crop in seen]),
        times=np.array([crop.time for crop in seen]),
        boxes=np.array([crop.box for crop in seen], np.float32),
        scores=np.array([crop.quality for crop in seen], np.float32),
        crops=tuple(chosen),
    )


def add(
    store: Gallery, number: int, path: Path, frames: int, entries: list, features: list,
    embedder: Embedder,
) -> None:  # fmt: skip
    """One recording into the gallery."""
    samples = [
        Sample(Path(entry.id), JUNK, 0, tracklet=entry.number, time=entry.start)
        for entry in entries
    ]
    rows = torch.stack(features) if features else torch.zeros(0, 0)
    recording = Recording(
        f"{number:016x}", f"camera {number}", path.name, f"{number}", None, 0.0, frames, 0, {}
    )
    store.add(recording, entries, Embeddings.of(rows, samples, embedder.name, embedder.hash))


if __name__ == "__main__":
    main()

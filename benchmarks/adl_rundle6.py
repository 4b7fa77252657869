"""Detection, tracking, tracklets and speed on ADL-Rundle-6 of MOT15, as two Markdown tables.

    PASSERBY_REAL_DATA=FOLDER python benchmarks/adl_rundle6.py

The folder holds models/, and data/adl-rundle-6/ with adl-rundle-6.mp4 and gt.txt in MOTChallenge's
columns; det-public.txt and det-yolov5l.txt, where they are, are boxes that others have found.

First table, a row for each detector and tracker. Every stage runs as in `passerby ingest`, one
after the other in one process. Recall and precision are at IoU 0.5, at the score from which the
tracker believes a box ("sure"), over all frames that were looked at; MOTA, IDF1 and HOTA are of
the tracks that become tracklets, by TrackEval. "looks" counts the pictures that the tracker asked
the embedder about.

Second table: the same tracks left whole, and split where people pass each other. Purity is the
share of boxes that show the person whom their tracklet shows most; switches are how often a
tracklet went over to another person for 10 boxes or more.

The scores of the two networks and of the public boxes, the noises of the motion and the distances
of the looks were chosen on this very sequence, so the figures flatter a little; nothing was chosen
with the boxes of YOLOv5.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.core.detections import Detections
from passerby.core.tracklet import Tracklet
from passerby.engine.embedder import load_embedder
from passerby.metrics.detection import detection_scores
from passerby.metrics.mot import VideoBoxes, read_mot
from passerby.metrics.tracking import tracking_scores
from passerby.pipelines.ingest import EMBEDDER
from passerby.pipelines.looks import looks_of
from passerby.video.decode import Video
from passerby.video.detector import Detector
from passerby.video.detectors import detector_kind, load_detector
from passerby.video.growing import Keeping
from passerby.video.purity import purity
from passerby.video.stopwatch import Stopwatch
from passerby.video.trackers import TRACKERS, load_tracker
from passerby.video.tracklets import tracklets

STAGES = ("decode", "detect", "look", "track", "crop", "split", "embed")
WHOLE = Keeping(close=2.0, gap=np.inf)  # nobody is so close, or away for so long
NOBODY = np.zeros((0, 4)), np.zeros(0, int)
Frames = list[tuple[np.ndarray, np.ndarray]]


class WrittenDown:
    """A detector that reads from a file what others have found, one frame in `every`."""

    def __init__(self, boxes: VideoBoxes, full: float, every: int) -> None:
        """The score `full` and above is 1."""
        self._frames = iter(boxes.by_frame(boxes.last)[::every])
        self._full = full

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        """The boxes of the next frames, whatever is in them."""
        found = [next(self._frames, None) for _ in frames]
        return [
            Detections.none()
            if one is None
            else Detections.of(one.boxes, np.clip(one.scores / self._full, 0, 1))
            for one in found
        ]


@dataclass(frozen=True)
class Found:
    """What finds people: a name, how to make it, and the score from which a box is believed."""

    name: str
    make: Callable[[], Detector]
    sure: float


def written(file: Path, full: float, sure: float, every: int) -> Found:
    return Found(file.name, lambda: WrittenDown(read_mot(file), full, every), sure)


def network(name: str) -> Found:
    return Found(name, lambda: load_detector(name), detector_kind(name).sure)


def truth_of(file: Path, last: int) -> Frames:
    return [(frame.boxes, frame.ids) for frame in read_mot(file, truth=True).by_frame(last)]


def boxes_of(found: Sequence[Tracklet], numbers: Sequence[int]) -> Frames:
    """Boxes and tracklets' numbers in the frames of those `numbers`."""
    by_frame: dict[int, list[tuple[np.ndarray, int]]] = {}
    for tracklet in found:
        for frame, box in zip(tracklet.frames.tolist(), tracklet.boxes, strict=True):
            by_frame.setdefault(frame, []).append((box, tracklet.number))
    return [
        (np.array([b for b, _ in rows]), np.array([i for _, i in rows]))
        if (rows := by_frame.get(number))
        else NOBODY
        for number in numbers
    ]


def measure(
    folder: Path, found: Found, tracker: str, every: int, split: bool, name: str = EMBEDDER
) -> tuple[dict[str, str], dict[str, str]]:
    """A row of each table."""
    embedder = load_embedder(name)
    apart = looks_of(embedder)
    watch, seen = Stopwatch(), []
    looked = 0

    def embed(crops: Sequence[np.ndarray]) -> np.ndarray:
        nonlocal looked
        looked += len(crops)
        return embedder.crops(crops, flip=False).numpy()

    keeping = Keeping(differ=apart.differ) if split else WHOLE
    made = []
    for tracklet in tracklets(
        Video(folder / "adl-rundle-6.mp4").frames(every=every),
        found.make(),
        load_tracker(tracker, found.sure, apart),
        camera="adl-rundle-6",
        keeping=keeping,
        embed=embed if split or tracker == "appearance" else None,
        watch=watch,
        seen=lambda frame, detections, ids: seen.append((frame.number, detections)),
    ):
        made.append(tracklet)
        with watch("embed"):
            embedder.crops([crop.pixels for crop in tracklet.crops])
    numbers = [number for number, _ in seen]
    truth = truth_of(folder / "gt.txt", max(numbers) + 1)
    true = [truth[number] for number in numbers]
    people = [boxes for boxes, _ in true]
    sure = [d[d.scores >= found.sure] for _, d in seen]
    at_sure = detection_scores([(d.boxes, d.scores) for d in sure], people)
    whole = detection_scores([(d.boxes, d.scores) for _, d in seen], people)
    tracks = boxes_of(made, numbers)
    scores, pure = tracking_scores(tracks, true), purity(tracks, true)
    count, seconds = len(seen), sum(watch.seconds.get(stage, 0.0) for stage in STAGES)
    first = {
        "detector": found.name,
        "tracker": tracker,
        "frames": str(count),
        "recall": f"{at_sure.recall:.3f}",
        "precision": f"{at_sure.precision:.3f}",
        "AP": f"{whole.average_precision:.3f}",
        "MOTA": f"{scores.mota:.3f}",
        "IDF1": f"{scores.idf1:.3f}",
        "HOTA": f"{scores.hota:.3f}",
        "switches": str(scores.switches),
        "looks": str(looked),
        **{f"{s} ms": f"{1000 * watch.seconds.get(s, 0.0) / count:.2f}" for s in STAGES},
        "whole f/s": f"{count / seconds:.1f}",
    }
    second = {
        "detector": found.name,
        "tracker": tracker,
        "split": "yes" if split else "no",
        "tracklets": str(len(made)),
        "purity": f"{pure.purity:.3f}",
        "switches inside": str(pure.switches),
        "mixed tracklets": str(pure.mixed),
        "IDF1": f"{scores.idf1:.3f}",
    }
    return first, second


def show(rows: Sequence[dict[str, str]]) -> None:
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + " --- |" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row.values()) + " |", flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--every", type=int, default=1, help="look at one frame in so many")
    parser.add_argument(
        "--detectors",
        nargs="+",
        default=[
            "person-detection-retail-0013",
            "nanodet_m",
            "det-public.txt",
            "det-yolov5l.txt",
        ],
    )
    parser.add_argument("--trackers", nargs="+", default=list(TRACKERS))
    parser.add_argument("--embedder", default=EMBEDDER, help="what tells how people look")
    options = parser.parse_args()
    named = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    folder = named / "data" / "adl-rundle-6"
    if not folder.is_dir():
        print(f"skipped: no ADL-Rundle-6 at {folder}; set PASSERBY_REAL_DATA")
        return
    os.environ.setdefault("PASSERBY_MODELS", str(named / "models"))
    files = {
        file.name: written(file, full, sure, options.every)
        # The public boxes' scores run from 0 to 150; half of 60 is about as sure as YOLO's 0.5.
        for file, full, sure in (
            (folder / "det-public.txt", 60.0, 0.5),
            (folder / "det-yolov5l.txt", 1.0, 0.5),
        )
        if file.is_file()
    }
    first, second = [], []
    for name in options.detectors:
        if name.startswith("det-") and name not in files:
            print(f"skipped: there is no {name} in {folder}")
            continue
        for tracker in options.trackers:
            for split in (False, True):
                found = files.get(name) or network(name)
                print(f"{name}, {tracker}{', split' if split else ''} ...", file=sys.stderr)
                one, other = measure(folder, found, tracker, options.every, split, options.embedder)
                first += [] if split else [one]
                second.append(other)
    for rows in (first, second):
        if rows:
            show(rows)


if __name__ == "__main__":
    main()

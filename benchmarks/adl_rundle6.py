"""Detection, tracking and speed on ADL-Rundle-6 of MOT15, as a Markdown table.

    PASSERBY_REAL_DATA=FOLDER python benchmarks/adl_rundle6.py

The folder holds models/, and data/adl-rundle-6/ with adl-rundle-6.mp4 and gt.txt in MOTChallenge's
columns. Every stage runs as in `passerby ingest`, one after the other in one process. Recall and
precision are at IoU 0.5, at the score from which the tracker believes a box ("sure"), over all
frames that were looked at; MOTA, IDF1 and HOTA are of the tracks that become tracklets. The
detectors' scores and the tracker's noises were chosen on this very sequence, so the figures
flatter a little.
"""

import argparse
import os
from pathlib import Path

import numpy as np

from passerby.engine.embedder import load_embedder
from passerby.metrics.detection import detection_scores
from passerby.metrics.tracking import tracking_scores
from passerby.pipelines.ingest import EMBEDDER
from passerby.video.decode import Video
from passerby.video.detectors import detector_kind, load_detector
from passerby.video.stopwatch import Stopwatch
from passerby.video.track import Tracker
from passerby.video.tracklets import tracklets

STAGES = ("decode", "detect", "track", "crop", "embed")


def truth_of(file: Path) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Boxes (N, 4) xyxy and identities (N,) by frame number, first frame 0."""
    rows = np.loadtxt(file, delimiter=",")
    rows = rows[rows[:, 6] > 0]
    boxes = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)
    numbers = rows[:, 0].astype(int) - 1
    return {
        int(n): (boxes[numbers == n], rows[numbers == n, 1].astype(int)) for n in np.unique(numbers)
    }


def measure(folder: Path, name: str, every: int) -> dict[str, str]:
    kind = detector_kind(name)
    truth = truth_of(folder / "gt.txt")
    detect, tracker = load_detector(name), Tracker(kind.sure)
    embedder = load_embedder(EMBEDDER)
    watch, seen = Stopwatch(), []
    found = []
    for tracklet in tracklets(
        Video(folder / "adl-rundle-6.mp4").frames(every=every),
        detect,
        tracker,
        camera="adl-rundle-6",
        watch=watch,
        seen=lambda frame, detections, ids: seen.append((frame.number, detections, ids)),
    ):
        found.append(tracklet)
        with watch("embed"):
            embedder.crops([crop.pixels for crop in tracklet.crops])

    nobody = np.zeros((0, 4)), np.zeros(0, int)
    true = [truth.get(number, nobody) for number, _, _ in seen]
    sure = [d[d.scores >= kind.sure] for _, d, _ in seen]
    at_sure = detection_scores([(d.boxes, d.scores) for d in sure], [boxes for boxes, _ in true])
    everything = detection_scores(
        [(d.boxes, d.scores) for _, d, _ in seen], [boxes for boxes, _ in true]
    )
    kept = {(f, tuple(b)) for t in found for f, b in zip(t.frames, t.boxes.tolist(), strict=True)}
    tracks = []
    for number, detections, ids in seen:
        rows = np.array([(number, tuple(box)) in kept for box in detections.boxes.tolist()], bool)
        rows &= ids >= 0
        tracks.append((detections.boxes[rows], ids[rows]))
    tracked = tracking_scores(tracks, true)
    count = len(seen)
    whole = sum(watch.seconds[stage] for stage in STAGES)
    return {
        "detector": name,
        "frames": str(count),
        "sure": f"{kind.sure:.2f}",
        "recall": f"{at_sure.recall:.3f}",
        "precision": f"{at_sure.precision:.3f}",
        "AP": f"{everything.average_precision:.3f}",
        "MOTA": f"{tracked.mota:.3f}",
        "IDF1": f"{tracked.idf1:.3f}",
        "HOTA": f"{tracked.hota:.3f}",
        "switches": str(tracked.switches),
        "tracklets": str(len(found)),
        **{f"{stage} f/s": f"{count / watch.seconds[stage]:.0f}" for stage in STAGES},
        "whole f/s": f"{count / whole:.1f}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--every", type=int, default=1, help="look at one frame in so many")
    parser.add_argument(
        "--detectors", nargs="+", default=["person-detection-retail-0013", "nanodet_m"]
    )
    options = parser.parse_args()
    named = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    folder = named / "data" / "adl-rundle-6"
    if not folder.is_dir():
        print(f"skipped: no ADL-Rundle-6 at {folder}; set PASSERBY_REAL_DATA")
        return
    os.environ.setdefault("PASSERBY_MODELS", str(named / "models"))
    rows = [measure(folder, name, options.every) for name in options.detectors]
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + " --- |" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row.values()) + " |", flush=True)


if __name__ == "__main__":
    main()

"""Who is who over all cameras of rendered towns: IDF1 with and without transition times.

    PASSERBY_MODELS=FOLDER python benchmarks/identities.py [--films FOLDER] [--towns 5]

Every town is filmed (once; films are kept in the folder), its people are found by the motion
detector, followed, embedded by `--model` and put into a gallery, and `associate` says who is who.
IDF1 is TrackEval's, over the frames of all cameras one after the other, a person's number the same
in all of them. The threshold is learnt in one more town, of which the truth is given as verdicts;
transition times are learnt from the timetable of yet another, in which more people live. Of the
towns that are scored nothing is known before.

Rows: `each alone` takes every tracklet for somebody new; `truth` names each tracklet by whom it
shows most, which is the best that the tracks allow.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from passerby.core.tracklet import Tracklet
from passerby.data.synthetic.layout import span, write_video
from passerby.data.synthetic.world import World
from passerby.engine.embedder import Embedder, load_embedder
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.opening import create_gallery
from passerby.gallery.people import Verdict
from passerby.gallery.seen import Entry, Model, Recording
from passerby.metrics.calibration import Calibration
from passerby.metrics.detection import iou_matrix
from passerby.metrics.tracking import tracking_scores
from passerby.pipelines.demo_find import read_truth
from passerby.pipelines.identities import Rules, associate
from passerby.pipelines.identity_calibration import calibrate_gallery
from passerby.pipelines.identity_features import pooled_by
from passerby.pipelines.identity_times import CameraTimes
from passerby.video.decode import frames
from passerby.video.detectors import detector_kind, load_detector
from passerby.video.trackers import load_tracker
from passerby.video.tracklets import tracklets

RATE = 4
"""Frames a second of the films."""
BEGINS = datetime(2026, 5, 31, 14, 30, tzinfo=UTC).timestamp()
CALIBRATED_ON, TIMED_BY = 900, 901
"""Seeds of the towns whose truth is known."""
MODEL = "osnet_x0_25_msmt17"


@dataclass(frozen=True, eq=False)
class Town:
    """A town as it was seen.

    tracks: by recording; truth: by recording, frame -> boxes (N, 4), persons (N,)
    shown:  tracklet's id -> the person that it shows in truth; where it shows nobody, a number
            below 0 of its own
    """

    gallery: Gallery
    tracks: dict[str, list[Tracklet]]
    truth: dict[str, dict[int, tuple[np.ndarray, np.ndarray]]]
    shown: dict[str, int]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--films", type=Path, help="folder that keeps the films; none by default")
    parser.add_argument("--towns", type=int, default=5)
    parser.add_argument("--people", type=int, default=10, help="who live in a town")
    parser.add_argument("--cameras", type=int, default=3)
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two people")
    parser.add_argument("--model", default=MODEL, help="as in `passerby ingest --embedder`")
    given = parser.parse_args()
    torch.set_num_threads(1)
    embedder = load_embedder(given.model)

    def world(seed: int) -> World:
        return World(seed=seed, people=given.people, cameras=given.cameras, every=given.every)

    times = timetable(World(TIMED_BY, people=150, cameras=given.cameras, every=given.every))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        films = given.films or place / "films"
        known = visit(world(CALIBRATED_ON), films, place / "known", embedder)
        tell(known)
        calibrations: dict[CameraTimes | None, Calibration] = {
            use: calibrate_gallery(known.gallery, times=use) for use in (None, times)
        }
        for use, made in calibrations.items():
            print(
                f"threshold {'with' if use else 'without'} times: {made.threshold:.3f}, learnt "
                f"from {made.tracklets} tracklets, which it tells apart with F1 {made.f1:.3f}"
            )
        known.gallery.close()
        rows: dict[str, list[float]] = {}
        for seed in range(given.towns):
            town = visit(world(seed), films, place / f"{seed}", embedder)
            for name, found in answers(town, calibrations, times).items():
                rows.setdefault(name, []).append(idf1(town, found))
            print(f"town {seed}: {len(town.shown)} tracklets")
            town.gallery.close()
    print(f"\n{'IDF1 over all cameras, %':34}{'mean':>7}{'std':>7}   each town")
    for name, scores in rows.items():
        one = np.array(scores) * 100
        spread = one.std(ddof=1) if len(one) > 1 else float("nan")
        print(f"{name:34}{one.mean():7.1f}{spread:7.1f}   {' '.join(f'{s:.1f}' for s in one)}")


def answers(
    town: Town, calibrations: dict[CameraTimes | None, Calibration], times: CameraTimes
) -> dict[str, dict[str, object]]:
    """Name of the row -> tracklet -> who it is said to be."""

    def said(use: CameraTimes | None, **rules) -> dict[str, object]:
        done = associate(town.gallery, calibrations[use], use, rules=Rules(**rules), dry=True)
        return dict(done.people)

    return {
        "each alone": {name: name for name in town.shown},
        "one by one, looks": said(None, one_by_one=True),
        "one by one, looks and times": said(times, one_by_one=True),
        "together, looks": said(None),
        "together, looks and times": said(times),
        "truth": dict(town.shown),
    }


def visit(world: World, films: Path, place: Path, embedder: Embedder) -> Town:
    """Film a town, follow its people, and put them into a gallery."""
    gallery = create_gallery(place, Model(embedder.name, embedder.hash, embedder.metric))
    tracks, truth, shown = {}, {}, {}
    for camera in range(1, world.cameras + 1):
        name = f"town-{world.seed}-{world.people}-{world.every:g}-{camera}.mp4"
        path = films / name
        if not path.with_suffix(".gt.txt").exists():  # written last
            write_video(world, camera, path, rate=RATE, progress=False)
        begins = BEGINS + span(world, camera, rate=RATE)[0]
        found = list(
            tracklets(
                frames(path),
                load_detector("motion"),
                load_tracker("motion", detector_kind("motion").sure),
                camera=f"camera {camera}",
                start=begins,
            )
        )
        key = f"{world.seed:08x}{camera:08x}"
        tracks[key], truth[key] = found, read_truth(path.with_suffix(".gt.txt"))
        for at, one in enumerate(found):
            whom = shows(one, truth[key])
            shown[f"{key}/{one.number}"] = -1 - at - 10_000 * camera if whom is None else whom
        store(gallery, key, f"camera {camera}", begins, found, embedder)
    return Town(gallery, tracks, truth, shown)


def store(
    gallery: Gallery, key: str, camera: str, begins: float, found: Sequence[Tracklet],
    embedder: Embedder,
) -> None:  # fmt: skip
    """Add a recording's tracklets to a gallery, as `passerby ingest` does."""
    from passerby.core.embeddings import Embeddings
    from passerby.core.sample import JUNK, Sample

    crops = [crop.pixels for one in found for crop in one.crops]
    samples = [
        Sample(Path(f"{key}/{one.number}"), JUNK, 0, tracklet=one.number)
        for one in found for _ in one.crops
    ]  # fmt: skip
    each = Embeddings.of(embedder.crops(crops), samples, embedder.name, embedder.hash)
    means = pooled_by(each, each.keys, embedder.metric)
    first = [each.keys.index(name) for name in means]
    rows = Embeddings.of(
        torch.stack(list(means.values())), [samples[at] for at in first], embedder.name,
        embedder.hash,
    )  # fmt: skip
    entries = [
        Entry(key, one.number, camera, one.start, one.end, True,
              tuple(Jpeg.of(f"frame {crop.frame}", crop.pixels) for crop in one.crops[:1]))
        for one in found
    ]  # fmt: skip
    last = max((one.end for one in found), default=begins)
    about = Recording(key, camera, f"{camera}.mp4", key * 4, begins, last - begins, 0, 0, {})
    gallery.add(about, entries, rows)


def shows(one: Tracklet, truth: dict[int, tuple[np.ndarray, np.ndarray]]) -> int | None:
    """The person whom most boxes of a tracklet show; None where they show nobody."""
    votes: Counter[int] = Counter()
    for frame, box in zip(one.frames.tolist(), one.boxes, strict=True):
        boxes, persons = truth.get(frame, (np.zeros((0, 4), np.float32), np.zeros(0)))
        overlap = iou_matrix(box[None], boxes)[0]
        if len(boxes) and overlap.max() >= 0.4:
            votes[int(persons[overlap.argmax()])] += 1
    return votes.most_common(1)[0][0] if votes else None


def tell(town: Town) -> None:
    """Let a human confirm the truth."""
    people: dict[int, str] = {}
    verdicts = []
    for tracklet, person in town.shown.items():
        if person > 0:
            if person not in people:
                people[person] = town.gallery.add_person().id
            verdicts.append(Verdict(tracklet, people[person], True, "truth", BEGINS))
    town.gallery.judge(verdicts)


def timetable(world: World) -> CameraTimes:
    """Transition times of a town, out of who passes where and when; nothing is rendered."""
    stays = [
        (str(seen.person), Entry("timetable", seen.tracklet, f"camera {camera}",
                                 BEGINS + seen.start, BEGINS + seen.end, True, ()))
        for camera in range(1, world.cameras + 1)
        for seen in world.schedule(camera)
    ]  # fmt: skip
    return CameraTimes.learn(stays, bin_seconds=1.0, smoothing=3.0)


def idf1(town: Town, people: dict[str, object]) -> float:
    """IDF1 over the frames of all cameras, one after the other."""
    number: Callable[[object], int] = {
        name: at for at, name in enumerate(sorted(set(people.values()), key=str))
    }.__getitem__
    found, true = [], []
    for key, tracks in town.tracks.items():
        seen: dict[int, list[tuple[np.ndarray, int]]] = {}
        for one in tracks:
            whom = number(people[f"{key}/{one.number}"])
            for frame, box in zip(one.frames.tolist(), one.boxes, strict=True):
                seen.setdefault(frame, []).append((box, whom))
        for frame in range(max([*seen, *town.truth[key]], default=-1) + 1):
            rows = once(seen.get(frame, []))
            found.append(
                (np.array([box for box, _ in rows]).reshape(-1, 4), np.array([p for _, p in rows]))
            )
            true.append(town.truth[key].get(frame, (np.zeros((0, 4)), np.zeros(0, np.int64))))
    return tracking_scores(found, true).idf1


def once(rows: list[tuple[np.ndarray, int]]) -> list[tuple[np.ndarray, int]]:
    """The same boxes with the first of each person alone: TrackEval takes nobody twice a frame.

    It matters where `truth` is scored, for two tracks may show one person at once.
    """
    return [row for at, row in enumerate(rows) if row[1] not in {p for _, p in rows[:at]}]


if __name__ == "__main__":
    main()

"""The demo's third journey: film a rendered town, fill a gallery, search it, judge the answers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.core.files import write_atomically
from passerby.data.images import read_image
from passerby.data.synthetic.jobs import rendering_processes
from passerby.data.synthetic.layout import Recording, span, write_video
from passerby.data.synthetic.world import World
from passerby.gallery.gallery import Hit
from passerby.gallery.jpeg import jpeg_bytes, loaded
from passerby.gallery.opening import open_gallery
from passerby.gallery.seen import Entry
from passerby.gallery.times import format_time
from passerby.metrics.detection import iou_matrix
from passerby.pipelines.ingest import Ingested, ingest
from passerby.pipelines.search import search

RATE = 8
"""Frames a second of the videos."""
ANSWERS = 8
"""Tracklets that are shown for each search."""


@dataclass(frozen=True)
class Town:
    """A world that is filmed, and the wall clock (seconds since the epoch) at its second 0."""

    world: World
    begins: float


@dataclass(frozen=True)
class Film:
    """One camera's video, with the truth beside it."""

    camera: str
    recording: Recording


@dataclass(frozen=True, eq=False)
class Search:
    """One search and what was right about it.

    picture: the file that was searched with
    pixels:  the same, (H, W, 3) uint8 RGB
    query:   the tracklet that it was taken from
    person:  who that is in truth
    answers: tracklets of other cameras, nearest first, each with whether it is the same person
    """

    picture: Path
    pixels: np.ndarray
    query: Entry
    person: int
    answers: tuple[tuple[Hit, bool], ...]

    @property
    def right_at_once(self) -> bool:
        """Whether the first answer is right."""
        return bool(self.answers) and self.answers[0][1]


@dataclass(frozen=True, eq=False)
class Found:
    """What came of the videos: a line for each, all searches, and one frame to look at.

    searches: one for each tracklet of a person who was also followed by another camera
    frame:    of the first camera, when it saw the most people
    """

    ingested: tuple[Ingested, ...]
    searches: tuple[Search, ...]
    frame: np.ndarray


def film(town: Town, folder: Path) -> tuple[Film, ...]:
    """A video of each camera of the town, two at a time; those that are there are kept."""
    cameras = range(1, town.world.cameras + 1)
    jobs = [(town.world, camera, folder / f"camera-{camera}.mp4") for camera in cameras]
    # Rendering is many small operations: one thread for each of two processes, not two for one.
    with rendering_processes(2) as pool:
        recordings = list(pool.map(film_one, jobs))
    return tuple(
        Film(f"camera {camera}", recording)
        for camera, recording in zip(cameras, recordings, strict=True)
    )


def find(town: Town, films: Sequence[Film], gallery: Path, model: Path, folder: Path) -> Found:
    """Ingest the videos and search for everybody who came past two cameras.

    model:  the run folder whose model tells people apart
    folder: the pictures that are searched with are written here
    """
    ingested = []
    for one in films:
        start = format_time(town.begins + one.recording.start)
        ingested += ingest(
            [one.recording.video],
            one.camera,
            gallery,
            start=[start],
            detector="motion",
            embedder=str(model),
        )
    truths = {
        done.id: read_truth(one.recording.truth) for done, one in zip(ingested, films, strict=True)
    }
    with open_gallery(gallery) as store:
        entries = [loaded(entry) for entry in store.entries()]
        person_of = {
            entry.id: who(entry, truths[entry.recording])
            for entry in entries
            if entry.recording in truths
        }
        cameras: dict[int, set[str]] = {}
        for entry in entries:
            if (person := person_of.get(entry.id)) is not None:
                cameras.setdefault(person, set()).add(entry.camera)
        searches = []
        for entry in entries:
            person = person_of.get(entry.id)
            if person is None or len(cameras[person]) < 2:
                continue
            picture = folder / f"person-{person:02d}-{entry.camera.replace(' ', '-')}.jpg"
            pixels, best = read_image(entry.crops[0]), jpeg_bytes(entry.crops[0])
            write_atomically(picture, lambda to, best=best: to.write_bytes(best))
            # The gallery is open here, so that each search finds its server running.
            hits = search(picture, gallery, ANSWERS, not_camera=[entry.camera], out=None).hits
            answers = tuple((hit, person_of.get(hit.entry.id) == person) for hit in hits)
            searches.append(Search(picture, pixels, entry, person, answers))
    seen = truths[ingested[0].id]
    fullest = max(seen, key=lambda frame: len(seen[frame][1]), default=0)
    time = films[0].recording.start + fullest / RATE
    return Found(tuple(ingested), tuple(searches), town.world.frame(1, time).pixels)


def read_truth(file: Path) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """A MOTChallenge gt.txt: frame number from 0 -> boxes (N, 4) xyxy pixels, identities (N,)."""
    rows: dict[int, list[list[float]]] = {}
    for line in file.read_text().splitlines():
        frame, person, left, top, width, height = map(float, line.split(",")[:6])
        rows.setdefault(int(frame) - 1, []).append([left, top, left + width, top + height, person])
    return {
        frame: (np.array(listed)[:, :4].astype(np.float32), np.array(listed)[:, 4].astype(int))
        for frame, listed in rows.items()
    }


def who(entry: Entry, truth: dict[int, tuple[np.ndarray, np.ndarray]]) -> int | None:
    """The person that most of a tracklet's pictures show; None when they show nobody in truth."""
    votes: Counter[int] = Counter()
    for sighting in entry.sightings:
        boxes, persons = truth.get(sighting.frame, (np.zeros((0, 4), np.float32), np.zeros(0)))
        if len(boxes) == 0:
            continue
        overlap = iou_matrix(np.array([sighting.box], np.float32), boxes)[0]
        if overlap.max() >= 0.4:
            votes[int(persons[overlap.argmax()])] += 1
    return votes.most_common(1)[0][0] if votes else None


def film_one(job: tuple[World, int, Path]) -> Recording:
    """The video of (world, camera, file), filmed unless it is there."""
    world, camera, out = job
    truth = out.with_suffix(".gt.txt")  # written last: where it stands the video is whole
    if truth.exists():
        return Recording(out, truth, *span(world, camera, rate=RATE))
    return write_video(world, camera, out, rate=RATE, progress=False)

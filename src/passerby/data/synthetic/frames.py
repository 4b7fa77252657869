"""Whole rendered pictures on disk with boxes and identities: person search, video, tracking."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.core.evenly import evenly
from passerby.core.files import write_atomically
from passerby.data.images import read_image
from passerby.data.mp4 import write_mp4
from passerby.data.synthetic.crops import modalities
from passerby.data.synthetic.film import span, truth_lines
from passerby.data.synthetic.ingredients import ingredients
from passerby.data.synthetic.jobs import run_jobs
from passerby.data.synthetic.layout import QUALITY
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.notes import note_people, note_world
from passerby.data.synthetic.scene import Frame
from passerby.data.synthetic.search_lists import PICTURES, write_search_lists
from passerby.data.synthetic.sheet import write_sheet
from passerby.data.synthetic.truth_files import write_truth
from passerby.data.synthetic.world import World

CLOCK = 25
"""Ticks a second, by which pictures are named."""


@dataclass(frozen=True, slots=True)
class FrameJob:
    """One picture of a camera to be written: its people to `boxes`, then the picture to `path`.

    number: counts the frames of a video from 1; the people are then lines of MOTChallenge's
            gt.txt. 0 for a picture of its own, whose people are JSON
    maps:   where its truth goes, without ending; None for nowhere
    """

    world: World
    camera: int
    time: float
    size: tuple[int, int]
    modality: Modality
    path: Path
    boxes: Path
    number: int = 0
    maps: Path | None = None

    def write(self) -> None:
        """Write the maps, the people, then the picture."""
        high, wide = self.size
        if self.maps is not None:
            truth = self.world.frame_truth(self.camera, self.time, height=high, width=wide)
            write_truth(truth, self.maps)
        frame = self.world.frame(
            self.camera, self.time, height=high, width=wide, modality=self.modality
        )
        lines = truth_lines(self.number, frame) if self.number else [json.dumps(self.told(frame))]
        text = "".join(f"{line}\n" for line in lines)
        write_atomically(self.boxes, lambda to: to.write_text(text))
        image = Image.fromarray(frame.pixels)
        write_atomically(self.path, lambda to: image.save(to, quality=QUALITY))

    def told(self, frame: Frame) -> dict[str, Any]:
        """The picture and its people: boxes are left, top, width, height in pixels."""
        people = []
        for box, person, shown in zip(
            frame.people.boxes, frame.persons, frame.visible, strict=True
        ):
            left, top, right, bottom = (round(float(edge)) for edge in box)
            people.append(
                {
                    "person": int(person),
                    "box": [left, top, max(1, right - left), max(1, bottom - top)],
                    "visible": round(float(shown), 3),
                }
            )
        name, seconds = self.path.name, round(self.time, 3)
        return {"file": name, "camera": self.camera, "time": seconds, "people": people}


def render_frames(
    out: Path,
    *,
    seed: int = 0,
    people: int = 60,
    test_people: int = 30,
    cameras: int = 6,
    frames: int = 100,
    height: int = 720,
    width: int = 1280,
    style: str = "town",
    modality: str = "visible",
    without: str = "",
    clothes_change: bool = False,
    truth: bool = False,
    workers: int | None = None,
) -> Path:
    """Write whole pictures for person search to `out`, in the layout of CUHK-SYSU; its path.

    `people` come past the cameras, then `test_people` others; each of `cameras` takes `frames`
    pictures meanwhile. Image/SSM holds the pictures, annotation the official lists, which
    `cuhk_sysu` reads; scenes.json has the same and more: camera, time, and how much of each person
    can be seen. Pictures that are there already are kept.

    Raises PasserbyError when a number is too small, or `out` holds something else.
    """
    for name, value in (("people", people), ("test_people", test_people), ("frames", frames)):
        if value < 1:
            raise PasserbyError(f"{name} is {value}; frames for person search take 1 or more")
    world = World(
        seed=seed, people=people + test_people, cameras=cameras,
        clothes_change=clothes_change, style=style, without=ingredients(without),
    )  # fmt: skip
    kinds = modalities(modality, cameras)
    note_world(
        out, world, layout="frames", learnt=people, frames=frames, size=[height, width],
        modalities=kinds, truth=truth,
    )  # fmt: skip
    jobs = []
    for camera in range(1, cameras + 1):
        schedule = world.schedule(camera)
        first, last = schedule[0].start, max(visit.end for visit in schedule)
        for number in range(frames):
            ticks = round((first + (number + 0.5) / frames * (last - first)) * CLOCK)
            name = f"c{camera}_{number:05d}_{ticks:07d}"
            jobs.append(
                FrameJob(
                    world,
                    camera,
                    ticks / CLOCK,
                    (height, width),
                    kinds[camera - 1],
                    out / PICTURES / f"{name}.jpg",
                    out / "boxes" / f"{name}.json",
                    maps=out / "truth" / name if truth else None,
                )
            )
    run_jobs(jobs, "rendering frames", out, workers)
    write_search_lists(out, [json.loads(job.boxes.read_text()) for job in jobs], people, seed)
    note_people(out, world, range(1, world.people + 1))
    write_sheet(evenly([job.path for job in jobs], 12), out / "sheet.jpg", 3, 180)
    return out


def render_videos(
    out: Path,
    *,
    seed: int = 0,
    people: int = 30,
    cameras: int = 3,
    seconds: float = 30.0,
    rate: int = 10,
    height: int = 720,
    width: int = 1280,
    style: str = "town",
    modality: str = "visible",
    without: str = "",
    clothes_change: bool = False,
    truth: bool = False,
    workers: int | None = None,
) -> Path:
    """Film the cameras of a rendered world to `out`, in the layout of MOTChallenge; its path.

    Each camera has a folder (c1, c2, ...) with img1/000001.jpg and so on, gt/gt.txt and
    seqinfo.ini, and its film beside it (c1.mp4). A film begins a second before the first person
    comes and lasts `seconds`, `rate` frames each. Frames that are there already are kept.

    Raises PasserbyError when a number is too small, height or width is odd, PyAV is missing, or
    `out` holds something else.
    """
    if seconds <= 0 or rate < 1:
        raise PasserbyError(
            f"{seconds} seconds of {rate} frames are no film; choose seconds above 0 and a rate "
            "of 1 or more"
        )
    if height % 2 or width % 2:
        raise PasserbyError(f"frames are {width} x {height}; films need even sizes")
    world = World(
        seed=seed, people=people, cameras=cameras, clothes_change=clothes_change, style=style,
        without=ingredients(without),
    )  # fmt: skip
    kinds = modalities(modality, cameras)
    note_world(
        out, world, layout="videos", seconds=seconds, rate=rate, size=[height, width],
        modalities=kinds, truth=truth,
    )  # fmt: skip
    films: dict[int, list[FrameJob]] = {}
    for camera in range(1, cameras + 1):
        start, count = span(world, camera, None, seconds, rate)
        folder = out / f"c{camera}"
        films[camera] = [
            FrameJob(
                world,
                camera,
                start + (number - 1) / rate,
                (height, width),
                kinds[camera - 1],
                folder / "img1" / f"{number:06d}.jpg",
                folder / "boxes" / f"{number:06d}.txt",
                number,
                folder / "truth" / f"{number:06d}" if truth else None,
            )
            for number in range(1, count + 1)
        ]
    run_jobs([job for jobs in films.values() for job in jobs], "filming", out, workers)
    for camera, jobs in films.items():
        _finish(out / f"c{camera}", jobs, rate)
    note_people(out, world, range(1, people + 1))
    paths = [job.path for jobs in films.values() for job in evenly(jobs, 4)]
    write_sheet(paths[:24], out / "sheet.jpg", 4, 180)
    return out


def _finish(folder: Path, jobs: list[FrameJob], rate: int) -> None:
    """Write gt.txt, seqinfo.ini and the film, from the frames."""
    text = "".join(job.boxes.read_text() for job in jobs)
    write_atomically(folder / "gt" / "gt.txt", lambda to: to.write_text(text))
    high, wide = jobs[0].size
    told = (
        f"[Sequence]\nname={folder.name}\nimDir=img1\nframeRate={rate}\nseqLength={len(jobs)}\n"
        f"imWidth={wide}\nimHeight={high}\nimExt=.jpg\n"
    )
    write_atomically(folder / "seqinfo.ini", lambda to: to.write_text(told))
    film = folder.with_suffix(".mp4")
    if not film.exists():
        write_mp4(film, (read_image(job.path) for job in jobs), rate)

"""The rendered world on disk: crops in the Market-1501 layout, videos with their truth."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from rich.progress import Progress, track

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.core.sample import Sample
from passerby.data.mp4 import write_mp4
from passerby.data.splits import Splits
from passerby.data.synthetic.crops import PARTS, RenderedCrop, rendered
from passerby.data.synthetic.world import Frame, World

_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Recording:
    """A video that `write_video` wrote.

    video, truth: the mp4 and the gt.txt beside it
    start: seconds of the world's clock at the first frame; frames: how many
    """

    video: Path
    truth: Path
    start: float
    frames: int


def render_dataset(
    out: Path,
    *,
    seed: int = 0,
    people: int = 200,
    test_people: int = 100,
    cameras: int = 6,
    shots: int = 4,
    height: int = 256,
    width: int = 128,
    workers: int | None = None,
) -> Splits:
    """Write the crops of a rendered world to `out`; see `rendered` for the options.

    Crops that are there already are kept, so that an interrupted run goes on where it stopped.
    """
    splits = rendered(
        seed=seed, people=people, test_people=test_people, cameras=cameras,
        shots=shots, height=height, width=width,
    )  # fmt: skip
    return write_crops(splits, out, workers=workers)


def write_crops(splits: Splits, out: Path, *, workers: int | None = None) -> Splits:
    """Render `splits` into `out` in the Market-1501 layout, and read it back.

    splits:  made by `rendered`
    workers: processes; by default one for each core. The files do not depend on it.

    Shows a progress bar; crops that are there already are kept.

    Raises PasserbyError when `out` holds crops that do not belong to these splits.
    """
    jobs = [
        (sample.pixels, out / folder / str(sample.pixels))
        for folder, part in zip(PARTS, (splits.train, splits.query, splits.gallery), strict=True)
        for sample in part
        if isinstance(sample.pixels, RenderedCrop)
    ]
    _note_world(splits, out)
    wanted = {path for _, path in jobs}
    for folder in PARTS:
        (out / folder).mkdir(parents=True, exist_ok=True)
        strange = sorted(set((out / folder).glob("*.jpg")) - wanted)
        if strange:
            raise PasserbyError(
                f"'{strange[0]}' does not belong to the world that is to be written; "
                "choose an empty folder, or the options that the folder was written with"
            )
    left = [job for job in jobs if not job[1].exists()]
    workers = min(workers or os.cpu_count() or 1, max(1, len(left) // 16))
    if workers == 1:
        for job in track(left, "rendering crops", disable=not left):
            _write_crop(job)
        return rendered(out)
    # One thread a process: many small operations gain nothing from more, and cores are taken.
    context = multiprocessing.get_context("spawn")
    with (
        Progress() as progress,
        ProcessPoolExecutor(workers, context, torch.set_num_threads, (1,)) as pool,
    ):
        bar = progress.add_task("rendering crops", total=len(left))
        for _ in pool.map(_write_crop, left, chunksize=8):
            progress.advance(bar)
    return rendered(out)


def _note_world(splits: Splits, out: Path) -> None:
    """Write down which world this is; raise when the folder holds another."""
    samples: Sequence[Sample] = splits.train + splits.query + splits.gallery
    pictures = [s.pixels for s in samples if isinstance(s.pixels, RenderedCrop)]
    if not pictures:
        raise PasserbyError("there are no crops to render; ask for at least one person")
    first = pictures[0]
    text = f"{first.world!r}, crops {first.height} x {first.width}\n"
    note = out / "world.txt"
    if note.exists() and note.read_text() != text:
        raise PasserbyError(
            f"{out} holds another world: {note.read_text().strip()}. Choose an empty folder, or "
            "the options that it was written with."
        )
    if not note.exists():
        write_atomically(note, lambda to: to.write_text(text))


def _write_crop(job: tuple[RenderedCrop, Path]) -> None:
    picture, path = job
    image = Image.fromarray(picture.read())
    write_atomically(path, lambda to: image.save(to, quality=_QUALITY))


def write_video(
    world: World,
    camera: int,
    out: Path,
    *,
    start: float | None = None,
    seconds: float | None = None,
    rate: int = 10,
    height: int = 360,
    width: int = 640,
    progress: bool = True,
) -> Recording:
    """Film a camera: `out` is an H.264 mp4; gt.txt beside it holds the truth.

    start:   seconds of the world's clock; by default a second before the first person comes
    seconds: length; by default until a second after the last has gone
    progress: show a progress bar
    gt.txt has a line for each person in each frame in the layout of MOTChallenge: frame from 1,
    identity, left, top, width, height, 1, 1 (pedestrian), visibility. Its name is that of the
    video with `.gt.txt` in place of the suffix.

    Raises PasserbyError when PyAV is missing, or the height or width is odd.
    """
    start, count = span(world, camera, start, seconds, rate)
    lines: list[str] = []

    def film() -> Iterator[np.ndarray]:
        frames = _frames(world, camera, start, count, rate, height, width)
        shown = track(frames, f"filming camera {camera}", count, disable=not progress)
        for number, frame in enumerate(shown, start=1):
            lines.extend(truth_lines(number, frame))
            yield frame.pixels

    path = write_mp4(out, film(), rate)
    text = "".join(line + "\n" for line in lines)
    truth = write_atomically(out.with_suffix(".gt.txt"), lambda to: to.write_text(text))
    return Recording(path, truth, start, count)


def truth_lines(number: int, frame: Frame) -> list[str]:
    """The people of a frame as lines of a MOTChallenge gt.txt; `number` counts frames from 1."""
    lines = []
    for box, person, visible in zip(frame.people.boxes, frame.persons, frame.visible, strict=True):
        left, top, right, bottom = box.tolist()
        lines.append(
            f"{number},{person},{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f},"
            f"1,1,{visible:.3f}"
        )
    return lines


def contact_sheet(pictures: Sequence[np.ndarray], columns: int, gap: int = 4) -> np.ndarray:
    """Pictures of one size side by side, row by row, on white: (H, W, 3) uint8 RGB.

    >>> contact_sheet([np.zeros((4, 2, 3), np.uint8)] * 3, columns=2, gap=1).shape
    (11, 7, 3)
    """
    if not pictures:
        return np.full((1, 1, 3), 255, np.uint8)
    high, wide = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * (high + gap) + gap, columns * (wide + gap) + gap, 3), 255, np.uint8)
    for number, picture in enumerate(pictures):
        top = gap + (number // columns) * (high + gap)
        left = gap + (number % columns) * (wide + gap)
        sheet[top : top + high, left : left + wide] = picture
    return sheet


def span(
    world: World,
    camera: int,
    start: float | None = None,
    seconds: float | None = None,
    rate: int = 10,
) -> tuple[float, int]:
    """When `write_video` begins, in seconds of the world's clock, and how many frames it makes."""
    schedule = world.schedule(camera)
    if start is None:
        start = max(0.0, schedule[0].start - 1)
    if seconds is None:
        seconds = max(visit.end for visit in schedule) + 1 - start
    return start, max(1, round(seconds * rate))


def _frames(
    world: World, camera: int, start: float, count: int, rate: int, height: int, width: int
) -> Iterator[Frame]:
    for number in range(count):
        yield world.frame(camera, start + number / rate, height=height, width=width)

"""A camera of the rendered world as a video, with its truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from passerby.core.files import write_atomically
from passerby.data.mp4 import write_mp4
from passerby.data.synthetic.scene import Frame
from passerby.data.synthetic.world import World


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

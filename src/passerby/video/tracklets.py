"""Frames -> tracklets, with the best crops of each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from passerby.core.detections import Detections
from passerby.core.tracklet import Crop, Tracklet
from passerby.video.crops import cut, keep_best, quality, shown
from passerby.video.decode import Frame
from passerby.video.stopwatch import Stopwatch
from passerby.video.track import Tracker


@dataclass(eq=False)
class _Growing:
    """A tracklet whose end has not come."""

    rows: list[tuple[int, float, np.ndarray, float]] = field(default_factory=list)
    crops: tuple[Crop, ...] = ()


def tracklets(
    frames: Iterable[Frame],
    detect: Callable[[np.ndarray], Detections],
    tracker: Tracker,
    *,
    camera: str,
    start: float = 0.0,
    most: int = 5,
    apart: float = 0.5,
    shortest: int = 3,
    watch: Stopwatch | None = None,
    seen: Callable[[Frame, Detections, np.ndarray], None] | None = None,
) -> Iterator[Tracklet]:
    """The tracklets of a recording, each as soon as it has ended, numbered in that order.

    frames:   in the order of time; detect: the people in one; tracker: a new one
    start:    seconds added to all times: the epoch time at which the recording began
    most:     crops kept of each tracklet; memory holds no more pictures than these
    apart:    seconds between two of them, at least
    shortest: boxes that a tracklet must have; shorter ones are mostly mistakes
    watch:    counts the stages "decode" (waiting for a frame), "detect", "track" and "crop"
    seen:     called for every frame with its detections and their tracks (N,)
    """
    watch = watch or Stopwatch()
    growing: dict[int, _Growing] = {}
    number = 0
    for frame in watch.waiting("decode", frames):
        with watch("detect"):
            detections = detect(frame.pixels)
        with watch("track"):
            tracked = tracker.update(detections, frame.time)
        if seen is not None:
            seen(frame, detections, tracked.ids)
        with watch("crop"):
            _grow(growing, frame, detections, tracked.ids, start, most, apart)
        for ended in tracked.ended:
            if len((grown := growing.pop(ended)).rows) >= shortest:
                yield _finished(grown, camera, number)
                number += 1
    for ended in tracker.finish():
        if len((grown := growing.pop(ended)).rows) >= shortest:
            yield _finished(grown, camera, number)
            number += 1


def _grow(
    growing: dict[int, _Growing],
    frame: Frame,
    detections: Detections,
    ids: np.ndarray,
    start: float,
    most: int,
    apart: float,
) -> None:
    height, width = frame.pixels.shape[:2]
    visible = shown(detections.boxes, width, height)
    for row in np.flatnonzero(ids >= 0):
        grown = growing.setdefault(int(ids[row]), _Growing())
        box, score = detections.boxes[row], float(detections.scores[row])
        time = start + frame.time
        grown.rows.append((frame.number, time, box, score))
        pixels = cut(frame.pixels, box)
        worth = quality(pixels, float(visible[row]), score)
        crop = Crop(pixels, frame.number, time, worth, tuple(box.tolist()))
        grown.crops = keep_best(grown.crops, crop, most, apart)


def _finished(grown: _Growing, camera: str, number: int) -> Tracklet:
    frames, times, boxes, scores = zip(*grown.rows, strict=True)
    return Tracklet(
        camera=camera,
        number=number,
        frames=np.array(frames, np.int64),
        times=np.array(times, np.float64),
        boxes=np.array(boxes, np.float32),
        scores=np.array(scores, np.float32),
        crops=grown.crops,
    )

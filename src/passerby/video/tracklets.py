"""Frames -> tracklets, with the best crops of each."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import numpy as np

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.core.tracklet import Crop, Tracklet
from passerby.video.appearance import Embed
from passerby.video.crops import cut
from passerby.video.detector import Detector
from passerby.video.frame import Frame
from passerby.video.growing import KEEPING, Growing, Keeping, Part, Sight
from passerby.video.occlusion import closeness
from passerby.video.quality import openness, quality, wholeness
from passerby.video.stopwatch import Stopwatch
from passerby.video.tracker import Tracker

Seen = Callable[[Frame, Detections, np.ndarray], None]
"""Is shown every frame with its detections and their tracks (N,)."""


def tracklets(
    frames: Iterable[Frame],
    detector: Detector,
    tracker: Tracker,
    *,
    camera: str,
    start: float = 0.0,
    keeping: Keeping = KEEPING,
    embed: Embed | None = None,
    batch: int = 8,
    watch: Stopwatch | None = None,
    seen: Seen | None = None,
) -> Iterator[Tracklet]:
    """The tracklets of a recording, each as soon as it has ended, numbered in that order.

    frames:   in the order of time; detector and tracker: new ones
    start:    seconds added to all times: the epoch time at which the recording began
    keeping:  what is kept of each, and where one is split
    embed:    tells how people look, for a tracker that asks and for splits where people pass
              each other; without it a tracker goes by motion and tracks stay whole
    batch:    frames that the detector gets at once; memory holds no more frames than these
    watch:    counts the stages "decode" (waiting for a frame), "detect", "look" (the features
              that the tracker asked for), "track", "crop" and "split"
    seen:     called for every frame, in their order

    Raises PasserbyError when `batch` is below 1.
    """
    if batch < 1:
        raise PasserbyError(f"batch is {batch}; the detector gets 1 frame or more at once")
    watch = watch or Stopwatch()
    builder = TrackletBuilder(camera, start, keeping, embed, watch)
    waiting = iter(watch.waiting("decode", frames))
    while together := list(islice(waiting, batch)):
        with watch("detect"):
            found = detector.detect([frame.pixels for frame in together])
        for frame, detections in zip(together, found, strict=True):
            with watch("look"):
                features = looks(frame, detections, tracker, embed)
            with watch("track"):
                tracked = tracker.update(detections, frame.time, features)
            if seen is not None:
                seen(frame, detections, tracked.ids)
            yield from builder.add(frame, detections, tracked.ids)
            yield from builder.end(tracked.ended)
    yield from builder.end(tracker.finish())


def looks(
    frame: Frame, detections: Detections, tracker: Tracker, embed: Embed | None
) -> np.ndarray | None:
    """Features (N, D) of the boxes whose looks the tracker wants, NaN elsewhere; or None."""
    if embed is None:
        return None
    wanted = np.flatnonzero(tracker.wanted(detections, frame.time))
    if len(wanted) == 0:
        return None
    made = np.asarray(embed([cut(frame.pixels, box) for box in detections.boxes[wanted]]))
    features = np.full((len(detections), made.shape[1]), np.nan, np.float32)
    features[wanted] = made
    return features


class TrackletBuilder:
    """Turns the tracks of one recording into tracklets, frame by frame.

    camera, start, keeping, embed, watch: see `tracklets`
    """

    def __init__(
        self,
        camera: str,
        start: float = 0.0,
        keeping: Keeping = KEEPING,
        embed: Embed | None = None,
        watch: Stopwatch | None = None,
    ) -> None:
        self.camera, self.start, self.keeping, self.embed = camera, start, keeping, embed
        self.watch = watch or Stopwatch()
        self._growing: dict[int, Growing] = {}
        self._number = 0
        self._time: float | None = None
        self._step = np.inf

    def add(self, frame: Frame, detections: Detections, ids: np.ndarray) -> list[Tracklet]:
        """Enter a frame; returns what was split off, which has ended.

        ids: (N,) int64, the track of each detection, -1 where it has none
        """
        height, width = frame.pixels.shape[:2]
        tracked = np.flatnonzero(ids >= 0)
        boxes, scores = detections.boxes[tracked], detections.scores[tracked].tolist()
        time = self.start + frame.time
        if self._time is not None:
            self._step = min(self._step, time - self._time)
        self._time = time
        parts: list[Part] = []
        with self.watch("crop"):
            whole, opens = wholeness(boxes, width, height), openness(boxes)
            close = closeness(boxes)
            crops = []
            for box, score, w, o in zip(boxes, scores, whole, opens, strict=True):
                pixels = cut(frame.pixels, box)
                worth = quality(pixels, float(w), float(o), score)
                crops.append(Crop(pixels, frame.number, time, worth, tuple(box.tolist())))
        with self.watch("split"):
            for place, track in enumerate(ids[tracked].tolist()):
                if track not in self._growing:
                    self._growing[track] = Growing(self.keeping, self.embed)
                sight = Sight(frame.number, time, boxes[place], scores[place])
                grown = self._growing[track]
                parts += grown.add(sight, crops[place], float(close[place]), self._step)
        return self._tracklets(parts)

    def end(self, tracks: Iterable[int]) -> list[Tracklet]:
        """Enter that tracks have ended; returns their tracklets."""
        with self.watch("split"):
            parts = [part for track in tracks for part in self._growing.pop(track).finish()]
        return self._tracklets(parts)

    def _tracklets(self, parts: Iterable[Part]) -> list[Tracklet]:
        long = [part for part in parts if len(part.sights) >= self.keeping.shortest]
        first, self._number = self._number, self._number + len(long)
        return [part.tracklet(self.camera, first + n) for n, part in enumerate(long)]

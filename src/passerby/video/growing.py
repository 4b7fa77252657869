"""`Growing`: a tracklet whose end has not come, split where another person begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from passerby.core.averages import weighted_average
from passerby.core.tracklet import Crop, Tracklet
from passerby.video.appearance import Embed, cosine_distances, unit
from passerby.video.crops import best, keep_best, spread
from passerby.video.occlusion import OccasionFinder


@dataclass(frozen=True)
class Keeping:
    """What is kept of a tracklet, and where one is split.

    most:     crops of each; memory holds no more pictures than these (thrice as many, where it is
              asked whether a tracklet is to be split)
    apart:    seconds between two of them, at least
    shortest: boxes that a tracklet must have; shorter ones are mostly mistakes
    close:    closeness (see `passerby.video.occlusion`) from which people may be confused
    lasts:    seconds that they must be so close
    gap:      seconds unseen after which the same question is asked
    differ:   cosine distance of the looks before and after from which a tracklet is split there.
              Chosen with person-reidentification-retail-0277 on ADL-Rundle-6; for other embedders
              see `passerby.video.looks`
    """

    most: int = 5
    apart: float = 0.5
    shortest: int = 3
    close: float = 0.3
    lasts: float = 0.1
    gap: float = 0.2
    differ: float = 0.5


KEEPING = Keeping()
"""As `passerby ingest` keeps."""


@dataclass(frozen=True, eq=False)
class Sight:
    """One box of a track: the frame's number, seconds, xyxy (4,) and the detector's score."""

    frame: int
    time: float
    box: np.ndarray
    score: float


@dataclass(eq=False)
class Part:
    """Sights of a track between two occasions to be confused, with the best crops so far."""

    sights: list[Sight] = field(default_factory=list)
    crops: tuple[Crop, ...] = ()

    def tracklet(self, camera: str, number: int) -> Tracklet:
        """The part as a tracklet of its own."""
        return Tracklet(
            camera=camera,
            number=number,
            frames=np.array([sight.frame for sight in self.sights], np.int64),
            times=np.array([sight.time for sight in self.sights], np.float64),
            boxes=np.array([sight.box for sight in self.sights], np.float32).reshape(-1, 4),
            scores=np.array([sight.score for sight in self.sights], np.float32),
            crops=self.crops,
        )


class Growing:
    """One track's sights, from which parts fall off that are somebody else's.

    embed: tells how people look; None: the track stays whole
    """

    def __init__(self, keeping: Keeping, embed: Embed | None) -> None:
        self.keeping, self.embed = keeping, embed
        self._parts = [Part()]
        self._finder = OccasionFinder(keeping.close, keeping.lasts, keeping.gap)
        self._before = 0  # sights of the parts before the last, fallen off or not

    def add(self, sight: Sight, crop: Crop, closeness: float, step: float) -> list[Part]:
        """Enter the next sight; returns what has turned out to be a tracklet of its own.

        closeness: of the others in the frame, see `passerby.video.occlusion.closeness`
        step:      seconds between two frames that are looked at
        """
        part = self._parts[-1]
        part.sights.append(sight)
        seconds = sight.time - part.sights[0].time
        apart = spread(seconds, self.keeping.most, self.keeping.apart)
        part.crops = keep_best(part.crops, crop, self.keeping.most, apart)
        first = self._finder.add(sight.time, closeness, step)
        if self.embed is None or first is None or first <= self._before:
            return []
        before, after = cut_part(part, first - self._before)
        self._before = first
        self._parts[-1:] = [before, after]
        return self._decided() if len(self._parts) > 2 else []

    def finish(self) -> list[Part]:
        """Enter that the track is over; returns its last tracklets, one or two."""
        done = self._decided() if len(self._parts) > 1 else []
        return done + self._parts

    def _decided(self) -> list[Part]:
        """Join the first two parts, or take off the first."""
        first, second, *rest = self._parts
        assert self.embed is not None
        if min(len(first.sights), len(second.sights)) >= self.keeping.shortest and (
            difference(first.crops, second.crops, self.embed) > self.keeping.differ
        ):
            self._parts = [second, *rest]
            return [first]
        self._parts = [joined(first, second, self.keeping), *rest]
        return []


def cut_part(part: Part, row: int) -> tuple[Part, Part]:
    """A part before its sight number `row`, and from there on."""
    frame = part.sights[row].frame
    return (
        Part(part.sights[:row], tuple(crop for crop in part.crops if crop.frame < frame)),
        Part(part.sights[row:], tuple(crop for crop in part.crops if crop.frame >= frame)),
    )


def joined(a: Part, b: Part, keeping: Keeping) -> Part:
    """Two parts, of which `b` comes later, as one."""
    sights = a.sights + b.sights
    apart = spread(sights[-1].time - sights[0].time, keeping.most, keeping.apart)
    return Part(sights, best([*a.crops, *b.crops], keeping.most, apart))


def difference(a: Sequence[Crop], b: Sequence[Crop], embed: Embed) -> float:
    """Cosine distance of how two sets of crops look on average, by quality; NaN where unknown."""
    if not a or not b:
        return float("nan")
    features = torch.as_tensor(np.asarray(embed([crop.pixels for crop in [*a, *b]])))
    weights = torch.tensor([crop.quality for crop in [*a, *b]])
    looks = [
        weighted_average(features[rows], weights[rows], "cosine").numpy()
        for rows in (slice(len(a)), slice(len(a), None))
    ]
    return float(cosine_distances(*(unit(look[None]) for look in looks))[0, 0])

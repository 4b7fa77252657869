"""What is to be ingested: cameras, their sources, and what holds for all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from passerby.engine.embedder import Embedder
from passerby.video.growing import Keeping
from passerby.video.source import Source


@dataclass(frozen=True)
class CameraPlan:
    """One camera of a list, as it was written down.

    name:      unique in the list
    sources:   files, folders, URLs or webcams, one after the other
    starts:    when each of them begins: a time, "container" or "name:PATTERN"; empty: unknown
    zone:      part of the place that it watches; None: not said
    retention: days that what it sees is kept; None: not said
    fps:       look at no more frames a second; None: as the command says
    """

    name: str
    sources: tuple[str, ...]
    starts: tuple[str, ...] = ()
    zone: str | None = None
    retention: float | None = None
    fps: float | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """One source of one camera, opened.

    start: seconds since the epoch at its beginning; None where unknown, and of live sources
    """

    camera: str
    source: Source
    start: float | None
    fps: float | None


@dataclass(frozen=True, eq=False)
class Plan:
    """What is done to every source; see `passerby.pipelines.ingest`.

    detector, tracker: by name
    threshold: the lowest score of a box that is used
    sure:      the score from which a box may begin a track
    keeping:   what is kept of each tracklet
    segment:   seconds after which a long recording is cut, at the next quiet moment
    budget:    seconds of work for each second of video; None: look at every frame
    seconds:   end live sources after so many; None: never
    make_detector: a new detector; make_tracker: a new tracker
    remembers: the detector builds on the frames before: one for each recording, never shared
    """

    detector: str
    tracker: str
    threshold: float
    sure: float
    keeping: Keeping
    segment: float
    budget: float | None
    seconds: float | None
    embedder: Embedder
    make_detector: Callable[[], Any]
    make_tracker: Callable[[], Any]
    remembers: bool


@dataclass(frozen=True)
class Ingested:
    """What came of one source.

    id:         of its (first) recording in the gallery; "" where there is none yet
    added:      False when all of it was there already, and nothing was done
    frames:     looked at; lost: could not be decoded; dropped: came faster than they were taken
    seconds:    of work spent on each stage: decode, detect, track, crop, embed, store. Stages run
                at the same time, so that they sum up to more than `elapsed`
    elapsed:    seconds from beginning to end
    recordings: ids of all recordings that it was cut into, in the order of time
    whole:      False when it was stopped before its end
    breaks:     how often a live source broke off
    """

    source: str
    id: str
    added: bool
    frames: int = 0
    lost: int = 0
    detections: int = 0
    tracklets: int = 0
    crops: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    camera: str = ""
    elapsed: float = 0.0
    recordings: tuple[str, ...] = ()
    whole: bool = True
    dropped: int = 0
    breaks: int = 0


@dataclass(frozen=True)
class CameraProgress:
    """How far one camera is.

    state:   "waiting", "running", "away" (a live source that broke off), "done", or "failed"
    done:    frames of the source passed, skipped ones too; total: 0 where unknown
    frames:  looked at; dropped: of a live source
    tracklets: added to the gallery so far, all sources of the camera together
    """

    camera: str
    source: str
    state: str
    done: int = 0
    total: int = 0
    frames: int = 0
    dropped: int = 0
    tracklets: int = 0


@dataclass(frozen=True)
class Progress:
    """How far all cameras are.

    >>> Progress((CameraProgress("door", "a.mp4", "running", 50, 200, 50, 0, 3),)).text
    'door: frame 50 of 200, 3 tracklets'
    """

    cameras: Sequence[CameraProgress]

    @property
    def done(self) -> int:
        """Frames passed, of all sources being read."""
        return sum(camera.done for camera in self.cameras)

    @property
    def total(self) -> int:
        """Frames of all sources being read; 0 while one of them is unknown."""
        totals = [camera.total for camera in self.cameras]
        return sum(totals) if all(totals) else 0

    @property
    def text(self) -> str:
        """The same in words."""
        return "; ".join(_words(camera) for camera in self.cameras)


def _words(camera: CameraProgress) -> str:
    frames = f"frame {camera.done}" + (f" of {camera.total}" if camera.total else "")
    parts = [frames, f"{camera.tracklets} tracklets"]
    parts += [f"{camera.dropped} frames dropped"] if camera.dropped else []
    parts += [camera.state] if camera.state != "running" else []
    return f"{camera.camera}: " + ", ".join(parts)

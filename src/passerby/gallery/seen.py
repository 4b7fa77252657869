"""What a gallery holds: cameras, recordings, and the tracklets in them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerby.core.distances import Metric
from passerby.core.sample import Picture
from passerby.gallery.times import format_time


@dataclass(frozen=True)
class Model:
    """The model whose features a gallery holds; those of another one are refused.

    name, hash: as in `Embeddings`
    metric:     how its features compare
    source:     what `load_embedder` takes to load it again; "" where unknown
    """

    name: str
    hash: str
    metric: Metric = "euclidean"
    source: str = ""


@dataclass(frozen=True)
class Camera:
    """One camera, and what holds for all that it sees.

    name:           unique in the gallery
    zone:           part of the place that it watches, to filter by; "" where none is named
    retention_days: what it saw is removed so many days after it was seen, or, where the recording
                    has no start time, after it was added; None keeps it
    """

    name: str
    zone: str = ""
    retention_days: float | None = None


@dataclass(frozen=True)
class Recording:
    """One video of one camera, taken in once.

    id:       hexadecimal; the same content, camera, start and settings have the same id
    camera:   the camera's name
    source:   the name of the file
    content:  SHA-256 of what was in it
    start:    seconds since the epoch at its beginning, None where unknown
    duration: seconds
    frames:   how many were looked at
    lost:     how many could not be decoded
    settings: what else the tracklets depend on
    """

    id: str
    camera: str
    source: str
    content: str
    start: float | None
    duration: float
    frames: int
    lost: int
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a kept picture stood in its recording.

    frame: number of the frame, first frame 0
    box:   left, top, right, bottom in pixels of the frame
    """

    frame: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Entry:
    """One tracklet in the gallery.

    recording, number: whose tracklet, and which
    camera:            the camera's name
    start, end:        seconds since the epoch if `clocked`, or else since the recording began
    crops:             its best pictures, best first
    sightings:         where each of them stood; empty where unknown
    person:            id of the `Person` that it is said to show, "" while nobody has said so
    """

    recording: str
    number: int
    camera: str
    start: float
    end: float
    clocked: bool
    crops: tuple[Path | Picture, ...]
    sightings: tuple[Sighting, ...] = ()
    person: str = ""

    @property
    def id(self) -> str:
        """What `Gallery.forget` takes, and search prints."""
        return f"{self.recording}/{self.number}"

    @property
    def when(self) -> str:
        """The start, to read: ISO 8601 in UTC, or seconds into the recording.

        >>> Entry("r", 0, "door", 12.5, 14.0, False, ()).when
        '+12.5 s'
        >>> Entry("r", 0, "door", 1e9, 1e9, True, ()).when
        '2001-09-09T01:46:40.0Z'
        """
        return format_time(self.start) if self.clocked else f"+{self.start:.1f} s"

"""`Gallery`: the store of people seen, whatever keeps it, and the values that go in and out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
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
    """

    recording: str
    number: int
    camera: str
    start: float
    end: float
    clocked: bool
    crops: tuple[Path | Picture, ...]
    sightings: tuple[Sighting, ...] = ()

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


@dataclass(frozen=True, eq=False)
class Hit:
    """An entry that was found, and its distance to the query."""

    entry: Entry
    distance: float


@dataclass(frozen=True)
class Filter:
    """Which entries may be found; all conditions hold at once.

    cameras:     only these; empty is all
    not_cameras: none of these
    after:       seconds since the epoch: entries that end at or after it
    before:      seconds since the epoch: entries that begin at or before it

    With `after` or `before`, entries of recordings without a start time are left out.
    """

    cameras: tuple[str, ...] = ()
    not_cameras: tuple[str, ...] = ()
    after: float | None = None
    before: float | None = None

    def admits(self, entry: Entry) -> bool:
        """Whether `entry` may be found.

        >>> Filter(not_cameras=("door",)).admits(Entry("r", 0, "door", 0, 1, True, ()))
        False
        """
        if self.cameras and entry.camera not in self.cameras:
            return False
        if entry.camera in self.not_cameras:
            return False
        if self.after is None and self.before is None:
            return True
        return (
            entry.clocked
            and (self.after is None or entry.end >= self.after)
            and (self.before is None or entry.start <= self.before)
        )


EVERYTHING = Filter()
"""Admits every entry."""


@dataclass(frozen=True)
class Stats:
    """What a gallery holds.

    cameras: name -> tracklets, sorted by name
    """

    model: Model
    recordings: int
    tracklets: int
    features: int
    cameras: dict[str, int]


class Gallery(Protocol):
    """People seen, to be searched; several processes may use it at once.

    A recording is added whole or not at all, and only once.
    """

    @property
    def model(self) -> Model:
        """The model of the features in here."""
        ...

    def recordings(self) -> tuple[Recording, ...]:
        """All recordings, by id."""
        ...

    def entries(self) -> tuple[Entry, ...]:
        """All entries, by recording and number."""
        ...

    def add(self, recording: Recording, entries: Sequence[Entry], features: Embeddings) -> bool:
        """Add a recording with its entries; False if it is there already, and nothing changes.

        features: one row or more for each entry; `features.tracklets` is the entry's number.
        Raises PasserbyError when the features are another model's or do not fit the entries.
        """
        ...

    def search(
        self, query: Embeddings, k: int, where: Filter = EVERYTHING
    ) -> tuple[tuple[Hit, ...], ...]:
        """For every row of `query` the nearest `k` entries that `where` admits, nearest first.

        An entry is as near as its nearest feature.
        Raises PasserbyError when the query is another model's.
        """
        ...

    def forget(self, recordings: Collection[str] = (), tracklets: Collection[str] = ()) -> int:
        """Remove recordings and tracklets by id, with features and pictures, for good.

        Returns how many tracklets went. Raises PasserbyError when an id is unknown.
        """
        ...

    def stats(self) -> Stats:
        """What is in here."""
        ...

"""`Filter`: which entries of a gallery may be found."""

from dataclasses import dataclass

from passerby.gallery.seen import Entry


@dataclass(frozen=True)
class Filter:
    """Which entries may be found; all conditions hold at once.

    cameras:     only these; empty is all
    not_cameras: none of these
    zones:       only cameras of these zones; empty is all
    people:      only tracklets of these people, by id; empty is all
    not_people:  none of these people's
    known:       True: only tracklets of somebody; False: only those of nobody yet; None: both
    after:       seconds since the epoch: entries that end at or after it
    before:      seconds since the epoch: entries that begin at or before it
    recordings:  only tracklets of these recordings, by id; empty is all

    With `after` or `before`, entries of recordings without a start time are left out. Which model's
    features are searched is no condition: the query's own model decides it.
    """

    cameras: tuple[str, ...] = ()
    not_cameras: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    not_people: tuple[str, ...] = ()
    known: bool | None = None
    after: float | None = None
    before: float | None = None
    recordings: tuple[str, ...] = ()

    def admits(self, entry: Entry, zone: str = "") -> bool:
        """Whether `entry`, seen by a camera of `zone`, may be found.

        >>> Filter(not_cameras=("door",)).admits(Entry("r", 0, "door", 0, 1, True, ()))
        False
        """
        if self.zones and zone not in self.zones:
            return False
        if self.cameras and entry.camera not in self.cameras:
            return False
        if entry.camera in self.not_cameras:
            return False
        if self.people and entry.person not in self.people:
            return False
        if entry.person and entry.person in self.not_people:
            return False
        if self.recordings and entry.recording not in self.recordings:
            return False
        if self.known is not None and self.known != bool(entry.person):
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

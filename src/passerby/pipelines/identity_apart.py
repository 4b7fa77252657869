"""Nobody is in two places at once: which entries of a gallery cannot show one person."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from passerby.gallery.seen import Entry

SLACK = 0.5
"""Seconds that clocks of different cameras may differ by."""


def apart(
    rows: Sequence[Entry],
    columns: Sequence[Entry],
    overlapping: Collection[tuple[str, str]] = (),
    slack: float = SLACK,
) -> np.ndarray:
    """(N, M) bool: the two were seen at the same time, and so are different people.

    In one recording that is so whenever they share a moment. In different ones both need a clock;
    between different cameras they must overlap by more than `slack` seconds, and the cameras' views
    must not.

    overlapping: pairs of cameras whose views overlap, in either order

    >>> entries = [Entry("r", 0, "door", 0, 5, True, ()), Entry("s", 0, "hall", 3, 9, True, ())]
    >>> apart(entries, entries).tolist()
    [[False, True], [True, False]]
    >>> apart(entries, entries, overlapping=[("hall", "door")]).any()
    np.False_
    """
    starts = np.maximum.outer([e.start for e in rows], [e.start for e in columns])
    ends = np.minimum.outer([e.end for e in rows], [e.end for e in columns])
    shared = ends - starts
    one_recording = _equal(rows, columns, lambda e: e.recording)
    one_camera = _equal(rows, columns, lambda e: e.camera)
    both_timed = _both(rows, columns, lambda e: e.clocked, lambda e: e.clocked)
    both_see = np.zeros(shared.shape, bool)
    for first, second in overlapping:
        for a, b in ((first, second), (second, first)):
            both_see |= _both(
                rows, columns, lambda e, a=a: e.camera == a, lambda e, b=b: e.camera == b
            )
    here = (one_recording | (both_timed & one_camera)) & (shared >= 0)
    there = both_timed & ~one_camera & ~both_see & (shared > slack)
    return (here | there) & ~_equal(rows, columns, lambda e: e.id)


def _equal(
    rows: Sequence[Entry], columns: Sequence[Entry], of: Callable[[Entry], str]
) -> np.ndarray:
    """(N, M) bool: the two have the same."""
    numbers: dict[str, int] = {}  # comparing them is a hundred times faster than comparing text
    row, column = (
        np.array([numbers.setdefault(of(entry), len(numbers)) for entry in side], np.int64)
        for side in (rows, columns)
    )
    return np.equal.outer(row, column)


def _both(
    rows: Sequence[Entry],
    columns: Sequence[Entry],
    one: Callable[[Entry], bool],
    other: Callable[[Entry], bool],
) -> np.ndarray:
    """(N, M) bool: `one` is true of the row and `other` of the column."""
    marks = np.array([one(e) for e in rows], bool), np.array([other(e) for e in columns], bool)
    return np.logical_and.outer(*marks)

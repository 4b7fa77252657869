"""`Frame`: one picture of a recording; `Position`: a place in it to go on from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a recording.

    number: counts the recording's frames from 0, skipped ones too
    time:   seconds since the recording began
    pixels: (H, W, 3) uint8 RGB
    wall:   seconds since the epoch when it was taken; None where unknown
    lost:   how many frames before this one could not be had
    """

    number: int
    time: float
    pixels: np.ndarray
    wall: float | None = None
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """Where to go on in a recording: the frame with this number and time, so many lost before."""

    number: int = 0
    time: float = 0.0
    lost: int = 0


BEGINNING = Position()

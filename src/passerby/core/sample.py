"""`Sample`: one crop of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

JUNK = -1
"""`person` of a crop that shows no whole person: left out of scores, neither right nor wrong."""

DISTRACTOR = 0
"""`person` of a gallery crop of somebody who is in no query: always a wrong answer."""


@runtime_checkable
class Picture(Protocol):
    """Pixels that are not a file of their own: a rendered crop, a box in a video frame.

    `str(picture)` names it, uniquely within its data set.
    """

    def read(self) -> np.ndarray:
        """The pixels: (H, W, 3) uint8 RGB."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """One crop of one person.

    pixels:   the image file, or a `Picture` that makes the pixels when it is read
    person:   identity; `JUNK` (-1) and `DISTRACTOR` (0) are special, people count from 1
    camera:   camera number, unique within the data set
    tracklet: number of the tracklet that the crop was cut from, -1 where there is none
    time:     seconds since the epoch, or since the recording began; None where unknown
    dataset:  the data set's name
    modality: "visible", "infrared", "sketch", ...

    >>> Sample(Path("0002_c1s1_000451_03.jpg"), person=2, camera=1, dataset="market1501").key
    '0002_c1s1_000451_03.jpg'
    """

    pixels: Path | Picture
    person: int
    camera: int
    tracklet: int = -1
    time: float | None = None
    dataset: str = ""
    modality: str = "visible"

    @property
    def key(self) -> str:
        """What the sample is called in embeddings, reports and messages."""
        return self.pixels.as_posix() if isinstance(self.pixels, Path) else str(self.pixels)


def people(samples: Sequence[Sample]) -> list[int]:
    """The distinct real identities among `samples`, sorted; junk and distractors are not people.

    >>> people([Sample(Path("a"), 7, 1), Sample(Path("b"), 0, 1), Sample(Path("c"), 7, 2)])
    [7]
    """
    return sorted({sample.person for sample in samples} - {JUNK, DISTRACTOR})

"""`Tracker`: whatever says which boxes of one frame are the people of the frames before."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from passerby.core.detections import Detections


@dataclass(frozen=True, eq=False)
class Tracked:
    """What a tracker says of one frame.

    ids:   (N,) int64, the track of each detection, -1 where it has none; tracks count from 0
    ended: the tracks that will not go on
    """

    ids: np.ndarray
    ended: tuple[int, ...]


class Tracker(Protocol):
    """Follows the people of one recording; take a new one for another."""

    def wanted(self, detections: Detections, time: float) -> np.ndarray:
        """(N,) bool: the boxes of the frame at `time` whose looks would help; asks, and goes on
        nowhere. A tracker that goes by motion alone wants none.
        """
        ...

    def update(
        self, detections: Detections, time: float, features: np.ndarray | None = None
    ) -> Tracked:
        """Go on to the frame at `time` (seconds).

        features: (N, D), how each box looks, compared by cosine; a row that is NaN or zero is
                  unknown. None: all are unknown

        A box that is not finite, or whose score is not, belongs to no track. Raises ValueError
        when `time` does not come after the frame before, or the features do not fit the boxes.
        """
        ...

    def finish(self) -> tuple[int, ...]:
        """End every track: the recording is over. Returns those that had not ended."""
        ...

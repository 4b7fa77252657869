"""`Detector`: whatever finds people in frames."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from passerby.core.detections import Detections


class Detector(Protocol):
    """Finds people in several frames at once.

    A detector may remember (the motion detector does): give it the frames of one recording in
    the order of time, each once, and take a new one for another recording.
    """

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        """The people in each of `frames`, as many values as frames, in their order.

        frames: each (H, W, 3) uint8 RGB, sizes may differ; none at all gives an empty list

        Boxes are xyxy in pixels of their own frame and inside it, at least one pixel wide and
        high, finite, best score first. How frames are grouped changes nothing.
        """
        ...

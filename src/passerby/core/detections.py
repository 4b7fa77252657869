"""`Detections`: the boxes found in one frame."""

from dataclasses import dataclass
from typing import Self

import numpy as np

PERSON = 0
"""Class number of a person in `Detections.classes`."""


@dataclass(frozen=True, eq=False)
class Detections:
    """Boxes in one frame.

    boxes:   (N, 4) float32, xyxy, pixels of the frame: left, top, right, bottom
    scores:  (N,) float32 in [0, 1]
    classes: (N,) int64, `PERSON` for people

    >>> Detections.none().boxes.shape
    (0, 4)
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, which: np.ndarray | slice) -> Self:
        return type(self)(self.boxes[which], self.scores[which], self.classes[which])

    @classmethod
    def of(cls, boxes: np.ndarray, scores: np.ndarray) -> Self:
        """People at `boxes` (N, 4), with `scores` (N,)."""
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        return cls(
            boxes, np.asarray(scores, np.float32), np.full(len(boxes), PERSON, dtype=np.int64)
        )

    @classmethod
    def none(cls) -> Self:
        """A frame without people."""
        return cls.of(np.zeros((0, 4)), np.zeros(0))

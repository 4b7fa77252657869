"""`sound_detections`: what a network says, cut down to what a tracker can rely on."""

import numpy as np

from passerby.core.detections import Detections
from passerby.video.boxes import clip_boxes


def sound_detections(
    boxes: np.ndarray, scores: np.ndarray, threshold: float, width: int, height: int
) -> Detections:
    """The boxes of people that are worth having, best score first; equal scores keep their order.

    boxes: (N, 4) xyxy, pixels of a frame of `width` x `height`; scores: (N,)

    Left out is whatever has a score below `threshold`, is not finite, or is less than one pixel
    wide or high inside the frame, to which boxes are cut. Scores above 1 become 1.

    >>> boxes = np.array([[-5.0, 0, 10, 20], [50, 50, 60, 60], [1, 1, np.nan, 9]])
    >>> sound_detections(boxes, np.array([0.5, 0.9, 0.9]), 0.3, width=40, height=40).boxes
    array([[ 0.,  0., 10., 20.]], dtype=float32)
    """
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    scores = np.asarray(scores, np.float64).reshape(-1)
    finite = np.isfinite(boxes).all(1) & np.isfinite(scores)
    boxes, scores = boxes[finite], scores[finite]
    boxes = clip_boxes(boxes, width, height)
    sizes = boxes[:, 2:] - boxes[:, :2]
    worth = (scores >= threshold) & (sizes >= 1).all(1)
    boxes, scores = boxes[worth], scores[worth].clip(max=1)
    order = np.argsort(-scores, kind="stable")
    return Detections.of(boxes[order], scores[order])

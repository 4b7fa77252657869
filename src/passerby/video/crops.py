"""Which pictures of a person are worth keeping."""

from collections.abc import Sequence

import cv2
import numpy as np

from passerby.core.tracklet import Crop
from passerby.video.boxes import cover_matrix

SHARP = 3000.0
"""Variance of the Laplacian from which a crop of 128 x 64 counts as sharp."""
TALL = 256
"""Height in pixels from which a crop counts as large."""


def cut(pixels: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The pixels (h, w, 3) inside `box` (4,) xyxy of a frame (H, W, 3), at least 1 x 1; a copy.

    >>> cut(np.zeros((10, 10, 3), np.uint8), np.array([-3.0, 2.2, 4.0, 7.9])).shape
    (6, 4, 3)
    """
    height, width = pixels.shape[:2]
    left, top = (int(v) for v in np.floor(box[:2]).clip(0, [width - 1, height - 1]))
    right, bottom = (int(v) for v in np.ceil(box[2:]).clip([left + 1, top + 1], [width, height]))
    return pixels[top:bottom, left:right].copy()


def sharpness(pixels: np.ndarray) -> float:
    """In [0, 1]: how much fine detail a crop (h, w, 3) uint8 shows, whatever its size.

    >>> sharpness(np.full((80, 40, 3), 99, np.uint8))
    0.0
    """
    grey = cv2.cvtColor(cv2.resize(pixels, (64, 128)), cv2.COLOR_RGB2GRAY)
    return min(1.0, float(cv2.Laplacian(grey, cv2.CV_32F).var()) / SHARP)


def shown(boxes: np.ndarray, width: int, height: int) -> np.ndarray:
    """In [0, 1]: how much of each person can be seen, (N,).

    boxes: (N, 4) xyxy, pixels of a frame of `width` x `height`, all people of the frame. Who is
    behind somebody (his feet are higher in the frame) loses the share that is covered, who is in
    front half of it, for the other is then in his picture; who touches the border loses half.

    >>> shown(np.array([[10.0, 10, 30, 60], [0, 10, 9, 60]]), 100, 100)
    array([1. , 0.5])
    """
    covers = cover_matrix(boxes, boxes)  # (N, N): share of row that column covers
    np.fill_diagonal(covers, 0)
    behind = boxes[:, None, 3] < boxes[None, :, 3]
    hidden = np.max(covers * np.where(behind, 1.0, 0.5), axis=1, initial=0)
    margin = 2  # pixels: detectors stop a little before the border
    at_border = (boxes[:, :2] <= margin).any(1) | (
        boxes[:, 2:] >= np.array([width, height]) - margin
    ).any(1)
    return (1 - hidden) * np.where(at_border, 0.5, 1.0)


def quality(crop: np.ndarray, shown: float, score: float) -> float:
    """In [0, 1]: large, sharp, whole and certain crops are worth most.

    crop: (h, w, 3) uint8; shown: see `shown`; score: the detector's.
    """
    size = min(1.0, crop.shape[0] / TALL)
    return float(size * (0.25 + 0.75 * sharpness(crop)) * shown * (0.5 + 0.5 * score))


def keep_best(kept: Sequence[Crop], crop: Crop, most: int, apart: float) -> tuple[Crop, ...]:
    """The best crops of those kept and a new one, best first.

    Never more than `most`, and never two within `apart` seconds, of which the better stays: ten
    pictures of one instant say no more than one.
    """
    near = [other for other in kept if abs(other.time - crop.time) < apart]
    if any(other.quality >= crop.quality for other in near):
        return tuple(kept)
    far = [other for other in kept if abs(other.time - crop.time) >= apart]
    return tuple(sorted([*far, crop], key=lambda c: (-c.quality, c.frame))[:most])

"""How much a picture of a person is worth: five plain measures and their product.

Each is in [0, 1], 1 being best. What an embedder makes of a small, blurred, cut or half hidden
person is more noise than person.
"""

import cv2
import numpy as np

from passerby.video.boxes import cover_matrix

SHARP = 3000.0
"""Variance of the Laplacian from which a crop of 128 x 64 counts as sharp."""
TALL = 256
"""Height in pixels from which a crop counts as large."""
MARGIN = 2
"""Pixels to the border at which a box touches it: detectors stop a little before."""


def size(height: float) -> float:
    """How large a crop of `height` pixels is.

    >>> size(128), size(1000)
    (0.5, 1.0)
    """
    return min(1.0, height / TALL)


def sharpness(pixels: np.ndarray) -> float:
    """How much fine detail a crop (h, w, 3) uint8 shows, whatever its size.

    >>> sharpness(np.full((80, 40, 3), 99, np.uint8))
    0.0
    """
    grey = cv2.cvtColor(cv2.resize(pixels, (64, 128)), cv2.COLOR_RGB2GRAY)
    return min(1.0, float(cv2.Laplacian(grey, cv2.CV_32F).var()) / SHARP)


def wholeness(boxes: np.ndarray, width: int, height: int) -> np.ndarray:
    """Whether people are whole in a frame of `width` x `height`: (N,), 0.5 at its border, else 1.

    boxes: (N, 4) xyxy, pixels

    >>> wholeness(np.array([[10.0, 10, 30, 60], [0, 10, 9, 60]]), 100, 100)
    array([1. , 0.5])
    """
    far = np.array([width, height]) - MARGIN
    at_border = (boxes[:, :2] <= MARGIN).any(1) | (boxes[:, 2:] >= far).any(1)
    return np.where(at_border, 0.5, 1.0)


def openness(boxes: np.ndarray) -> np.ndarray:
    """How free of others people are: (N,).

    boxes: (N, 4) xyxy, pixels, all people of the frame. Who is behind somebody (his feet are
    higher in the frame) loses the share that is covered, who is in front half of it, for the
    other is then in his picture.

    >>> openness(np.array([[0.0, 0, 10, 20], [5, 0, 15, 30]])).tolist()
    [0.5, 0.8333333333333334]
    """
    covers = cover_matrix(boxes, boxes)  # (N, N): share of row that column covers
    np.fill_diagonal(covers, 0)
    behind = boxes[:, None, 3] < boxes[None, :, 3]
    return 1 - np.max(covers * np.where(behind, 1.0, 0.5), axis=1, initial=0)


def certainty(score: float) -> float:
    """What the detector's score in [0, 1] says: 0.5 at none, 1 at full.

    >>> certainty(0.5)
    0.75
    """
    return 0.5 + 0.5 * score


def quality(pixels: np.ndarray, whole: float, open_: float, score: float) -> float:
    """The product of the five; blur alone never costs more than three quarters.

    pixels: the crop (h, w, 3) uint8; whole: of `wholeness`; open_: of `openness`; score: the
    detector's.
    """
    sharp = 0.25 + 0.75 * sharpness(pixels)
    return float(size(pixels.shape[0]) * sharp * whole * open_ * certainty(score))

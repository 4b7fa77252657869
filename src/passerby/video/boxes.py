"""Boxes: overlap, cover, clipping, and suppression of doubles."""

import numpy as np

from passerby.metrics.detection import iou_matrix

__all__ = ["clip_boxes", "cover_matrix", "iou_matrix", "nms"]


def clip_boxes(boxes: np.ndarray, width: int, height: int) -> np.ndarray:
    """Boxes (N, 4) xyxy cut to a frame of `width` x `height` pixels.

    >>> clip_boxes(np.array([[-5.0, 2.0, 30.0, 40.0]]), width=20, height=10)
    array([[ 0.,  2., 20., 10.]])
    """
    return np.clip(boxes, 0, np.array([width, height, width, height], dtype=boxes.dtype))


def cover_matrix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Share of every box in `a` that each box in `b` covers.

    a: (N, 4), b: (M, 4), xyxy, pixels; returns (N, M) float64 in [0, 1].

    >>> cover_matrix(np.array([[0, 0, 4, 4]]), np.array([[2, 0, 9, 9]]))
    array([[0.5]])
    """
    a, b = np.asarray(a, np.float64).reshape(-1, 4), np.asarray(b, np.float64).reshape(-1, 4)
    corner = np.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    inside = (np.minimum(a[:, None, 2:], b[None, :, 2:]) - corner).clip(min=0).prod(2)
    areas = (a[:, 2:] - a[:, :2]).clip(min=0).prod(1)[:, None]
    return np.divide(inside, areas, out=np.zeros_like(inside), where=areas > 0)


def nms(boxes: np.ndarray, scores: np.ndarray, iou: float = 0.5) -> np.ndarray:
    """Non-maximum suppression: of boxes that overlap by more than `iou` the best score stays.

    boxes: (N, 4) xyxy, scores: (N,); returns the (K,) int64 indices that stay, best first; equal
    scores keep their order.

    >>> nms(np.array([[0, 0, 10, 10], [1, 0, 10, 10], [20, 0, 30, 10]]), np.array([0.6, 0.9, 0.3]))
    array([1, 2])
    """
    order = np.argsort(-np.asarray(scores), kind="stable")
    overlaps = iou_matrix(boxes[order], boxes[order])
    gone = np.zeros(len(order), bool)
    for place in range(len(order)):
        if not gone[place]:
            gone[place + 1 :] |= overlaps[place, place + 1 :] > iou
    return order[~gone]

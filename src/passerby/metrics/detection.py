"""How well boxes were found: overlap, precision, recall and average precision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DetectionScores:
    """Counts over all frames, and what follows from them.

    found:             boxes that matched a true one
    false:             boxes that matched none
    missed:            true boxes that none matched
    average_precision: area under the precision-recall curve in [0, 1], NaN without true boxes

    >>> scores = DetectionScores(found=3, false=1, missed=2, average_precision=0.5)
    >>> scores.precision, scores.recall
    (0.75, 0.6)
    """

    found: int
    false: int
    missed: int
    average_precision: float

    @property
    def precision(self) -> float:
        """Share of the boxes that are right; NaN when there is none."""
        return _share(self.found, self.found + self.false)

    @property
    def recall(self) -> float:
        """Share of the true boxes that were found; NaN when there is none."""
        return _share(self.found, self.found + self.missed)


def iou_matrix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of every box in `a` with every box in `b`.

    a: (N, 4), b: (M, 4), xyxy, pixels; returns (N, M) float64 in [0, 1]. A box without area
    overlaps nothing.

    >>> iou_matrix(np.array([[0, 0, 2, 2]]), np.array([[0, 0, 2, 1], [5, 5, 6, 6]]))
    array([[0.5, 0. ]])
    """
    a, b = np.asarray(a, np.float64).reshape(-1, 4), np.asarray(b, np.float64).reshape(-1, 4)
    corner = np.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    inside = (np.minimum(a[:, None, 2:], b[None, :, 2:]) - corner).clip(min=0).prod(2)
    areas_a = (a[:, 2:] - a[:, :2]).clip(min=0).prod(1)
    areas_b = (b[:, 2:] - b[:, :2]).clip(min=0).prod(1)
    union = areas_a[:, None] + areas_b[None, :] - inside
    return np.divide(inside, union, out=np.zeros_like(inside), where=union > 0)


def match_boxes(
    found: np.ndarray, scores: np.ndarray, truth: np.ndarray, iou: float = 0.5
) -> np.ndarray:
    """Match boxes one to one with true boxes, best score first, each taking its best overlap.

    found: (N, 4), scores: (N,), truth: (M, 4); returns (N,) int64, the true box of each or -1.

    >>> match_boxes(np.array([[0, 0, 9, 9], [0, 0, 10, 10]]), np.array([0.5, 0.9]),
    ...             np.array([[0, 0, 10, 10]]))
    array([-1,  0])
    """
    overlaps = iou_matrix(found, truth)
    matches = np.full(len(overlaps), -1, dtype=np.int64)
    if overlaps.size == 0:
        return matches
    for row in np.argsort(-np.asarray(scores), kind="stable"):
        best = int(overlaps[row].argmax())
        if overlaps[row, best] >= iou:
            matches[row] = best
            overlaps[:, best] = -1
    return matches


def detection_scores(
    found: Sequence[tuple[np.ndarray, np.ndarray]], truth: Sequence[np.ndarray], iou: float = 0.5
) -> DetectionScores:
    """Scores over frames.

    found: for each frame boxes (N, 4) and scores (N,); truth: for each frame true boxes (M, 4).

    >>> box = np.array([[0, 0, 10, 10]])
    >>> detection_scores([(box, np.array([0.9]))], [box])
    DetectionScores(found=1, false=0, missed=0, average_precision=1.0)
    """
    right, confidence = [np.zeros(0, bool)], [np.zeros(0)]
    for (boxes, scores), true in zip(found, truth, strict=True):
        right.append(match_boxes(boxes, scores, true, iou) >= 0)
        confidence.append(np.asarray(scores, np.float64).reshape(-1))
    hits, confidences = np.concatenate(right), np.concatenate(confidence)
    total = sum(len(np.reshape(true, (-1, 4))) for true in truth)
    matched = int(hits.sum())
    return DetectionScores(
        found=matched,
        false=len(hits) - matched,
        missed=total - matched,
        average_precision=_average_precision(hits, confidences, total),
    )


def _average_precision(hits: np.ndarray, confidences: np.ndarray, total: int) -> float:
    """Area under the curve, precision made falling, as in PASCAL VOC from 2010 on."""
    if total == 0:
        return float("nan")
    hits = hits[np.argsort(-confidences, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_from_here[hits].sum() / total)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")

"""Average precision beside pycocotools, which matches alike and interpolates otherwise.

Ours is the whole area under the falling precision curve (PASCAL VOC from 2010 on); COCO's is the
mean of that curve at the recalls 0, 0.01, ..., 1. With the same matches, COCO's mean follows
exactly, and the area differs from it by about a hundredth at most.
"""

import numpy as np
import pytest

from passerby.metrics.detection import detection_scores, match_boxes

pytest.importorskip("pycocotools")

Frames = list[tuple[np.ndarray, np.ndarray]]


def random_frames(seed: int) -> tuple[Frames, list[np.ndarray]]:
    """True boxes, and found ones near them and elsewhere, with scores that never tie."""
    rng = np.random.default_rng(seed)
    found, truth = [], []
    for _ in range(12):
        corner, size = rng.uniform(0, 200, (9, 2)), rng.uniform(20, 60, (9, 2))
        true = np.concatenate([corner, corner + size], 1)
        near = np.repeat(true, 2, 0) + rng.normal(0, 5, (18, 4))
        # Some height and width for all: COCO does not count what has none.
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 5)
        other = rng.uniform(0, 200, (6, 2))
        boxes = np.concatenate([near, np.concatenate([other, other + 40], 1)])
        truth.append(true)
        found.append((boxes, rng.random(len(boxes))))
    return found, truth


def coco_precision(found: Frames, truth: list[np.ndarray]) -> float:
    """AP at IoU 0.5 by pycocotools."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def rows(frame: int, boxes: np.ndarray) -> list[dict]:
        return [
            {
                "image_id": frame,
                "category_id": 1,
                "bbox": [x0, y0, x1 - x0, y1 - y0],
                "area": (x1 - x0) * (y1 - y0),
                "iscrowd": 0,
            }
            for x0, y0, x1, y1 in boxes.tolist()
        ]

    true = [row for frame, boxes in enumerate(truth, start=1) for row in rows(frame, boxes)]
    coco = COCO()
    coco.dataset = {
        "images": [{"id": frame} for frame in range(1, len(truth) + 1)],
        "categories": [{"id": 1}],
        "annotations": [{"id": n, **row} for n, row in enumerate(true, start=1)],
    }
    coco.createIndex()
    results = [
        {**row, "score": score}
        for frame, (boxes, scores) in enumerate(found, start=1)
        for row, score in zip(rows(frame, boxes), scores.tolist(), strict=True)
    ]
    judge = COCOeval(coco, coco.loadRes(results), "bbox")
    judge.params.iouThrs = np.array([0.5])
    judge.params.areaRng, judge.params.areaRngLbl = [[0, 1e10]], ["all"]
    judge.params.maxDets = [1000]
    judge.evaluate()
    judge.accumulate()
    return float(judge.eval["precision"][0, :, 0, 0, 0].mean())


@pytest.mark.parametrize("seed", range(5))
def test_the_same_matches_and_nearly_the_same_area(seed: int) -> None:
    found, truth = random_frames(seed)
    theirs = coco_precision(found, truth)
    hits = np.concatenate([match_boxes(*f, t) >= 0 for f, t in zip(found, truth, strict=True)])
    hits = hits[np.argsort(-np.concatenate([scores for _, scores in found]), kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    recall = np.cumsum(hits) / sum(map(len, truth))
    at = [precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]
    assert theirs == pytest.approx(np.mean(at), abs=1e-9)
    ours = detection_scores(found, truth)
    assert 0.2 < ours.average_precision < 0.98
    assert ours.average_precision == pytest.approx(theirs, abs=0.011)

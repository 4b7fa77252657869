"""How well identities were kept through a video: MOTA, IDF1 and HOTA, by TrackEval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.metrics.detection import iou_matrix


@dataclass(frozen=True)
class TrackingScores:
    """Scores of one sequence.

    mota:     multiple object tracking accuracy, at most 1, negative when errors outnumber people
              (Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance: the
              CLEAR MOT Metrics", 2008)
    idf1:     in [0, 1] (Ristani et al., "Performance Measures and a Data Set for Multi-Target,
              Multi-Camera Tracking", 2016)
    hota:     in [0, 1] (Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object
              Tracking", 2021)
    switches: how often a person's identity changed
    """

    mota: float
    idf1: float
    hota: float
    switches: int


def tracking_scores(
    found: Sequence[tuple[np.ndarray, np.ndarray]],
    truth: Sequence[tuple[np.ndarray, np.ndarray]],
    iou: float = 0.5,
) -> TrackingScores:
    """Scores of tracks against the truth, boxes matching at `iou` (HOTA: over all thresholds).

    found, truth: for each frame boxes (N, 4) xyxy and identities (N,) int64, each at most once
    in a frame.

    Raises PasserbyError when TrackEval is not installed, or when the frame counts differ.
    """
    if len(found) != len(truth):
        raise PasserbyError(
            f"{len(found)} frames of tracks came with {len(truth)} frames of truth; "
            "give both for the same frames, empty ones included"
        )
    try:
        from trackeval.metrics import CLEAR, HOTA, Identity
    except ImportError as error:
        raise PasserbyError(
            "tracking scores need TrackEval, whose own requirements bring a second OpenCV; run "
            "`pip install --no-deps trackeval pycocotools tabulate`"
        ) from error
    truth_ids, truth_count = _consecutive([ids for _, ids in truth])
    found_ids, found_count = _consecutive([ids for _, ids in found])
    data = {
        "gt_ids": truth_ids,
        "tracker_ids": found_ids,
        "num_gt_ids": truth_count,
        "num_tracker_ids": found_count,
        "num_gt_dets": sum(map(len, truth_ids)),
        "num_tracker_dets": sum(map(len, found_ids)),
        "num_timesteps": len(truth),
        "similarity_scores": [
            iou_matrix(true, boxes) for (true, _), (boxes, _) in zip(truth, found, strict=True)
        ],
    }
    settings = {"PRINT_CONFIG": False, "THRESHOLD": iou}
    clear = CLEAR(settings).eval_sequence(data)
    return TrackingScores(
        mota=float(clear["MOTA"]),
        idf1=float(Identity(settings).eval_sequence(data)["IDF1"]),
        hota=float(np.mean(HOTA().eval_sequence(data)["HOTA"])),
        switches=int(clear["IDSW"]),
    )


def _consecutive(ids: Sequence[np.ndarray]) -> tuple[list[np.ndarray], int]:
    """Identities numbered 0 .. count - 1, and the count."""
    frames = [np.asarray(frame, np.int64).reshape(-1) for frame in ids]
    distinct = np.unique(np.concatenate([np.zeros(0, np.int64), *frames]))
    return [np.searchsorted(distinct, frame) for frame in frames], len(distinct)

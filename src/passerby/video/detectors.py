"""Detectors by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.models.weights import fetch
from passerby.video.motion import MotionDetector
from passerby.video.nanodet import NanoDet
from passerby.video.openvino_ssd import OpenVinoSsd

Detector = Callable[[np.ndarray], Detections]
"""A frame (H, W, 3) uint8 RGB -> the people in it."""


@dataclass(frozen=True)
class DetectorKind:
    """How to make a detector, and what its scores mean.

    make:      threshold -> detector
    threshold: the lowest score that helps the tracker to go on with somebody
    sure:      the score from which a box alone is believed
    """

    make: Callable[[float], Detector]
    threshold: float
    sure: float


# The two networks' scores were chosen by MOTA and IDF1 on ADL-Rundle-6; see
# benchmarks/adl_rundle6.py.
DETECTORS: dict[str, DetectorKind] = {
    "person-detection-retail-0013": DetectorKind(
        lambda threshold: OpenVinoSsd(_file("person-detection-retail-0013", ".xml"), threshold),
        threshold=0.3,
        sure=0.7,
    ),
    "nanodet_m": DetectorKind(
        lambda threshold: NanoDet(_file("nanodet_m", ".onnx"), threshold),
        threshold=0.2,
        sure=0.45,
    ),
    "motion": DetectorKind(MotionDetector, threshold=0.1, sure=0.3),
}


def detector_kind(name: str) -> DetectorKind:
    """The kind called `name`. Raises PasserbyError, listing the names, when there is none."""
    if name not in DETECTORS:
        raise PasserbyError(f"there is no detector {name!r}; choose one of {', '.join(DETECTORS)}")
    return DETECTORS[name]


def load_detector(name: str, threshold: float | None = None) -> Detector:
    """A new detector; its weights are fetched into the cache if they are not there.

    threshold: boxes of a lower score are left out; None is the kind's own.
    Raises PasserbyError when there is no such detector or its weights cannot be had.

    >>> load_detector("motion")(np.zeros((120, 160, 3), np.uint8)).boxes.shape
    (0, 4)
    """
    kind = detector_kind(name)
    return kind.make(kind.threshold if threshold is None else threshold)


def _file(name: str, suffix: str) -> Path:
    return next(path for path in fetch(name) if path.suffix == suffix)

"""Detectors by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.models.weights import fetch as fetch_weights
from passerby.video.detector import Detector
from passerby.video.motion import MotionDetector
from passerby.video.nanodet import NanoDet
from passerby.video.openvino_ssd import OpenVinoSsd


@dataclass(frozen=True)
class DetectorKind:
    """How to make a detector, and what its scores mean.

    make:      threshold -> detector
    threshold: the lowest score that helps the tracker to go on with somebody
    sure:      the score from which a box alone is believed
    remembers: it builds on the frames before: a new one for every recording, never shared
    """

    make: Callable[[float], Detector]
    threshold: float
    sure: float
    remembers: bool = False


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
    "motion": DetectorKind(MotionDetector, threshold=0.1, sure=0.3, remembers=True),
}
TRANSFORMERS_THRESHOLD, TRANSFORMERS_SURE = 0.3, 0.5  # customary; measured on nothing here


def detector_kind(name: str, *, device: str = "cpu", fetch: bool = False) -> DetectorKind:
    """The kind called `name`; a folder or OWNER/NAME is a detector of `transformers`.

    device, fetch: for those alone, see `passerby.video.detect_transformers`

    Raises PasserbyError, listing the names, when there is none.
    """
    if name in DETECTORS:
        return DETECTORS[name]
    if Path(name).is_dir() or _is_hub_name(name):
        return DetectorKind(
            lambda threshold: _transformers(name, threshold, device, fetch),
            threshold=TRANSFORMERS_THRESHOLD,
            sure=TRANSFORMERS_SURE,
        )
    raise PasserbyError(
        f"there is no detector {name!r}; choose one of {', '.join(DETECTORS)}, or give a folder or "
        "an OWNER/NAME of huggingface.co that holds an RT-DETR or D-FINE"
    )


def load_detector(
    name: str, threshold: float | None = None, *, device: str = "cpu", fetch: bool = False
) -> Detector:
    """A new detector; the weights of those with a plain name are fetched if they are not there.

    name:      one of `DETECTORS`; or a folder, or OWNER/NAME on huggingface.co, of an RT-DETR or
               D-FINE (needs the extra "detectors")
    threshold: boxes of a lower score are left out; None is the kind's own
    device:    where a detector of `transformers` runs; the others run on the CPU
    fetch:     allow OWNER/NAME to be fetched, as PASSERBY_FETCH_DETECTORS=1 does too; without it
               only what is on this machine is read

    Raises PasserbyError when there is no such detector or its weights cannot be had.

    >>> import numpy as np
    >>> load_detector("motion").detect([np.zeros((120, 160, 3), np.uint8)])[0].boxes.shape
    (0, 4)
    """
    kind = detector_kind(name, device=device, fetch=fetch)
    return kind.make(kind.threshold if threshold is None else threshold)


def _is_hub_name(name: str) -> bool:
    """Whether it reads OWNER/NAME, and is no path."""
    parts = name.split("/")
    return len(parts) == 2 and all(parts) and not name.startswith((".", "~"))


def _transformers(name: str, threshold: float, device: str, fetch: bool) -> Detector:
    from passerby.video.detect_transformers import TransformersDetector

    return TransformersDetector(name, threshold, device=device, fetch=fetch)


def _file(name: str, suffix: str) -> Path:
    return next(path for path in fetch_weights(name) if path.suffix == suffix)

"""Features as half-precision numbers: half the room, and as good for finding candidates."""

import numpy as np

from passerby.core.distances import Metric

_LARGEST = 60000.0  # half precision ends at 65504


def scale_of(features: np.ndarray) -> float:
    """What features like these (N, D) are multiplied by, so that their lengths are about 1.

    A power of two: no digit is lost. The order of Euclidean distances stays the same.

    >>> scale_of(np.full((3, 4), 8.0))
    0.0625
    """
    lengths = np.linalg.norm(np.asarray(features, np.float64), axis=1)
    typical = float(np.median(lengths)) if len(lengths) else 0.0
    return float(2.0 ** -np.round(np.log2(typical))) if typical > 0 else 1.0


def halves(features: np.ndarray, metric: Metric, scale: float) -> np.ndarray:
    """Features (N, D) as float16, whose Euclidean distances rank as the metric's.

    For the cosine each is brought to length 1: ||a - b||^2 = 2 (1 - cos(a, b)).

    >>> halves(np.array([[0.0, 5.0]]), "cosine", 1.0)
    array([[0., 1.]], dtype=float16)
    """
    wide = np.asarray(features, np.float64)
    if metric == "cosine":
        lengths = np.linalg.norm(wide, axis=1, keepdims=True)
        wide = wide / np.where(lengths > 0, lengths, 1.0)
    else:
        wide = wide * scale
    return np.clip(wide, -_LARGEST, _LARGEST).astype(np.float16)

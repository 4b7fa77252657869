"""How people look, as features: made by a function that is handed in, compared by cosine."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Embed = Callable[[Sequence[np.ndarray]], Any]
"""Crops, each (h, w, 3) uint8 RGB -> their features (N, D): an array, or a tensor on the CPU."""


def unit(features: np.ndarray) -> np.ndarray:
    """Features (N, D) as float32 rows of length 1; a row that is zero or not finite becomes NaN.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [nan, nan]], dtype=float32)
    """
    features = np.asarray(features, np.float64)
    known = np.asarray(np.isfinite(features).all(axis=1))
    lengths = np.linalg.norm(np.where(known[:, None], features, 0), axis=1)
    known = known & (lengths > 0)
    scaled = np.full(features.shape, np.nan, np.float32)
    scaled[known] = features[known] / lengths[known, None]
    return scaled


def cosine_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """1 - cosine of each row in `a` (N, D) with each in `b` (M, D), rows of `unit`: (N, M).

    In [0, 2]; NaN where one of them is unknown, or where D is 0 on one side.

    >>> cosine_distances(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    array([[0., 1.]])
    """
    if a.shape[1] == 0 or b.shape[1] == 0:
        return np.full((len(a), len(b)), np.nan)
    return (1 - a @ b.T).clip(0, 2)

"""Folds of cloth: how far it stands off or lies in around a body."""

from functools import lru_cache

import numpy as np

from passerby.data.synthetic.mesh import ANGLES


@lru_cache(maxsize=512)
def folds(motif: int, rows: int, amount: float) -> np.ndarray:
    """Factors on the radius (rows, SECTORS + 1) about 1; `motif` is whose folds they are.

    >>> factors = folds(3, 5, 0.05)
    >>> bool(np.allclose(factors[:, 0], factors[:, -1])), float(np.abs(factors - 1).max()) <= 0.05
    (True, True)
    """
    row = np.arange(rows)[:, None]
    slow = np.sin(2 * ANGLES + 1.1 * row + 0.9 * motif)
    fast = np.sin(3 * ANGLES - 1.9 * row + 2.3 * motif)
    factors = 1 + amount * (0.6 * slow + 0.4 * fast)
    factors.setflags(write=False)
    return factors

"""From a distance to a probability: a logistic curve through labelled pairs."""

from dataclasses import dataclass
from math import log
from typing import Self

import numpy as np

from passerby.core.errors import PasserbyError

_STEPS = 100


@dataclass(frozen=True)
class Logistic:
    """Odds that two pictures show one person: exp(offset - slope * distance), times the prior's.

    slope:  per unit of distance, above 0
    offset: at distance 0

    Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized
    Likelihood Methods", 1999; here both kinds of pairs have the same weight however many there are,
    so the curve says what the distance alone says.

    >>> Logistic(slope=10.0, offset=3.0).probability(0.3)
    0.5
    """

    slope: float
    offset: float

    def odds(self, distance: float) -> float:
        """Logarithm of how many times likelier the distance is for one person than for two."""
        return self.offset - self.slope * distance

    def probability(self, distance: float, prior: float = 0.5) -> float:
        """That it is one person, in [0, 1], where a share `prior` in (0, 1) of such pairs is."""
        odds = self.odds(distance) + log(prior / (1 - prior))
        return float(1 / (1 + np.exp(-np.clip(odds, -700, 700))))

    @classmethod
    def fit(cls, same: np.ndarray, different: np.ndarray) -> Self:
        """The likeliest curve through distances of pairs of one person (N,) and of two (M,).

        Targets are Platt's, short of 0 and 1, so that pairs that part clearly have a slope too.

        Raises PasserbyError when one kind is missing, a distance is NaN or infinite, or pairs of
        one person are not nearer than others.
        """
        for name, values in (("of one person", same), ("of different people", different)):
            if len(values) == 0 or not np.isfinite(values).all():
                raise PasserbyError(
                    f"there are {len(values)} pairs {name}, {int((~np.isfinite(values)).sum())} of "
                    "them without a finite distance; a probability is learnt from both kinds, so "
                    "label more tracklets"
                )
        x = np.concatenate([same, different]).astype(np.float64)
        middle, scale = x.mean(), x.std()
        targets = np.repeat(
            [(len(same) + 1) / (len(same) + 2), 1 / (len(different) + 2)],
            [len(same), len(different)],
        )
        weights = np.repeat([0.5 / len(same), 0.5 / len(different)], [len(same), len(different)])
        if not same.mean() < different.mean() or not scale > 0:
            raise PasserbyError(
                "pairs of one person are not nearer than pairs of different people, so the "
                "distance says nothing; check the labels, or take another model"
            )
        design = np.stack([np.ones_like(x), (x - middle) / scale], 1)
        b = _newton(design, targets, weights)
        return cls(slope=float(-b[1] / scale), offset=float(b[0] - b[1] * middle / scale))


def _newton(design: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The two coefficients (2,) of the largest likelihood; steps that overshoot are halved."""

    def loss(b: np.ndarray) -> float:
        odds = design @ b
        return float(weights @ (np.logaddexp(0, odds) - targets * odds))

    b = np.zeros(2)
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-(design @ b)))
        slope = design.T @ (weights * (share - targets))
        bend = (design * (weights * share * (1 - share))[:, None]).T @ design
        step = np.linalg.solve(bend + 1e-12 * np.eye(2), slope)
        size = 1.0
        while loss(b - size * step) > loss(b) and size > 1e-9:
            size /= 2
        b = b - size * step
        if np.abs(size * step).max() < 1e-10:
            break
    return b

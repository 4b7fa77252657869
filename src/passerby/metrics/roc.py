"""`Roc`: how many genuine and impostor pairs each threshold accepts, exactly."""

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from passerby.core.errors import PasserbyError

MARKED = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
"""False positive rates that are reported, as far as there are impostor pairs enough."""


@dataclass(frozen=True, eq=False)
class Roc:
    """A pair is accepted when its distance is at most the threshold.

    thresholds: (K,) float64, the distinct distances of genuine pairs, rising
    accepted:   (K,) int64, genuine pairs at distance <= threshold
    below:      (K,) int64, impostor pairs at distance < threshold
    mistaken:   (K,) int64, impostor pairs at distance <= threshold
    genuine:    number of genuine pairs, 1 or more
    impostors:  number of impostor pairs, 1 or more

    Other thresholds accept no more genuine pairs than the one before them, so nothing is lost.

    >>> genuine, impostors = torch.tensor([0.1, 0.3]), torch.tensor([0.2, 0.3, 0.4, 0.5])
    >>> roc = Roc.of(genuine, impostors)
    >>> roc.tpr.tolist(), roc.fpr.tolist()
    ([0.5, 1.0], [0.0, 0.5])
    """

    thresholds: Tensor
    accepted: Tensor
    below: Tensor
    mistaken: Tensor
    genuine: int
    impostors: int

    @classmethod
    def of(cls, genuine: Tensor, impostors: Tensor) -> Self:
        """The curve of two sets of distances (N,) and (M,) that fit into memory."""
        thresholds, counts = genuine.double().unique(return_counts=True)
        ordered = impostors.double().sort().values
        below, upto = (torch.searchsorted(ordered, thresholds, right=r) for r in (False, True))
        return cls(thresholds, counts.cumsum(0), below, upto, len(genuine), len(impostors))

    @property
    def tpr(self) -> Tensor:
        """(K,) float64 in (0, 1], share of the genuine pairs that each threshold accepts."""
        return self.accepted.double() / self.genuine

    @property
    def fpr(self) -> Tensor:
        """(K,) float64 in [0, 1], share of the impostor pairs that each threshold accepts."""
        return self.mistaken.double() / self.impostors

    def area(self) -> float:
        """Area under the curve in [0, 1]: how often a genuine pair is nearer than an impostor pair.

        Equal distances count as half (Mann and Whitney, "On a Test of Whether one of Two Random
        Variables is Stochastically Larger than the Other", 1947).

        >>> Roc.of(torch.tensor([0.1, 0.3]), torch.tensor([0.2, 0.3, 0.4, 0.5])).area()
        0.8125
        """
        here = self.accepted.diff(prepend=self.accepted.new_zeros(1))
        nearer = (here * (self.below + self.mistaken)).sum()  # twice as many, to stay whole
        return 1 - float(nearer) / (2 * self.genuine * self.impostors)

    def equal_error(self) -> tuple[float, int]:
        """The error rate in [0, 1] where both errors are equal, and the place of a threshold.

        As the threshold rises, (false positive rate, false negative rate) moves along the curve:
        sideways at impostor distances, down at genuine ones, and in a straight slope where both
        kinds stand at one distance. It crosses the line of equal errors in exactly one point,
        whose rate is given. The place is that of the threshold at which the two errors differ
        least, the smallest if several do.

        >>> Roc.of(torch.tensor([0.1, 0.3]), torch.tensor([0.2, 0.3, 0.4, 0.5])).equal_error()
        (0.3333333333333333, 0)
        """
        zero, before = self.accepted.new_zeros(1), self.accepted[:-1]
        x = torch.stack([self.below, self.mistaken], 1).flatten()
        x = torch.cat([zero, x, zero + self.impostors])
        y = torch.stack([torch.cat([zero, before]), self.accepted], 1).flatten()
        y = torch.cat([zero, y, zero + self.genuine])
        # Whole numbers: (false positive rate - false negative rate) x genuine x impostors.
        gap = x * self.genuine + (y - self.genuine) * self.impostors
        after = int((gap >= 0).nonzero()[0])
        start, end = int(gap[after - 1]), int(gap[after])
        x0, x1 = int(x[after - 1]), int(x[after])
        rate = (x0 + (x1 - x0) * -start / (end - start)) / self.impostors
        return rate, int(gap[2:-1:2].abs().argmin())

    def place_at(self, fpr: float) -> int | None:
        """The place of the largest threshold whose false positive rate is at most `fpr`.

        None when even the smallest accepts more. Raises PasserbyError when `fpr` is not in
        [1 / impostors, 1]: with fewer pairs than that the rate cannot be told from 0.
        """
        if not 0 <= fpr <= 1:
            raise PasserbyError(
                f"a false positive rate of {fpr} does not exist; give one in [0, 1]"
            )
        if fpr < 1 / self.impostors:
            raise PasserbyError(
                f"a false positive rate of {fpr:g} cannot be measured with {self.impostors:,} "
                f"impostor pairs; ask for {1 / self.impostors:.2g} or more, or take more pairs"
            )
        # Division by a whole number rounds as the decimal `fpr` was rounded: 29 of 100 is 0.29.
        fits = int((self.fpr <= fpr).sum())
        return fits - 1 if fits else None

    def thinned(self, points: int = 1000) -> Self:
        """At most `points` points of the same curve, the first and the last among them.

        Half are spread over true positive rates and half over the magnitudes of false positive
        rates; those at equal errors and at the rates in `MARKED` are kept.
        """
        if len(self.thresholds) <= points:
            return self
        kept = {0, len(self.thresholds) - 1, self.equal_error()[1]}
        kept |= {self.place_at(fpr) or 0 for fpr in MARKED if fpr >= 1 / self.impostors}
        half = (points - len(kept)) // 2
        shares = torch.linspace(0, 1, half, dtype=torch.float64)
        kept |= set(torch.searchsorted(self.tpr, shares).tolist())
        rates = float(self.impostors) ** (shares - 1)
        kept |= set((torch.searchsorted(self.fpr, rates, right=True) - 1).clamp(min=0).tolist())
        places = torch.tensor(sorted(kept))
        return replace(
            self,
            thresholds=self.thresholds[places],
            accepted=self.accepted[places],
            below=self.below[places],
            mistaken=self.mistaken[places],
        )

"""Distances of genuine and of impostor pairs, a block of queries at a time, and counting them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.compiled import available, compiled, spread
from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK
from passerby.metrics.ranks import nan_error
from passerby.metrics.relevance import Relevance

_CELLS = 2**16
"""Cells that thresholds are sorted into, so that each value has few to be compared with."""


def pair_distances(
    distances: DistanceBlocks, query: Embeddings, relevance: Relevance
) -> Iterator[tuple[Tensor, Tensor]]:
    """For each block the distances of its genuine (L,) and of its impostor pairs (M,), float32.

    A genuine pair is a query and a right answer, an impostor pair a query and a wrong one; what
    takes no rank is in neither, and neither is anything of a junk query.

    Memory: a few times one block. Raises PasserbyError when a distance is NaN.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> relevance = Relevance.of_masks(torch.tensor([[True, False]]), torch.zeros(1, 2).bool())
    >>> blocks = DistanceBlocks.of_matrix(torch.tensor([[0.25, 0.5]]))
    >>> list(pair_distances(blocks, query, relevance))
    [(tensor([0.2500]), tensor([0.5000]))]
    """
    for rows, block in distances:
        # Adding 0 turns -0.0 into 0.0, so that equal distances are equal bits as well.
        block = block.detach().float() + 0.0
        if block.isnan().any():
            raise nan_error()
        seen = relevance[rows]
        at, places = (part.to(block.device) for part in (seen.right.rows, seen.right.places))
        right, no_rank = seen.masks()
        wrong = (right | no_rank).logical_not_()  # (q, G)
        wrong[query.persons[rows] == JUNK] = False
        yield block[at, places], block[wrong.to(block.device)]


@dataclass(frozen=True)
class Moments:
    """Number, mean and population variance of numbers that come in parts.

    >>> part = Moments.of(torch.tensor([1.0, 2.0])) + Moments.of(torch.tensor([6.0]))
    >>> part.count, part.mean, round(part.variance, 4)
    (3, 3.0, 4.6667)
    """

    count: int = 0
    mean: float = 0.0
    variance: float = 0.0

    @classmethod
    def of(cls, values: Tensor) -> Self:
        """Of the values (N,); counted in float64."""
        if len(values) == 0:
            return cls()
        variance, mean = torch.var_mean(values.double(), correction=0)
        return cls(len(values), float(mean), float(variance))

    def __add__(self, other: "Moments") -> "Moments":
        """Of both parts together, without the cancellation that sums of squares suffer."""
        count = self.count + other.count
        if count == 0:
            return self
        share, apart = other.count / count, other.mean - self.mean
        variance = (1 - share) * self.variance + share * other.variance
        return Moments(
            count, self.mean + apart * share, variance + apart * apart * share * (1 - share)
        )


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Rising thresholds (K,) float64 that values are counted against, at a few steps a value.

    >>> below, upto = Thresholds.of(torch.tensor([1.0, 2.0])).count(torch.tensor([0.5, 2.0, 9.0]))
    >>> below.tolist(), upto.tolist()
    ([1, 1], [1, 2])
    """

    values: Tensor
    low: float
    scale: float
    starts: np.ndarray

    @classmethod
    def of(cls, values: Tensor) -> Self:
        """values: (K,), distinct and rising, free of NaN; infinity may be among them."""
        values = values.double().cpu()
        finite = values[values.isfinite()]
        low, high = (float(finite[0]), float(finite[-1])) if len(finite) else (0.0, 0.0)
        scale = (_CELLS - 1) / (high - low) if high > low else 1.0
        cells = ((values - low) * scale).clamp(0, _CELLS - 1).long().numpy()
        return cls(values, low, scale, np.searchsorted(cells, np.arange(_CELLS + 1)))

    def count(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """How many of the values (M,) are < and <= each threshold: (K,) and (K,) int64, on the CPU.

        Whole numbers, so the parts of a stream add up to the same in any order.
        """
        if values.device.type == "cpu" and available():
            return self._count_compiled(values)
        ordered = values.sort().values.double()
        at = self.values.to(values.device)
        below, upto = (torch.searchsorted(ordered, at, right=right) for right in (False, True))
        return below.cpu(), upto.cpu()

    def _count_compiled(self, values: Tensor) -> tuple[Tensor, Tensor]:
        gaps: list[np.ndarray] = []
        arrays = values.contiguous().numpy(), self.values.numpy(), self.starts
        loop = compiled(_drop)

        def work(start: int, stop: int) -> None:
            gaps.append(loop(*arrays, self.low, self.scale, start, stop))

        spread(work, len(values), least=2**16)
        upto = torch.from_numpy(np.sum(gaps, axis=0)).cumsum(0)
        return upto[0:-1:2], upto[1::2]


def _drop(values, thresholds, starts, low, scale, start, stop):
    """(2 K + 1,) how many values fall between two thresholds (even) and on one (odd)."""
    last = starts.shape[0] - 2
    gaps = np.zeros(2 * thresholds.shape[0] + 1, dtype=np.int64)
    for at in range(start, stop):
        value = values[at]
        # The cell rises with the value, so whatever is in another cell compares as its cell does.
        cell = int(min(max((value - low) * scale, 0.0), np.float64(last)))
        first, end = starts[cell], starts[cell + 1]
        while first < end:
            middle = (first + end) // 2
            if thresholds[middle] < value:
                first = middle + 1
            else:
                end = middle
        on = first < thresholds.shape[0] and thresholds[first] == value
        gaps[2 * first + on] += 1
    return gaps

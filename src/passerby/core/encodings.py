"""Sparse encodings of pictures by others, and the Jaccard distances between them."""

from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
import torch
from torch import Tensor

from passerby.core.compiled import available, compiled, spread

ONE = 2**30
"""1 as a whole number: sums of whole numbers do not depend on their order."""

_PAIRS = 2**22
"""Pairs of entries that are looked at together where loops are not compiled."""


@dataclass(frozen=True, eq=False)
class Encodings:
    """A sparse matrix (rows, width), row after row; a row's columns rise.

    starts:  (rows + 1,) int64, where each row begins in the other two
    columns: (entries,) int64
    weights: (entries,) float32, positive; those of a whole row of encodings sum to 1
    width:   number of columns
    """

    starts: Tensor
    columns: Tensor
    weights: Tensor
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, rows: slice) -> Self:
        """Some rows, one after the other."""
        start, stop, _ = rows.indices(len(self))
        stop = max(start, stop)
        edges = self.starts[start : stop + 1]
        first, last = int(edges[0]), int(edges[-1])
        own = self.columns[first:last], self.weights[first:last]
        return type(self)(edges - first, *own, self.width)

    @classmethod
    def of_entries(
        cls, rows: Tensor, columns: Tensor, weights: Tensor, size: int, width: int
    ) -> Self:
        """`size` rows from entries in the order of the rows, each argument (entries,)."""
        counts = torch.bincount(rows, minlength=size)
        starts = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        return cls(starts, columns, weights, width)

    def transposed(self) -> Self:
        """Columns as rows: the inverted file, which says who holds a column."""
        columns, order = self.columns.sort(stable=True)
        rows = torch.arange(len(self), device=order.device).repeat_interleave(self.starts.diff())
        return self.of_entries(columns, rows[order], self.weights[order], self.width, len(self))

    def matrix(self) -> Tensor:
        """The dense matrix (rows, width), for small sets and for tests."""
        out = self.weights.new_zeros(len(self), self.width)
        rows = torch.arange(len(self), device=out.device).repeat_interleave(self.starts.diff())
        out[rows, self.columns] = self.weights
        return out


def jaccard(encodings: Encodings, holders: Encodings) -> Tensor:
    """Jaccard distances of q encodings from G others: (q, G) float32 in [0, 1].

    1 - s / (2 - s), where s is the sum over the columns of the smaller of the two weights: with
    rows that sum to 1, sum of minima over sum of maxima.

    holders: the others, `transposed`

    >>> one = torch.ones(1)
    >>> a = Encodings(torch.tensor([0, 2]), torch.tensor([0, 1]), torch.tensor([0.5, 0.5]), 2)
    >>> b = Encodings(torch.tensor([0, 1]), torch.tensor([1]), torch.tensor([1.0]), 2)
    >>> jaccard(a, b.transposed())
    tensor([[0.6667]])
    """
    strangers = encodings.weights.new_ones(len(encodings), holders.width)
    return subtract_similarity(strangers, encodings, holders)


def subtract_similarity(
    distances: Tensor, encodings: Encodings, holders: Encodings, weight: float = 1.0
) -> Tensor:
    """`distances` (q, G) float32, less `weight` times the Jaccard similarity s / (2 - s); in place.

    Few pairs have any similarity; the others are not touched. See `jaccard`.
    """
    if distances.device.type == "cpu" and available():
        own = [part.numpy() for part in (encodings.starts, encodings.columns, encodings.weights)]
        held = [part.numpy() for part in (holders.starts, holders.columns, holders.weights)]
        loop = partial(compiled(_subtract), *own, *held, np.float32(weight), distances.numpy())
        spread(loop, len(distances), least=4)
        return distances
    shared = _shared(encodings, holders)
    return distances.sub_(shared / (2 - shared), alpha=weight)


def _shared(encodings: Encodings, holders: Encodings) -> Tensor:
    """Sums of minima (q, G), by tensors alone."""
    device = encodings.weights.device
    lengths = holders.starts.diff()[encodings.columns]
    ends = lengths.cumsum(0)
    rows = torch.arange(len(encodings), device=device).repeat_interleave(encodings.starts.diff())
    shared = torch.zeros(len(encodings) * holders.width, dtype=torch.int32, device=device)
    for start in range(0, int(ends[-1]) if len(ends) else 0, _PAIRS):
        pair = torch.arange(start, min(start + _PAIRS, int(ends[-1])), device=device)
        entry = torch.searchsorted(ends, pair, right=True)
        held = pair - (ends - lengths)[entry] + holders.starts[encodings.columns[entry]]
        least = torch.minimum(encodings.weights[entry], holders.weights[held])
        place = rows[entry] * holders.width + holders.columns[held]
        shared.index_add_(0, place, (least * ONE).round().int())
    return shared.view(len(encodings), holders.width).float() / ONE


def _subtract(
    starts: np.ndarray,
    columns: np.ndarray,
    weights: np.ndarray,
    held_from: np.ndarray,
    holders: np.ndarray,
    held: np.ndarray,
    scale: np.float32,
    out: np.ndarray,
    first: int,
    last: int,
) -> None:
    """Subtract the weighted similarities of who shares a column."""
    shared = np.zeros(out.shape[1], np.float32)
    met = np.empty(out.shape[1], np.int64)
    for row in range(first, last):
        count = 0
        for entry in range(starts[row], starts[row + 1]):
            column, weight = columns[entry], weights[entry]
            for at in range(held_from[column], held_from[column + 1]):
                other = holders[at]
                if shared[other] == 0:
                    met[count] = other
                    count += 1
                shared[other] += min(weight, held[at])
        for at in range(count):
            other = met[at]
            out[row, other] -= scale * shared[other] / (np.float32(2) - shared[other])
            shared[other] = np.float32(0)

"""`DistanceBlocks`: a distance matrix that is never held whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class DistanceBlocks:
    """Distances from every query to the whole gallery, a few queries at a time.

    Iterating gives (slice of queries, distances (q, G) float32); it can be repeated, and
    computes anew each time. Plain, re-ranked and expanded distances all look like this, so
    what reads them never needs the whole (Q, G) matrix.

    queries: Q
    gallery: G
    compute: the distances (q, G) of a slice of queries
    block:   queries at a time

    >>> blocks = DistanceBlocks.of_matrix(torch.eye(3), block=2)
    >>> [(rows.start, rows.stop, tuple(d.shape)) for rows, d in blocks]
    [(0, 2, (2, 3)), (2, 3, (1, 3))]
    """

    queries: int
    gallery: int
    compute: Callable[[slice], Tensor]
    block: int = 256

    def __iter__(self) -> Iterator[tuple[slice, Tensor]]:
        for start in range(0, self.queries, self.block):
            rows = slice(start, min(start + self.block, self.queries))
            yield rows, self.compute(rows)

    @classmethod
    def of_matrix(cls, distances: Tensor, block: int = 256) -> Self:
        """Blocks of a matrix (Q, G) that exists already."""
        return cls(*distances.shape, compute=lambda rows: distances[rows], block=block)

    def matrix(self) -> Tensor:
        """The whole matrix (Q, G), for small sets and for tests."""
        if self.queries == 0:
            return torch.zeros(0, self.gallery)
        return torch.cat([distances for _, distances in self])

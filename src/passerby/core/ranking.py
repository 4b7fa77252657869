"""`Ranking`: the nearest gallery entries of each query, which is what people look at."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Ranking:
    """For each query its nearest K gallery entries, nearest first.

    indices:   (Q, K) int64 into the gallery; equal distances stand in gallery order
    distances: (Q, K) float32, rising along K
    """

    indices: Tensor
    distances: Tensor

    def __len__(self) -> int:
        return len(self.indices)

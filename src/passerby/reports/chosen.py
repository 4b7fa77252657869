"""Distances of some of the queries only, for looking at them."""

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks


def chosen(distances: DistanceBlocks, rows: Tensor) -> DistanceBlocks:
    """The distances of the queries at `rows` (M,) int64, in that order; nothing else is computed.

    >>> blocks = DistanceBlocks.of_matrix(torch.tensor([[1.0], [2.0], [3.0]]))
    >>> chosen(blocks, torch.tensor([2, 0])).matrix()
    tensor([[3.],
            [1.]])
    """
    wanted = rows.tolist()

    def compute(part: slice) -> Tensor:
        return torch.cat([distances.compute(slice(row, row + 1)) for row in wanted[part]])

    return DistanceBlocks(len(wanted), distances.gallery, compute, distances.block)

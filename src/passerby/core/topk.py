"""The nearest K of each query, streamed, with ties broken the same way every time."""

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.ranking import Ranking


def top_k(distances: DistanceBlocks, k: int) -> Ranking:
    """Each query's nearest `k` gallery entries, nearest first; equal distances in gallery order.

    `k` is cut to the size of the gallery. Memory: one block and the answer.

    >>> blocks = DistanceBlocks.of_matrix(torch.tensor([[2.0, 1.0, 1.0, 0.5]]))
    >>> top_k(blocks, 3).indices
    tensor([[3, 1, 2]])
    """
    k = min(k, distances.gallery)
    found = [_nearest(block, k) for _, block in distances]
    if not found:
        return Ranking(torch.zeros(0, k, dtype=torch.int64), torch.zeros(0, k))
    return Ranking(
        indices=torch.cat([indices.cpu() for indices, _ in found]),
        distances=torch.cat([values.cpu() for _, values in found]),
    )


def _nearest(block: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """(q, G) -> indices (q, k) and distances (q, k), by (distance, gallery index)."""
    values, indices = block.topk(k, dim=1, largest=False)
    if k == 0:
        return indices, values
    # topk breaks ties as it likes. Inside the k: order by index, then stably by distance.
    indices, order = indices.sort(dim=1)
    values, order = values.gather(1, order).sort(dim=1, stable=True)
    indices = indices.gather(1, order)
    # At the k-th place: more entries at that distance than were taken; choose the first of them.
    last = values[:, -1:]
    cut = (block == last).sum(1) > (values == last).sum(1)
    if cut.any():
        sorted_values, sorted_indices = block[cut].sort(dim=1, stable=True)
        values[cut], indices[cut] = sorted_values[:, :k], sorted_indices[:, :k]
    return indices, values

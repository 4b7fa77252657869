"""The nearest K of each query, streamed, with ties broken the same way every time."""

from functools import partial

import numpy as np
import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.compiled import available, compiled, spread
from passerby.core.ranking import Ranking

_LONGEST = 128
"""Longest list that the compiled loop keeps: it moves entries one by one to let one in."""


def top_k(distances: DistanceBlocks, k: int) -> Ranking:
    """Each query's nearest `k` gallery entries, nearest first; equal distances in gallery order.

    `k` is cut to the size of the gallery. NaN stands behind everything else. Memory: one block
    and the answer.

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
    fits = block.device.type == "cpu" and block.dtype == torch.float32 and 0 < k <= _LONGEST
    return _nearest_compiled(block, k) if fits and available() else _nearest_torch(block, k)


def _nearest_torch(block: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, indices = block.topk(k, dim=1, largest=False)
    if k == 0:
        return indices, values
    # topk breaks ties as it likes. Inside the k: order by index, then stably by distance.
    indices, order = indices.sort(dim=1)
    values, order = values.gather(1, order).sort(dim=1, stable=True)
    indices = indices.gather(1, order)
    # At the k-th place: more entries at that distance than were taken; choose the first of them.
    # NaN equals nothing, so rows whose last is NaN are sorted as well.
    last = values[:, -1:]
    cut = ((block == last).sum(1) > (values == last).sum(1)) | last[:, 0].isnan()
    if cut.any():
        sorted_values, sorted_indices = block[cut].sort(dim=1, stable=True)
        values[cut], indices[cut] = sorted_values[:, :k], sorted_indices[:, :k]
    return indices, values


def _nearest_compiled(block: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values = np.empty((len(block), k), np.float32)
    indices = np.empty((len(block), k), np.int64)
    rows = block.detach().contiguous().numpy()
    spread(partial(compiled(_scan), rows, values, indices), len(rows), least=16)
    return torch.from_numpy(indices), torch.from_numpy(values)


def _scan(rows: np.ndarray, values: np.ndarray, indices: np.ndarray, start: int, stop: int) -> None:
    """Sorted lists (q, k) of rows (q, G): the k that were found so far, nearest first.

    Columns come in rising order, so that one which equals an earlier one stands behind it.
    """
    width, k = rows.shape[1], values.shape[1]
    for row in range(start, stop):
        held = 0
        worst = np.float32(np.nan)
        for first in range(0, width, 128):
            part = rows[row, first : first + 128]
            if held == k:
                # Most stretches hold nothing near enough. This loop has no branch, so that it
                # runs in vectors; `not >=` lets everything in while the worst is NaN.
                near = False
                for at in range(part.shape[0]):
                    near |= not (part[at] >= worst)
                if not near:
                    continue
            for at in range(part.shape[0]):
                value = part[at]
                if held < k:
                    place = held
                    held += 1
                elif value < worst or (np.isnan(worst) and not np.isnan(value)):
                    place = k - 1
                else:
                    continue
                while place > 0 and (
                    value < values[row, place - 1]
                    or (np.isnan(values[row, place - 1]) and not np.isnan(value))
                ):
                    values[row, place] = values[row, place - 1]
                    indices[row, place] = indices[row, place - 1]
                    place -= 1
                values[row, place] = value
                indices[row, place] = first + at
                if held == k:
                    worst = values[row, k - 1]

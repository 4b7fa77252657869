"""Distances that a model has learnt to give, a block of pairs at a time."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError

Compare = Callable[[Tensor, Tensor], Tensor]
"""Features (N, D) and (M, D) of one device -> distances (N, M), smaller for a likelier match."""

ENTRIES = 2**24
"""Numbers in one block of distances, and in the features of one call's pairs: 64 MiB as float32."""


def matching(
    query: Embeddings,
    gallery: Embeddings,
    compare: Compare,
    block: int | None = None,
) -> DistanceBlocks:
    """The learned distance of every query to every gallery entry, computed on demand.

    compare: is called with so few queries and entries at a time that it may hold a vector (D,) for
             each pair
    block:   queries at a time; None chooses as many as keep a block at 64 MiB

    Raises PasserbyError when the two were embedded by different models, and while iterating when
    `compare` gives another shape.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> names = [Sample(Path(name), 1, 1) for name in "abc"]
    >>> points = Embeddings.of(torch.tensor([[0.0], [1.0], [3.0]]), names, "toy", "00")
    >>> squared = lambda a, b: (a[:, None] - b).square().sum(2)
    >>> matching(points[:1], points[1:], squared).matrix()
    tensor([[1., 9.]])
    """
    query.require_model_of(gallery)
    if block is None:
        block = max(1, min(1024, ENTRIES // max(1, len(gallery))))
    if block < 1:
        raise PasserbyError(f"block is {block}; it must be at least 1 query at a time")
    a, b = query.features.detach(), gallery.features.detach().to(query.features.device)
    pairs = max(1, ENTRIES // max(1, a.shape[1]))
    down = min(block, math.isqrt(pairs))  # as square as may be: products of matrices like that
    across = pairs // down

    @torch.no_grad()
    def compute(rows: slice) -> Tensor:
        some = a[rows]
        distances = a.new_empty(len(some), len(b))
        for top in range(0, len(some), down):
            for left in range(0, len(b), across):
                given = some[top : top + down], b[left : left + across]
                found = compare(*given)
                if found.shape != (len(given[0]), len(given[1])):
                    raise PasserbyError(
                        f"a comparison of {len(given[0])} queries with {len(given[1])} entries "
                        f"gave distances of the shape {tuple(found.shape)}; it must be one a pair"
                    )
                distances[top : top + down, left : left + across] = found
        return distances

    return DistanceBlocks(len(query), len(gallery), compute, block)

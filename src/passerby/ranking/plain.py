"""Plain distances between queries and gallery, a block of queries at a time."""

from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.blocks import DistanceBlocks
from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError

ENTRIES = 2**24
"""Distances in one block (64 MiB as float32), unless a block size is asked for. The whole gallery
is read for each block, so small ones are slow."""


def distances(
    query: Embeddings,
    gallery: Embeddings,
    metric: Metric = "euclidean",
    block: int | None = None,
) -> DistanceBlocks:
    """Distance of every query to every gallery entry, computed on demand on the features' device.

    metric: "euclidean" is ||q - g||; "cosine" is 1 - cos(q, g), in [0, 2]
    block:  queries at a time; None chooses as many as keep a block at 64 MiB

    Memory: one block, and one number per gallery entry. Equal to
    `passerby.core.distances.pairwise_distances` up to rounding.

    Raises PasserbyError when the two were embedded by different models, and ValueError for an
    unknown metric.

    >>> import torch
    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> here = Embeddings.of(torch.tensor([[0.0, 0.0]]), [Sample(Path("q"), 1, 1)], "toy", "00")
    >>> there = Embeddings.of(torch.tensor([[3.0, 4.0]]), [Sample(Path("g"), 1, 2)], "toy", "00")
    >>> distances(here, there).matrix()
    tensor([[5.]])
    """
    query.require_model_of(gallery)
    if block is None:
        block = max(1, min(1024, ENTRIES // max(1, len(gallery))))
    if block < 1:
        raise PasserbyError(f"block is {block}; it must be at least 1 query at a time")
    # Detached: scores have no gradient, and a graph would keep every block alive.
    a = query.features.detach().float()
    b = gallery.features.detach().to(a.device).float()
    if metric == "cosine":
        a = normalize(a, dim=1)
        # Scaling the products spares a normalised copy of the whole gallery.
        inverse = b.norm(dim=1).clamp(min=1e-12).reciprocal()

        def compute(rows: slice) -> Tensor:
            return (a[rows] @ b.T).mul_(inverse).neg_().add_(1)  # (q, D) @ (D, G) -> (q, G)

    elif metric == "euclidean":
        a_squares, b_squares = a.square().sum(1, keepdim=True), b.square().sum(1)

        def compute(rows: slice) -> Tensor:
            products = a[rows] @ b.T  # (q, D) @ (D, G) -> (q, G)
            squares = products.mul_(-2).add_(b_squares).add_(a_squares[rows])
            # clamp: subtraction can leave -1e-7, and its root is NaN
            return squares.clamp_(min=0).sqrt_()

    else:
        raise ValueError(f"metric is {metric!r}; it must be 'euclidean' or 'cosine'")
    return DistanceBlocks(len(query), len(gallery), compute, block)

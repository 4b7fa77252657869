"""Re-ranking on the graph of nearest neighbours, a block of queries at a time."""

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag, normalize

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.neighbours import neighbours
from passerby.ranking.plain import ENTRIES
from passerby.ranking.sparse import (
    Sparse,
    dense,
    lengths_of_rows,
    of_lists,
    transposed,
    unit_rows,
)

_ROWS = 1024  # rows of the last layer that are held together


def graph(
    query: Embeddings,
    gallery: Embeddings,
    k1: int = 26,
    k2: int = 7,
    layers: int = 2,
    exponent: float = 2.0,
    *,
    block: int | None = None,
) -> DistanceBlocks:
    """Distances re-ranked by messages between neighbours (Zhang, Jiang, Zheng, Tan, Ding, Yang:
    "Understanding Image Retrieval Re-Ranking: A Graph Neural Network Perspective", 2020).

    Queries and gallery are N nodes of one graph, with features of length 1 and cosines S. Then

        A[i, j] = 1 where j is among the first k1 of i, itself included, else 0      (N, N)
        `layers` times:
            A = A + A^T
            A[i] = sum of |S[i, j]|^exponent A[j] over the first k2 neighbours j of i, itself first
            A[i] = A[i] / ||A[i]||

    and the distance is 1 - cos(A[q], A[g]), in [0, 1]; the published program ranks by that cosine.

    k1:       neighbours that describe a node; defaults are those for Market-1501
    k2:       neighbours that a node hears from; with 1 there is nobody, and A stays as it began
    layers:   how often messages are passed on; 0 leaves A as it began
    exponent: the paper's alpha: how much less a less similar neighbour is heard
    block:    queries at a time; None chooses as many as keep a block at 64 MiB

    k1 and k2 are cut where queries and gallery together are fewer. The distances of a query
    depend on the other queries.

    All is sparse: the graph is held before its last layer, which is worked out as it is asked
    for, in memory proportional to N x k1 x k2^(layers - 1). On the queries' device.

    Raises PasserbyError when k1 or k2 is below 1, `layers` or `exponent` below 0, when there is
    no query or no gallery entry, and when the two were embedded by different models.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> names = [Sample(Path(name), 1, 1) for name in "abcd"]
    >>> features = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0]])
    >>> fan = Embeddings.of(features, names, "toy", "00")
    >>> graph(fan[:1], fan[1:], k1=2, k2=2).matrix()
    tensor([[0., 1., 1.]])
    """
    query.require_model_of(gallery)
    _require(query, gallery, k1, k2, layers, exponent, block)
    # Detached: scores have no gradient, and a graph would keep every block alive.
    device = query.features.device
    features = torch.cat([query.features, gallery.features.to(device)]).detach().float()
    n, asked = len(features), len(query)
    near = neighbours(normalize(features, dim=1), max(k1, k2))
    adjacency = of_lists(near.indices[:, :k1], torch.ones_like(near.squares[:, :k1]), n)
    if layers == 0 or k2 == 1:
        # Everybody hears from themselves alone: the last layer below then changes nothing.
        senders = torch.arange(n, device=device)[:, None]  # (N, 1)
        weights = torch.ones(n, 1, device=device)
        edges = adjacency
    else:
        senders = near.indices[:, :k2]  # (N, k2)
        # The square between rows of length 1 is 2 - 2 cos.
        weights = (1 - near.squares[:, :k2] / 2).abs() ** exponent
        edges = adjacency + transposed(adjacency)
        for _ in range(layers - 1):
            adjacency = unit_rows(of_lists(senders, weights, n) @ edges)
            edges = adjacency + transposed(adjacency)
    del adjacency
    return _last_layer(edges, senders, weights, asked, block)


def _last_layer(
    edges: Sparse, senders: Tensor, weights: Tensor, asked: int, block: int | None
) -> DistanceBlocks:
    """1 - cosine of the rows `W edges`, where row i of W holds `weights` (N, k) at `senders`.

    The product would have k times as many entries as `edges` (N, N). So with q and g rows of W,
    (q edges) (g edges)^T is found as ((q edges) edges^T) g^T.
    """
    n = len(senders)
    if block is None:
        block = max(1, min(1024, ENTRIES // n))

    def rows_of(rows: slice) -> Sparse:
        return of_lists(senders[rows], weights[rows], n) @ edges

    # Filled, not appended to: what is kept between large products keeps the heap from shrinking.
    lengths = torch.empty(n - asked, device=weights.device)
    for start in range(asked, n, _ROWS):
        part = slice(start, start + _ROWS)
        lengths[start - asked : part.stop - asked] = lengths_of_rows(rows_of(part))
    returning = transposed(edges)
    heard = senders[asked:]  # (G, k)
    shares = weights[asked:] / lengths[:, None]  # (G, k)

    def compute(rows: slice) -> Tensor:
        reached = dense(unit_rows(rows_of(rows)) @ returning)  # (q, N)
        # (N, q), k rows of it for each entry -> (G, q)
        cosines = embedding_bag(
            heard, reached.T.contiguous(), mode="sum", per_sample_weights=shares
        )
        # clamp: rounding leaves 1 + 1e-7 between equal rows
        return (1 - cosines.T).clamp_(0, 1)  # (q, G)

    return DistanceBlocks(asked, n - asked, compute, block)


def _require(
    query: Embeddings,
    gallery: Embeddings,
    k1: int,
    k2: int,
    layers: int,
    exponent: float,
    block: int | None,
) -> None:
    for name, there in (("query", query), ("gallery", gallery)):
        if len(there) == 0:
            raise PasserbyError(f"the {name} set is empty, so there is nothing to re-rank")
    for name, value, least, usual in (
        ("k1", k1, 1, 26),
        ("k2", k2, 1, 7),
        ("layers", layers, 0, 2),
        ("exponent", exponent, 0, 2),
    ):
        if not value >= least:
            raise PasserbyError(
                f"{name} is {value}; it must be at least {least} (the paper's is {usual})"
            )
    if block is not None and block < 1:
        raise PasserbyError(f"block is {block}; it must be at least 1 query at a time")

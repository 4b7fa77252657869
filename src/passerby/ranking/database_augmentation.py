"""Database-side augmentation: each gallery entry is joined by its neighbours, before any query."""

from dataclasses import replace

from torch.nn.functional import normalize

from passerby.core.embeddings import Embeddings
from passerby.core.topk import top_k
from passerby.ranking.plain import distances
from passerby.ranking.query_expansion import require_neighbours, weighted_sums


def augment(gallery: Embeddings, k: int = 5, alpha: float = 3.0) -> Embeddings:
    """Each entry joined by its nearest `k` others in the gallery: g + sum of cos(g, n)^alpha n.

    Arandjelovic, Zisserman: "Three things everyone should know to improve object retrieval", 2012,
    where neighbours lend an image their visual words; here, as is usual since, they lend their
    features. The weights are those of alpha query expansion (Radenovic, Tolias, Chum, 2018).

    k:     neighbours that join, besides the entry itself
    alpha: how fast the weight falls with similarity; 0 weighs all the same, as in 2012

    Features are scaled to length 1 before they are summed, and the sum is scaled to length 1. An
    entry is its own first neighbour, with weight 1. A negative similarity counts as 0. Labels are
    never looked at. It costs one search of the gallery in itself, however many queries follow.

    Memory: one block of distances and the answer, on the gallery's device.

    Raises PasserbyError when `k` is below 1 or `alpha` below 0.

    >>> import torch
    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> names = [Sample(Path(name), 1, 1) for name in "abc"]
    >>> plane = Embeddings.of(torch.tensor([[1.0, 0.0], [3.0, 4.0], [0.0, -1.0]]), names, "toy", "")
    >>> augment(plane, k=1, alpha=0).features[0]  # (1, 0) + (0.6, 0.8)
    tensor([0.8944, 0.4472])
    """
    require_neighbours(k, alpha)
    # Where others are equal to the entry, one of them may stand in its place: the sum is the same.
    near = top_k(distances(gallery, gallery, "cosine"), k + 1)
    return replace(gallery, features=normalize(weighted_sums(gallery.features, near, alpha), dim=1))

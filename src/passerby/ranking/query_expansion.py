"""Query expansion: a query is searched for together with what it found at first."""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag, normalize

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.ranking import Ranking
from passerby.core.topk import top_k
from passerby.ranking.plain import distances


def expand_queries(
    query: Embeddings, gallery: Embeddings, k: int = 5, alpha: float = 3.0
) -> Embeddings:
    """Each query joined by its nearest `k` gallery entries: q + sum of cos(q, g)^alpha g.

    Alpha query expansion (Radenovic, Tolias, Chum: "Fine-tuning CNN Image Retrieval with No Human
    Annotation", 2018). With `alpha` 0 all weigh the same: average query expansion (Chum, Philbin,
    Sivic, Isard, Zisserman: "Total Recall: Automatic Query Expansion with a Generative Feature
    Model for Object Retrieval", 2007), without its check by geometry, which crops of people lack.

    k:     neighbours that join; about as many as the gallery has pictures of one person. The
           papers take up to 50, of places that were photographed a hundred times
    alpha: how fast the weight falls with similarity; the paper's is 3

    Features are scaled to length 1 before they are summed, and the sum is scaled to length 1. The
    query itself weighs 1. A negative similarity counts as 0, because its power may not exist.
    Rank by cosine afterwards, or scale the gallery to length 1 as well. Labels are never looked
    at: pictures from the query's own camera join like any others.

    Memory: one block of distances and the answer, on the queries' device.

    Raises PasserbyError when `k` is below 1 or `alpha` below 0, and when the two were embedded by
    different models.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> names = [Sample(Path(name), 1, 1) for name in "abc"]
    >>> plane = Embeddings.of(torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]]), names, "toy", "0")
    >>> expand_queries(plane[:1], plane[1:], k=1, alpha=0).features  # (1, 0) + (0.6, 0.8)
    tensor([[0.8944, 0.4472]])
    """
    require_neighbours(k, alpha)
    near = top_k(distances(query, gallery, "cosine"), k)
    own = normalize(query.features.detach().float(), dim=1)
    joined = own + weighted_sums(gallery.features.to(own.device), near, alpha)
    return replace(query, features=normalize(joined, dim=1))


def weighted_sums(features: Tensor, near: Ranking, alpha: float) -> Tensor:
    """Sums of neighbours scaled to length 1, each weighing its similarity to the power `alpha`.

    features: (N, D), of any length; near: (M, K) indices into them, with cosine distances

    Returns (M, D) float32, on the features' device.

    >>> near = Ranking(torch.tensor([[0, 1]]), torch.tensor([[0.0, 0.5]]))
    >>> weighted_sums(torch.tensor([[2.0, 0.0], [0.0, 3.0]]), near, alpha=2)
    tensor([[1.0000, 0.2500]])
    """
    features = features.detach().float()
    indices = near.indices.to(features.device)
    if indices.shape[1] == 0:  # the gallery is empty
        return features.new_zeros(len(indices), features.shape[1])
    similarities = (1 - near.distances.to(features.device)).clamp(min=0)
    # Scaling the weights spares a normalised copy of the whole gallery.
    lengths = features.norm(dim=1).clamp(min=1e-12)
    weights = similarities**alpha / lengths[indices]  # (M, K)
    return embedding_bag(indices, features, mode="sum", per_sample_weights=weights)  # (M, D)


def require_neighbours(k: int, alpha: float) -> None:
    """Raise PasserbyError unless `k` neighbours can be weighed by `alpha`."""
    if k < 1:
        raise PasserbyError(f"k is {k}; at least 1 neighbour must join: take k=1 or more")
    if not 0 <= alpha < torch.inf:
        raise PasserbyError(
            f"alpha is {alpha}; it is the power of a similarity, 0 or more "
            "(0 for an average, the paper's is 3)"
        )

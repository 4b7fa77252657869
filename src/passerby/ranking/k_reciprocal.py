"""Re-ranking with k-reciprocal encoding, a block of queries at a time."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.encodings import subtract_similarity
from passerby.core.errors import PasserbyError
from passerby.core.k_reciprocal import encode, over_furthest
from passerby.core.neighbours import neighbours, squared_lengths
from passerby.core.products import products
from passerby.ranking.plain import ENTRIES


def k_reciprocal(
    query: Embeddings,
    gallery: Embeddings,
    k1: int = 20,
    k2: int = 6,
    weight: float = 0.3,
    *,
    normalise: bool = True,
    block: int | None = None,
) -> DistanceBlocks:
    """Distances re-ranked by who has the same neighbours (Zhong, Zheng, Cao, Li, 2017:
    "Re-ranking Person Re-identification with k-reciprocal Encoding").

    `(1 - weight) * J + weight * d`: J is the Jaccard distance of the k-reciprocal encodings (see
    `passerby.core.k_reciprocal`), d the squared distance divided by the query's furthest among
    queries and gallery. Neighbours are sought among queries and gallery together, so the
    distances of a query depend on the other queries.

    k1:        neighbours that must be mutual; cut where queries and gallery together are fewer
    k2:        nearest neighbours whose encodings are averaged, itself the first; 1 for none; cut
               likewise
    weight:    share of the original distance, the paper's lambda, in [0, 1]
    normalise: scale each feature to length 1 first, as the published experiments did; False takes
               the features as they are
    block:     queries at a time; None chooses as many as keep a block at 64 MiB

    d is the Euclidean distance squared once, as in the authors' program. Copies in circulation
    that are given squared distances and square them again differ, by up to 0.09 in what they
    return; so do those that take cosine distances 1 - cos and square them.

    Equal distances stand in the order queries first, then gallery. The neighbours are found and
    encoded by this call, in memory proportional to (queries + gallery) x (k1 + k2); each block is
    computed on demand, on the queries' device.

    Raises PasserbyError when k1 or k2 is below 1, when `weight` is not within [0, 1], when there
    is no query or no gallery entry, and when the two were embedded by different models.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> names = [Sample(Path(name), 1, 1) for name in "abcd"]
    >>> line = Embeddings.of(torch.tensor([[0.0], [1.0], [8.0], [9.0]]), names, "toy", "00")
    >>> k_reciprocal(line[:1], line[1:], k1=1, k2=1, weight=0.0, normalise=False).matrix()
    tensor([[0.0139, 1.0000, 1.0000]])
    """
    query.require_model_of(gallery)
    _require(query, gallery, k1, k2, weight, block)
    if block is None:
        block = max(1, min(1024, ENTRIES // len(gallery)))
    device, asked = query.features.device, len(query)
    # Detached: scores have no gradient, and a graph would keep every block alive.
    features = torch.cat([query.features, gallery.features.to(device)]).detach().float()
    if normalise:
        features = normalize(features, dim=1)
    nearest = neighbours(features, max(k1 + 1, k2))
    encodings = encode(features, nearest, k1, k2)
    queries, holders = encodings[:asked], encodings[asked:].transposed()
    a, b = _as_products(features, nearest.furthest, asked, weight)

    def compute(rows: slice) -> Tensor:
        # (1 - weight) J + weight d, with J = 1 - S, is (1 - weight) + weight d - (1 - weight) S.
        strangers = products(a[rows], b)  # (q, D + 2), (G, D + 2) -> (q, G)
        found = subtract_similarity(strangers, queries[rows], holders, 1 - weight)
        # clamp: rounding can leave -1e-8 between equal pictures
        return found.clamp_(min=0)

    return DistanceBlocks(asked, len(gallery), compute, block)


def _as_products(
    features: Tensor, furthest: Tensor, asked: int, weight: float
) -> tuple[Tensor, Tensor]:
    """(Q, D + 2) and (G, D + 2), whose products are (1 - weight) + weight d.

    |q|² + |g|² - 2 q g is the product of (-2 q, |q|², 1) and (g, 1, |g|²): written so, nothing is
    left to be added to a block after the product.
    """
    norms = squared_lengths(features)[:, None]
    ones = torch.ones_like(norms)
    a = torch.cat([-2 * features[:asked], norms[:asked], ones[:asked]], dim=1)
    b = torch.cat([features[asked:], ones[asked:], norms[asked:]], dim=1)
    a = over_furthest(a, furthest[:asked, None]).mul_(weight)
    a[:, -2] += 1 - weight
    return a, b


def _require(
    query: Embeddings, gallery: Embeddings, k1: int, k2: int, weight: float, block: int | None
) -> None:
    for name, there in (("query", query), ("gallery", gallery)):
        if len(there) == 0:
            raise PasserbyError(f"the {name} set is empty, so there is nothing to re-rank")
    for name, k in (("k1", k1), ("k2", k2)):
        if k < 1:
            raise PasserbyError(
                f"{name} is {k}; it counts neighbours, so it must be at least 1 "
                "(the paper's are k1=20, k2=6)"
            )
    if not 0 <= weight <= 1:
        raise PasserbyError(
            f"weight is {weight}; it is the share of the original distance, so it must lie "
            "between 0 and 1 (the paper's is 0.3)"
        )
    if block is not None and block < 1:
        raise PasserbyError(f"block is {block}; it must be at least 1 query at a time")

"""CMC, mAP and mINP out of a stream of distances, without sorting it.

The rank of a right answer is one more than the number of entries that stand before it, and
counting needs no sorted matrix: each wrong answer is dropped into the gap between the two right
answers that it falls between.
"""

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.protocols import MARKET1501, Protocol
from passerby.metrics.unmatched import explain_unmatched

RANKS = 50
"""Length of the CMC curve, unless another is asked for."""

_LAST = torch.iinfo(torch.int64).max
_LABELS = 2**24  # pairs of labels that are compared at a time


def retrieval_scores(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    protocol: Protocol = MARKET1501,
    *,
    ranks: int = RANKS,
) -> Scores:
    """Scores of a ranking by `distances`, nearest first, under the rules of `protocol`.

    Equal distances stand in gallery order, so the scores of the same distances are always the
    same. Average precision is the mean of the precision at each right answer. The inverse
    negative penalty of a query is its number of right answers over the rank of the last one
    (Deep Learning for Person Re-identification: A Survey and Outlook, Ye et al., 2021).
    Queries without a right answer in the gallery do not count: see `Scores.skipped` and
    `passerby.metrics.unmatched.explain_unmatched`.

    distances: from these queries to this gallery, in their order, free of NaN
    ranks:     length of the CMC curve; cut to the size of the gallery

    Memory: a few times one block. Raises PasserbyError when query or gallery is empty, when the
    sizes do not agree, when a distance is NaN, and when no query at all has a right answer,
    naming the people and cameras.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> found = [Sample(Path("a"), 8, 2), Sample(Path("b"), 7, 2), Sample(Path("c"), 7, 3)]
    >>> gallery = Embeddings.of(torch.ones(3, 2), found, "toy", "00")
    >>> blocks = DistanceBlocks.of_matrix(torch.tensor([[0.1, 0.2, 0.3]]))
    >>> scores = retrieval_scores(blocks, query, gallery)
    >>> scores.cmc.tolist(), round(scores.mean_ap, 4), round(scores.mean_inp, 4)
    ([0.0, 1.0, 1.0], 0.5833, 0.6667)
    """
    if (distances.queries, distances.gallery) != (len(query), len(gallery)):
        raise PasserbyError(
            f"distances are of {distances.queries} queries to {distances.gallery} gallery "
            f"entries, but there are {len(query)} queries and {len(gallery)} gallery entries; "
            "compute the distances from these embeddings"
        )
    require_matches(query, gallery, protocol)
    first_hits, precisions, penalties = [], [], []
    for rows, block in distances:
        match, ignored = protocol.masks(query[rows], gallery)
        found = hit_ranks(block, match.to(block.device), ignored.to(block.device))  # (q, P)
        first, precision, penalty = _per_query(found)
        first_hits.append(first.cpu())
        precisions.append(precision.cpu())
        penalties.append(penalty.cpu())
    first_hit = torch.cat(first_hits)
    average_precision = torch.cat(precisions)
    counted = first_hit > 0
    longest = min(max(1, ranks), len(gallery))
    at = torch.bincount(first_hit[counted], minlength=longest + 1)[1 : longest + 1]
    return Scores(
        protocol=protocol.name,
        cmc=at.cumsum(0).double() / counted.sum(),
        mean_ap=float(average_precision[counted].mean()),
        mean_inp=float(torch.cat(penalties)[counted].mean()),
        average_precision=average_precision,
        first_hit=first_hit,
    )


def require_matches(query: Embeddings, gallery: Embeddings, protocol: Protocol) -> Tensor:
    """Which queries have a right answer in the gallery, from the labels alone: (Q,) bool.

    Raises PasserbyError when query or gallery is empty, and when no query has a right answer,
    naming the people and cameras; so that one learns it before hours of embedding.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> gallery = Embeddings.of(torch.ones(1, 2), [Sample(Path("g"), 7, 2)], "toy", "00")
    >>> require_matches(query, gallery, MARKET1501)
    tensor([True])
    """
    for name, there in (("query", query), ("gallery", gallery)):
        if len(there) == 0:
            raise PasserbyError(
                f"the {name} set is empty, so there is nothing to score; check that the data "
                f"set's folder holds {name} pictures (`passerby data stats DATASET ROOT`)"
            )
    block = max(1, _LABELS // len(gallery))
    found = []
    for start in range(0, len(query), block):
        match, ignored = protocol.masks(query[start : start + block], gallery)
        found.append((match & ~ignored).any(1))
    matched = torch.cat(found)
    if not matched.any():
        raise PasserbyError(explain_unmatched(~matched, query, gallery, protocol))
    return matched


def hit_ranks(distances: Tensor, match: Tensor, ignored: Tensor) -> Tensor:
    """Ranks of each query's right answers, from 1, rising; padded with 0 at the end.

    distances: (q, G) float32; match, ignored: (q, G) bool, on the same device. Returns (q, P)
    int64, P being the most right answers of any query. Ignored entries take no rank. Raises
    PasserbyError when a distance is NaN.

    >>> hit_ranks(torch.tensor([[0.4, 0.1, 0.2, 0.3]]),
    ...           match=torch.tensor([[True, False, False, True]]),
    ...           ignored=torch.tensor([[False, False, True, False]]))
    tensor([[2, 3]])
    """
    keys = _sortable(distances)
    match = match & ~ignored
    wrong = ~(match | ignored)
    counts = match.sum(1)
    most = int(counts.max()) if len(counts) else 0
    # Right answers side by side: (q, G) -> (q, P), rising, shorter rows padded with _LAST.
    row, column = match.nonzero(as_tuple=True)
    place = torch.arange(len(row), device=row.device) - (counts.cumsum(0) - counts)[row]
    hits = keys.new_full((len(keys), most), _LAST)
    hits[row, place] = keys[row, column]
    hits = hits.sort(dim=1).values
    gaps = torch.searchsorted(hits, keys)  # (q, G), right answers before each entry: 0 .. P
    in_gap = keys.new_zeros(len(keys), most + 1).scatter_add_(1, gaps, wrong.long())
    order = torch.arange(1, most + 1, device=keys.device)
    found = in_gap.cumsum(1)[:, :most] + order
    return found.masked_fill(order > counts[:, None], 0)


def _sortable(distances: Tensor) -> Tensor:
    """(q, G) float32 -> int64 that rises with (distance, place in the gallery): no two equal."""
    distances = distances.float()
    if distances.isnan().any():
        raise PasserbyError(
            "some distances are NaN, so there is no ranking. Features were probably too large for "
            "float32: normalise them, or rank by metric 'cosine'."
        )
    # The bits of a float32 rise with its value; below zero they fall, so those are turned over.
    # Adding 0 turns -0.0 into 0.0.
    bits = (distances + 0.0).view(torch.int32)
    bits = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    return bits.long() * 2**32 + torch.arange(bits.shape[1], device=bits.device)


def _per_query(found: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Ranks (q, P) -> first hit (q,) int64, average precision and inverse penalty (q,) float64."""
    counts = (found > 0).sum(1)
    if found.shape[1] == 0:
        nothing = torch.full(counts.shape, float("nan"), dtype=torch.float64, device=found.device)
        return counts, nothing, nothing
    order = torch.arange(1, found.shape[1] + 1, device=found.device)
    precision = torch.where(found > 0, order.double() / found.clamp(min=1), 0.0)
    # 0 / 0 is NaN: what a query without a right answer shall have.
    last = found.amax(1)
    return found[:, 0], precision.sum(1) / counts, counts.double() / last

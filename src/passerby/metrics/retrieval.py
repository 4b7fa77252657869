"""CMC, mAP and mINP out of a stream of distances: all follow from the right answers' ranks."""

from dataclasses import replace

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.gathering import of_person
from passerby.metrics.people import first_person
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import MARKET1501
from passerby.metrics.ranks import hit_ranks
from passerby.metrics.relevance import Lists, Relevance
from passerby.metrics.unmatched import explain_unmatched

_RECALLS = 101
_ENTRIES = 2**22
"""Ranks side by side at a time, padded: 32 MiB."""


def retrieval_scores(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    protocol: Protocol = MARKET1501,
) -> Scores:
    """Scores of a ranking by `distances`, nearest first, under the rules of `protocol`.

    Equal distances stand in gallery order, so the scores of the same distances are always the
    same. Queries without a right answer in the gallery do not count: see `Scores.skipped` and
    `passerby.metrics.unmatched.explain_unmatched`. The protocol's trials and its gathering of
    pictures are done by `passerby.pipelines.evaluate`; here the embeddings are ranked as they are.

    distances: from these queries to this gallery, in their order, free of NaN

    Memory: a few times one block, and one number per right answer. Raises PasserbyError when query
    or gallery is empty, when the sizes do not agree, when a distance is NaN, and when no query at
    all has a right answer, naming the people and cameras.

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
    require_sizes(distances, query, gallery)
    relevance = require_matches(query, gallery, protocol)
    by_people = protocol.cmc == "people"
    person = of_person(gallery) if by_people else torch.zeros(0, dtype=torch.int64)
    # Filled, not appended to: what is kept between two large blocks keeps the heap from shrinking.
    offsets = relevance.right.offsets
    ranks = torch.empty_like(relevance.right.places)
    places = torch.empty(len(query), dtype=torch.int64)
    for rows, block in distances:
        here = relevance[rows]
        ranks[offsets[rows.start] : offsets[rows.stop]] = hit_ranks(block, here).places
        if by_people:
            places[rows] = first_person(block, here, person)
    scores = scores_of_ranks(Lists(offsets, ranks), protocol.name, len(gallery))
    if by_people:
        return replace(scores, first_hit=places, gallery=int(person.max()) + 1)
    return scores


def scores_of_ranks(ranks: Lists, protocol: str, gallery: int) -> Scores:
    """Scores of Q queries out of the ranks of their right answers.

    ranks: for each query the ranks of its right answers, from 1, rising; none for a query that
           does not count

    Average precision is the mean of the precision at each right answer; the trapezoid kind joins
    the precision just before each right answer to that at it (Market-1501's evaluation program;
    Zheng et al., "Scalable Person Re-identification: A Benchmark", 2015). The inverse negative
    penalty is the number of right answers over the rank of the last one (Ye et al., "Deep Learning
    for Person Re-identification: A Survey and Outlook", 2021).

    >>> scores = scores_of_ranks(Lists(torch.tensor([0, 2]), torch.tensor([1, 4])), "market1501", 9)
    >>> scores.mean_ap, scores.mean_inp, scores.rank(1)
    (0.75, 0.5, 1.0)
    >>> round(scores.mean_trapezoid_ap, 4)  # (1 + 1) / 2 and (1 / 3 + 2 / 4) / 2, halved
    0.7083
    """
    counts, rank = ranks.counts, ranks.places.double()
    # The how-manieth right answer of its query each one is, from 1.
    order = torch.arange(1, len(rank) + 1) - ranks.offsets[:-1].repeat_interleave(counts)
    precision = order / rank
    # Before the first entry precision counts as 1.
    before = torch.where(rank > 1, (order - 1) / (rank - 1).clamp(min=1), 1.0)
    ends = ranks.offsets[1:][counts > 0] - 1
    last = torch.full((len(ranks),), float("nan"), dtype=torch.float64)
    last[counts > 0] = rank[ends]
    first_hit = torch.zeros(len(ranks), dtype=torch.int64)
    first_hit[counts > 0] = ranks.places[ranks.offsets[:-1][counts > 0]]
    return Scores(
        protocol=protocol,
        gallery=gallery,
        first_hit=first_hit,
        average_precision=_means(precision, ranks),
        trapezoid_precision=_means((before + precision) / 2, ranks),
        inverse_penalty=counts / last,
        recall_precision=_recall_precision(precision, ranks),
    )


def require_sizes(distances: DistanceBlocks, query: Embeddings, gallery: Embeddings) -> None:
    """Raise PasserbyError unless the distances are from so many queries to so many entries."""
    if (distances.queries, distances.gallery) != (len(query), len(gallery)):
        raise PasserbyError(
            f"distances are of {distances.queries} queries to {distances.gallery} gallery "
            f"entries, but there are {len(query)} queries and {len(gallery)} gallery entries; "
            "compute the distances from these embeddings"
        )


def require_matches(query: Embeddings, gallery: Embeddings, protocol: Protocol) -> Relevance:
    """What the queries are to the gallery, from the labels alone, some query having an answer.

    Raises PasserbyError when query or gallery is empty, and when no query has a right answer,
    naming the people and cameras; so that one learns it before hours of embedding.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> gallery = Embeddings.of(torch.ones(1, 2), [Sample(Path("g"), 7, 2)], "toy", "00")
    >>> require_matches(query, gallery, MARKET1501).right.counts
    tensor([1])
    """
    for name, there in (("query", query), ("gallery", gallery)):
        if len(there) == 0:
            raise PasserbyError(
                f"the {name} set is empty, so there is nothing to score under protocol "
                f"{protocol.name!r}; check that the data set's folder holds {name} pictures "
                "(`passerby data stats DATASET ROOT`) and that the rules are meant for them: "
                f"{protocol.rule}"
            )
    relevance = protocol.relevance(query, gallery)
    unmatched = relevance.right.counts == 0
    if unmatched.all():
        raise PasserbyError(explain_unmatched(unmatched, query, gallery, protocol))
    return relevance


def _means(values: Tensor, ranks: Lists) -> Tensor:
    """Mean of the values (L,) float64 of each query: (Q,), NaN where there is none."""
    sums = torch.zeros(len(ranks), dtype=torch.float64).index_add_(0, ranks.rows, values)
    return sums / ranks.counts


def _recall_precision(precision: Tensor, ranks: Lists) -> Tensor:
    """Precision at each right answer (L,) -> mean best precision at each recall or above (101,)."""
    counts = ranks.counts
    queries = int((counts > 0).sum())
    total = torch.zeros(_RECALLS, dtype=torch.float64)
    block = max(1, _ENTRIES // max(1, int(counts.max()) if len(counts) else 1))
    for start in range(0, len(ranks), block):
        part = ranks[start : start + block]
        values = precision[ranks.offsets[start] : ranks.offsets[start + len(part)]]
        padded = values.new_zeros(len(part), max(1, int(part.counts.max())))
        place = torch.arange(len(values)) - part.offsets[:-1].repeat_interleave(part.counts)
        padded[part.rows, place] = values  # (q, P)
        best = padded.flip(1).cummax(1).values.flip(1)
        # Recall x needs the first ceil(x n) right answers, one at least; integers, so that 0.29
        # of 100 is 29 and not 29.000000000000004. A query without any adds nothing.
        wanted = torch.arange(_RECALLS) * part.counts[:, None]
        needed = ((wanted + _RECALLS - 2) // (_RECALLS - 1)).clamp(min=1)
        total += best.gather(1, needed - 1).sum(0)
    return total / queries

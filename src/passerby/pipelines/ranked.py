"""`Ranked`: the queries, the gallery and the distances of one trial, as the protocol wants them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch

from passerby.core.blocks import DistanceBlocks
from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.protocol import Protocol
from passerby.ranking.chain import rerank
from passerby.ranking.matching import Compare, matching

Rank = Callable[[Embeddings, Embeddings], DistanceBlocks]
"""(queries, gallery) -> distances."""

Distance = Metric | Literal["learned"]
"""How two embeddings are compared; "learned" is what a model's own `compare` says."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """What is ranked in one trial.

    distances: from these queries to this gallery
    query, gallery: a row for each query and a column for each entry that takes a rank; one of
                    them may stand for several pictures, and has the key of the first
    """

    distances: DistanceBlocks
    query: Embeddings
    gallery: Embeddings


def ranked(
    query: Embeddings, gallery: Embeddings, protocol: Protocol, trial: int, rank: Rank
) -> Ranked:
    """What the protocol ranks in a trial, out of all that was embedded."""
    query, gallery = protocol.prepare(query, gallery, trial)
    return Ranked(*protocol.collapse(rank(query, gallery), query, gallery))


def ranked_labels(
    query: Embeddings, gallery: Embeddings, protocol: Protocol, trial: int
) -> tuple[Embeddings, Embeddings]:
    """Queries and gallery of `ranked`, without any distance; features need no dimension."""

    def unknown(query: Embeddings, gallery: Embeddings) -> DistanceBlocks:
        width = len(gallery)
        zeros = lambda rows: torch.zeros(rows.stop - rows.start, width)  # noqa: E731
        return DistanceBlocks(len(query), width, zeros)

    there = ranked(query, gallery, protocol, trial, unknown)
    return there.query, there.gallery


def ranking(
    names: str,
    metric: Distance,
    options: Mapping[str, Any],
    compare: Compare | None = None,
) -> Rank:
    """How to get from embeddings to distances: plainly, or by the re-ranking steps `names`.

    compare: the model's own comparison, for the metric "learned"

    Raises PasserbyError when steps are to follow a learned comparison, or there is none.
    """
    if metric == "learned":
        if compare is None:
            raise PasserbyError(
                "this model has learnt no comparison of its own; pass --metric euclidean or cosine"
            )
        if names:
            raise PasserbyError(
                f"{names} re-ranks by features, and this model ranks by a comparison of its own; "
                "pass --metric euclidean as well, to leave that out"
            )
        return lambda query, gallery: matching(query, gallery, compare)
    return lambda query, gallery: rerank(names, query, gallery, metric, options)

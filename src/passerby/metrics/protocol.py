"""`Protocol`: the rules of a measurement, as a value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.metrics.relevance import Relevance

Judge = Callable[[Embeddings, Embeddings], Relevance]
"""(queries, gallery) -> which entries answer which query, and which take no rank."""

Prepare = Callable[[Embeddings, Embeddings, int], tuple[Embeddings, Embeddings]]
"""(queries, gallery, trial) -> the queries and the gallery that are ranked in that trial: a draw
of them, or several pictures made into one. The same trial gives the same ones."""

Collapse = Callable[
    [DistanceBlocks, Embeddings, Embeddings], tuple[DistanceBlocks, Embeddings, Embeddings]
]
"""(distances, queries, gallery) -> fewer rows or columns, several distances made into one."""


def _as_they_are(
    query: Embeddings, gallery: Embeddings, trial: int
) -> tuple[Embeddings, Embeddings]:
    return query, gallery


def _all_of_them(
    distances: DistanceBlocks, query: Embeddings, gallery: Embeddings
) -> tuple[DistanceBlocks, Embeddings, Embeddings]:
    return distances, query, gallery


@dataclass(frozen=True)
class Protocol:
    """Rules of a measurement.

    name:      what it is called on the command line and in `Scores`
    rule:      the rules in words, for tables and reports
    relevance: which entries answer a query, and which take no rank
    source:    where the rules are from; "" if nowhere in particular
    prepare:   what is ranked in a trial, out of all that was embedded
    collapse:  what becomes of the distances before they are ranked
    trials:    how many trials are averaged, unless another number is asked for
    cmc:       whether the CMC curve counts pictures, or people, each at the nearest picture of him
    advice:    name of the protocol to try when this one leaves every query without an answer

    A new protocol is a new value:

    >>> from passerby.metrics.relevance import Relevance, same_person
    >>> any_camera = Protocol(
    ...     "any-camera", "A right answer shows the same person.",
    ...     lambda query, gallery: Relevance.of_pairs(
    ...         len(query), len(gallery), right=same_person(query, gallery)))
    >>> any_camera.trials
    1
    """

    name: str
    rule: str
    relevance: Judge
    source: str = ""
    prepare: Prepare = _as_they_are
    collapse: Collapse = _all_of_them
    trials: int = 1
    cmc: Literal["pictures", "people"] = "pictures"
    advice: str = ""

    def masks(self, query: Embeddings, gallery: Embeddings) -> tuple[Tensor, Tensor]:
        """Right answers and entries without a rank for a block of queries, both (q, G) bool."""
        return self.relevance(query, gallery).masks()


def without_ignored(
    distances: DistanceBlocks, query: Embeddings, gallery: Embeddings, protocol: Protocol
) -> DistanceBlocks:
    """The same distances with infinity for whatever the protocol takes out of the ranking."""

    relevance = protocol.relevance(query, gallery)

    def compute(rows: slice) -> Tensor:
        block = distances.compute(rows)
        ignored = relevance[rows].masks()[1]
        return block.masked_fill(ignored.to(block.device), float("inf"))

    return DistanceBlocks(distances.queries, distances.gallery, compute, distances.block)


def only_matches(
    distances: DistanceBlocks, query: Embeddings, gallery: Embeddings, protocol: Protocol
) -> DistanceBlocks:
    """The same distances with infinity for whatever is not a right answer."""

    relevance = protocol.relevance(query, gallery)

    def compute(rows: slice) -> Tensor:
        block = distances.compute(rows)
        match = relevance[rows].masks()[0]
        return block.masked_fill(~match.to(block.device), float("inf"))

    return DistanceBlocks(distances.queries, distances.gallery, compute, distances.block)

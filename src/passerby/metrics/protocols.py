"""Protocols: which gallery entries are right, which are wrong, and which do not count.

A protocol is a value. A new one is a function that makes two masks and a line in `PROTOCOLS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import DISTRACTOR, JUNK

Masks = Callable[[Embeddings, Embeddings], tuple[Tensor, Tensor]]
"""(a block of q queries, gallery of G) -> `match` and `ignored`, both (q, G) bool on the CPU."""


@dataclass(frozen=True)
class Protocol:
    """Rules of a measurement.

    name:  what it is called on the command line and in `Scores`
    rule:  the rules in words, for tables and reports
    masks: for a block of queries `match` (right answers) and `ignored` (entries that are taken
           out of the ranking, neither right nor wrong), both (q, G) bool; what is in neither is
           a wrong answer, and what is in both is ignored

    >>> MARKET1501.name, MARKET1501.advice
    ('market1501', 'camera-free')
    """

    name: str
    rule: str
    masks: Masks

    @property
    def advice(self) -> str:
        """Name of the protocol to try when this one leaves every query without a right answer."""
        return "" if self.name == CAMERA_FREE.name else CAMERA_FREE.name


def protocol_named(name: str) -> Protocol:
    """The protocol of that name; PasserbyError lists the names when there is none.

    >>> protocol_named("camera-free") is CAMERA_FREE
    True
    """
    if name not in PROTOCOLS:
        raise PasserbyError(f"there is no protocol {name!r}; choose one of {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]


def without_ignored(
    distances: DistanceBlocks, query: Embeddings, gallery: Embeddings, protocol: Protocol
) -> DistanceBlocks:
    """The same distances with infinity for whatever the protocol takes out of the ranking."""

    def compute(rows: slice) -> Tensor:
        block = distances.compute(rows)
        ignored = protocol.masks(query[rows], gallery)[1]
        return block.masked_fill(ignored.to(block.device), float("inf"))

    return DistanceBlocks(distances.queries, distances.gallery, compute, distances.block)


def only_matches(
    distances: DistanceBlocks, query: Embeddings, gallery: Embeddings, protocol: Protocol
) -> DistanceBlocks:
    """The same distances with infinity for whatever is not a right answer."""

    def compute(rows: slice) -> Tensor:
        block = distances.compute(rows)
        match, ignored = protocol.masks(query[rows], gallery)
        return block.masked_fill(~(match & ~ignored).to(block.device), float("inf"))

    return DistanceBlocks(distances.queries, distances.gallery, compute, distances.block)


def _same_person(query: Embeddings, gallery: Embeddings) -> Tensor:
    """(q, G): the same real person; junk and distractors are nobody."""
    real = (query.persons != JUNK) & (query.persons != DISTRACTOR)
    return (query.persons[:, None] == gallery.persons) & real[:, None]


def _junk(gallery: Embeddings) -> Tensor:
    return (gallery.persons == JUNK)[None]  # (1, G)


def _market1501(query: Embeddings, gallery: Embeddings) -> tuple[Tensor, Tensor]:
    person = _same_person(query, gallery)
    camera = query.cameras[:, None] == gallery.cameras
    return person & ~camera, (person & camera) | _junk(gallery)


def _camera_free(query: Embeddings, gallery: Embeddings) -> tuple[Tensor, Tensor]:
    match = _same_person(query, gallery)
    ignored = _junk(gallery).repeat(len(query), 1)
    # A picture that stands in both sets would find itself at distance 0.
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(query.keys):
        rows.setdefault(key, []).append(row)
    for column, key in enumerate(gallery.keys):
        if key in rows:
            ignored[rows[key], column] = True
    return match & ~ignored, ignored


MARKET1501 = Protocol(
    name="market1501",
    rule=(
        "A right answer shows the same person in another camera. Pictures of the same person from "
        "the query's own camera and junk (person -1) are left out; distractors (person 0) count "
        "as wrong."
    ),
    masks=_market1501,
)
"""The rules of Market-1501 (Zheng et al., Scalable Person Re-identification: A Benchmark, 2015)."""

CAMERA_FREE = Protocol(
    name="camera-free",
    rule=(
        "A right answer shows the same person, in any camera. The query's own picture and junk "
        "(person -1) are left out; distractors (person 0) count as wrong."
    ),
    masks=_camera_free,
)
"""For sets of one camera, or without camera numbers."""

PROTOCOLS = {protocol.name: protocol for protocol in (MARKET1501, CAMERA_FREE)}

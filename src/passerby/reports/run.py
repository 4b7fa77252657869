"""`Run`: what the sections of a report are about."""

from dataclasses import dataclass, field

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.scores import Scores
from passerby.reports.ranked_lists import Read


@dataclass(frozen=True, eq=False)
class Run:
    """One model's ranking of one gallery, under a name.

    name:      what the run is called in tables and legends
    distances: from each query to each gallery entry
    query, gallery: a row for each query, a column for each entry
    scores:    of these queries
    read:      gives the pixels of a key
    """

    name: str
    distances: DistanceBlocks
    query: Embeddings = field(repr=False)
    gallery: Embeddings = field(repr=False)
    scores: Scores = field(repr=False)
    read: Read = field(repr=False)

"""Several distances made into one: the average over queries, the nearest picture of a person."""

from dataclasses import replace

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.gathering import ends, of_person
from passerby.metrics.protocol import Judge

NO_CAMERA = -1
"""Camera of an entry that stands for pictures of several cameras."""


def averaged_queries(
    distances: DistanceBlocks, query: Embeddings, groups: Tensor
) -> tuple[DistanceBlocks, Embeddings]:
    """The average of the distances of the queries of each group: (Q, G) -> (M, G).

    groups: (Q,) int64 from 0, each group side by side

    A group keeps the labels and the features of its first query. Memory: one block more. Raises
    PasserbyError when a group's queries do not stand side by side.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(2, 2), [Sample(Path("q"), 7, 1)] * 2, "toy", "00")
    >>> both = DistanceBlocks.of_matrix(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
    >>> averaged_queries(both, query, torch.tensor([0, 0]))[0].matrix()
    tensor([[2., 4.]])
    """
    if (groups.diff() < 0).any():
        raise PasserbyError(
            "queries to be averaged do not stand side by side; rank what the protocol's prepare "
            "returns, or sort the queries by person and camera"
        )
    edges = ends(groups)
    counts = edges.diff()

    def compute(rows: slice) -> Tensor:
        start, stop, _ = rows.indices(len(counts))
        sums: Tensor | None = None
        for first in range(int(edges[start]), int(edges[stop]), distances.block):
            last = min(first + distances.block, int(edges[stop]))
            block = distances.compute(slice(first, last))  # (m, G)
            here = groups[first:last]
            lengths = torch.bincount(here - here[0]).to(block.device)
            added = torch.segment_reduce(block, "sum", lengths=lengths, axis=0)
            if sums is None:
                sums = block.new_zeros(stop - start, block.shape[1])
            sums[int(here[0]) - start : int(here[-1]) + 1 - start] += added
        if sums is None:
            return torch.zeros(0, distances.gallery)
        return sums / counts[start:stop, None].to(sums.device)

    block = max(1, distances.block * len(counts) // max(1, distances.queries))
    blocks = DistanceBlocks(len(counts), distances.gallery, compute, block)
    return blocks, query[edges[:-1]]


def nearest_pictures(
    distances: DistanceBlocks, query: Embeddings, gallery: Embeddings, sees: Judge
) -> tuple[DistanceBlocks, Embeddings]:
    """The distance to each person's nearest picture: (Q, G) -> (Q, P).

    sees: its ignored and hidden pictures are not looked at; a person of whom a query sees no
          picture is infinitely far

    A person keeps the labels and the features of his first picture, and the camera only if there
    is but one, else `NO_CAMERA`. Distractors and junk are each a person of their own.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> from passerby.metrics.rules import any_camera
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> found = [Sample(Path("a"), 8, 2), Sample(Path("b"), 7, 2), Sample(Path("c"), 8, 3)]
    >>> gallery = Embeddings.of(torch.ones(3, 2), found, "toy", "00")
    >>> three = DistanceBlocks.of_matrix(torch.tensor([[0.5, 0.4, 0.3]]))
    >>> blocks, people = nearest_pictures(three, query, gallery, any_camera)
    >>> blocks.matrix(), people.persons.tolist(), people.cameras.tolist()
    (tensor([[0.3000, 0.4000]]), [8, 7], [-1, 2])
    """
    relevance = sees(query, gallery)
    person = of_person(gallery)  # (G,)
    people = int(person.max()) + 1 if len(person) else 0

    def compute(rows: slice) -> Tensor:
        block = distances.compute(rows)  # (q, G)
        no_rank = relevance[rows].masks()[1].to(block.device)
        nearest = block.new_full((len(block), people), float("inf"))
        column = person.to(block.device).expand_as(block)
        return nearest.scatter_reduce_(
            1, column, block.masked_fill(no_rank, float("inf")), "amin"
        )  # (q, P)

    first = person.new_full((people,), len(person))
    first.scatter_reduce_(0, person, torch.arange(len(person)), "amin")
    lowest, highest = (
        first.clone().scatter_reduce_(0, person, gallery.cameras, how, include_self=False)
        for how in ("amin", "amax")
    )
    cameras = torch.where(lowest == highest, lowest, NO_CAMERA)
    blocks = DistanceBlocks(distances.queries, people, compute, distances.block)
    return blocks, replace(gallery[first], cameras=cameras)

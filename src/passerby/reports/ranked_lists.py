"""Ranked lists: queries beside their nearest gallery pictures, right ones green, wrong ones red."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.scores import Scores
from passerby.core.topk import top_k
from passerby.metrics.protocol import Protocol, only_matches, without_ignored
from passerby.reports.html import together
from passerby.reports.tiles import Status, Tile, strip, thumbnail

if TYPE_CHECKING:
    from markupsafe import Markup

Read = Callable[[str], np.ndarray | None]
"""Key of a picture -> its pixels (H, W, 3) uint8 RGB, or None where it cannot be read."""


@dataclass(frozen=True)
class RankedList:
    """A query and what was found for it, as tiles.

    found: the nearest, then the first right answer where it stands behind them
    """

    query: Tile
    found: tuple[Tile, ...]


def ranked_lists(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    scores: Scores,
    protocol: Protocol,
    read: Read,
    k: int = 10,
) -> "Markup":
    """One list for each query, in their order, with its AP: see `lists_of_tiles`.

    Raises PasserbyError when jinja2 is not installed.
    """
    lists = lists_of_tiles(distances, query, gallery, scores, protocol, read, k)
    return together(
        *(
            strip(title_of(query, row), note_of(scores, row), one.query, one.found)
            for row, one in enumerate(lists)
        )
    )


def lists_of_tiles(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    scores: Scores,
    protocol: Protocol,
    read: Read,
    k: int = 10,
) -> list[RankedList]:
    """One list for each query, in their order: its nearest `k`, and where its match stands.

    What the protocol leaves out is not shown. A query whose first right answer stands behind
    place `k` shows that one too, after a gap.

    distances: from these queries to this gallery
    scores:    of these queries, as `retrieval_scores` gives them
    read:      gives the pixels of a key
    """
    nearest = top_k(without_ignored(distances, query, gallery, protocol), k)
    best = top_k(only_matches(distances, query, gallery, protocol), 1)
    relevance = protocol.relevance(query, gallery)
    lists = []
    for row in range(len(query)):
        right = relevance[row : row + 1].masks()[0][0]
        first_hit = int(scores.first_hit[row])
        found = [
            _tile(gallery, int(place), float(distance), rank, bool(right[place]), read)
            for rank, (place, distance) in enumerate(
                zip(nearest.indices[row], nearest.distances[row], strict=True), start=1
            )
            if distance.isfinite()
        ]
        if first_hit > k:
            place, distance = int(best.indices[row, 0]), float(best.distances[row, 0])
            found.append(_tile(gallery, place, distance, first_hit, True, read, first_hit > k + 1))
        person, camera = int(query.persons[row]), int(query.cameras[row])
        shown = Tile(
            image=_image(query.keys[row], read),
            status="query",
            alt=f"query: person {person}, camera {camera}",
            badge="query",
            caption=[f"camera {camera}"],
        )
        lists.append(RankedList(shown, tuple(found)))
    return lists


def title_of(query: Embeddings, row: int) -> str:
    """A query's person and camera, in words."""
    return f"Person {int(query.persons[row])}, camera {int(query.cameras[row])}"


def note_of(scores: Scores, row: int) -> str:
    """Where a query's first right answer stands, and its average precision, in words."""
    rank = int(scores.first_hit[row])
    if rank == 0:
        return "No right answer is in the gallery."
    return f"First right answer at rank {rank:,} · AP {scores.average_precision[row]:.1%}"


def hardest_and_easiest(scores: Scores, query: Embeddings, count: int) -> tuple[Tensor, Tensor]:
    """Queries of the lowest and of the highest average precision, of different people.

    Returns two int64 tensors of at most `count` places each, no query in both; equal ones in
    their order. Queries without a match are in neither.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> query = Embeddings.of(torch.ones(3, 2), [Sample(Path("q"), p, 1) for p in (1, 2, 2)],
    ...                       "toy", "00")
    >>> scores = scores_of_ranks(Lists.of([[1], [3], [2]]), "p", gallery=3)
    >>> hardest_and_easiest(scores, query, 2)
    (tensor([1]), tensor([0]))
    """
    precision = scores.average_precision
    counted = (scores.first_hit > 0).nonzero().flatten()
    rising = counted[precision[counted].argsort(stable=True)].tolist()
    falling = counted[precision[counted].argsort(stable=True, descending=True)].tolist()
    people = len({int(query.persons[row]) for row in rising})
    hardest = of_different_people(rising, query, min(count, (people + 1) // 2))
    taken = {int(query.persons[row]) for row in hardest}
    rest = [row for row in falling if int(query.persons[row]) not in taken]
    easiest = of_different_people(rest, query, min(count, people - len(hardest)))
    return torch.tensor(hardest, dtype=torch.int64), torch.tensor(easiest, dtype=torch.int64)


def of_different_people(rows: Sequence[int], query: Embeddings, count: int) -> list[int]:
    """The first `count` of the queries at `rows`, one of each person."""
    first: dict[int, int] = {}
    for row in rows:
        if len(first) == count:
            break
        first.setdefault(int(query.persons[row]), row)
    return list(first.values())


def _tile(
    gallery: Embeddings,
    place: int,
    distance: float,
    rank: int,
    right: bool,
    read: Read,
    gap: bool = False,
) -> Tile:
    person, camera = int(gallery.persons[place]), int(gallery.cameras[place])
    status: Status = "right" if right else "wrong"
    return Tile(
        image=_image(gallery.keys[place], read),
        status=status,
        alt=f"rank {rank}, {status}: person {person}, camera {camera}, distance {distance:.3f}",
        badge=f"{rank:,}",
        caption=[f"{distance:.3f}", f"camera {camera}"],
        gap=gap,
    )


def _image(key: str, read: Read) -> str:
    pixels = read(key)
    return "" if pixels is None else thumbnail(pixels)

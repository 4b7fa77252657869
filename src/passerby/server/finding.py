"""A query -> ranked tracklets, page by page, and again after what a human said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from sqlalchemy import Connection
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.distances import Metric, pairwise_distances
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK, Sample
from passerby.gallery.entries import keys_by_id, one_of, read_entries
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Entry, Model
from passerby.gallery.tables import tracklet
from passerby.server.feedback import rocchio
from passerby.server.searches import Kind, Search, new_id


@dataclass(frozen=True, eq=False)
class Asked:
    """What is searched with, and where.

    query:    (D,) feature of the gallery's model
    left_out: ids of tracklets that are no answer
    """

    kind: Kind
    query: Tensor
    where: Filter
    top: int
    left_out: frozenset[str] = frozenset()
    box: tuple[float, float, float, float] | None = None


def find(gallery: Gallery, asked: Asked, owner: str) -> Search:
    """Search a gallery.

    Raises PasserbyError when the filter names an unknown camera or person, or the gallery has
    changed its model.
    """
    model = gallery.model
    hits = _ranked(gallery, asked.query, model, asked.where, asked.top, asked.left_out)
    return Search(
        new_id(), owner, asked.kind, asked.query, model.hash, asked.where, asked.left_out,
        asked.top, hits, box=asked.box,
    )  # fmt: skip


def refine(
    gallery: Gallery, search: Search, confirmed: Sequence[str], rejected: Sequence[str]
) -> Search:
    """The search after what a human said of its answers; with nothing said, as it began.

    Those who are confirmed come first, those who are rejected not at all, and the rest is searched
    for anew with the query that `rocchio` moves, in the whole gallery.

    Raises PasserbyError when a tracklet is unknown, or the gallery has changed its model.
    """
    model = gallery.model
    if model.hash != search.model:
        raise PasserbyError("the gallery has another model since this search; search again")
    right, wrong = (tracklet_features(gallery, ids) for ids in (confirmed, rejected))
    query = rocchio(search.query, means(right, confirmed), means(wrong, rejected), model.metric)
    if not (confirmed or rejected):
        query = search.query
    without = search.left_out | set(rejected) | set(confirmed)
    first = []
    if confirmed:
        rows = pairwise_distances(query[None], right.features, model.metric)[0].tolist()
        nearest: dict[str, float] = {}
        for distance, id in sorted(zip(rows, right.keys, strict=True)):
            nearest.setdefault(id, distance)
        first = list(nearest.items())
    rest = _ranked(
        gallery, query, model, search.where, max(search.top - len(first), 1), frozenset(without)
    )
    return replace(
        search,
        hits=tuple([*first, *rest][: search.top]),
        confirmed=tuple(confirmed),
        rejected=tuple(rejected),
    )


def tracklet_features(gallery: Gallery, tracklets: Sequence[str]) -> Embeddings:
    """Features of tracklets, none for none. Raises PasserbyError when one is unknown."""
    if tracklets:
        return gallery.features(list(dict.fromkeys(tracklets)))
    return Embeddings.unembedded([])


def means(embeddings: Embeddings, tracklets: Sequence[str]) -> Tensor:
    """One feature (T, D) of each tracklet: the mean of its own."""
    rows: dict[str, list[int]] = {}
    for row, id in enumerate(embeddings.keys):
        rows.setdefault(id, []).append(row)
    parts = [embeddings.features[rows[id]].mean(0) for id in tracklets]
    return torch.stack(parts) if parts else torch.zeros(0, embeddings.features.shape[1])


def centre(features: Tensor, metric: Metric) -> Tensor:
    """One feature (D,) for several (N, D) of one person; by the cosine each counts alike.

    >>> centre(torch.tensor([[2.0, 0.0], [0.0, 1.0]]), "cosine")
    tensor([0.5000, 0.5000])
    """
    return (normalize(features, dim=1) if metric == "cosine" else features).mean(0)


def page(
    gallery: PostgresGallery, search: Search, begin: int, limit: int
) -> list[tuple[int, float, Entry]]:
    """Rank, distance and entry of the answers from `begin` on; what is gone since is left out."""
    hits = search.hits[begin : begin + limit]
    there = entries_of(gallery, [id for id, _ in hits])
    return [
        (rank, distance, there[id])
        for rank, (id, distance) in enumerate(hits, begin + 1)
        if id in there
    ]


def entries_of(gallery: PostgresGallery, tracklets: Sequence[str]) -> dict[str, Entry]:
    """Entries by id, those that are still there, in one transaction."""

    def work(connection: Connection) -> dict[str, Entry]:
        keys = list(keys_by_id(connection, tracklets).values())
        found = read_entries(connection, gallery.database, [tracklet.c.key == one_of(keys)])
        return {entry.id: entry for entry in found.values()}

    try:
        return gallery.database.read(work)
    except PasserbyError as error:
        if error.__cause__ is not None:  # the database, not one that was forgotten
            raise
    if len(tracklets) <= 1:
        return {}
    half = len(tracklets) // 2
    return entries_of(gallery, tracklets[:half]) | entries_of(gallery, tracklets[half:])


def _ranked(
    gallery: Gallery,
    query: Tensor,
    model: Model,
    where: Filter,
    top: int,
    left_out: frozenset[str],
) -> tuple[tuple[str, float], ...]:
    rows = Embeddings.of(query[None], [Sample(Path("query"), JUNK, 0)], model.name, model.hash)
    hits = gallery.search(rows, top + len(left_out), where)[0]
    kept = [(hit.entry.id, hit.distance) for hit in hits if hit.entry.id not in left_out]
    return tuple(kept[:top])

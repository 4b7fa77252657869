"""Rules of relevance: who answers a query, and what is left out of its ranking."""

import torch

from passerby.core.embeddings import Embeddings
from passerby.metrics.relevance import Pairs, Relevance, junk, same_person, without


def other_cameras(query: Embeddings, gallery: Embeddings) -> Relevance:
    """Right: the person in another camera. Left out: the person in the same one, and junk."""
    rows, places = same_person(query, gallery)
    same = query.cameras[rows] == gallery.cameras[places]
    return Relevance.of_pairs(
        len(query),
        len(gallery),
        right=(rows[~same], places[~same]),
        ignored=(rows[same], places[same]),
        hidden=junk(gallery),
    )


def any_camera(query: Embeddings, gallery: Embeddings) -> Relevance:
    """Right: the person in any camera. Left out: the query's own picture, and junk."""
    itself = own_picture(query, gallery)
    return Relevance.of_pairs(
        len(query),
        len(gallery),
        right=without(same_person(query, gallery), itself),
        ignored=itself,
        hidden=junk(gallery),
    )


def same_camera(query: Embeddings, gallery: Embeddings) -> Relevance:
    """Right: the person in the same camera. Left out: the query's own picture, all other cameras,
    and junk."""
    itself = own_picture(query, gallery)
    cameras, kind = query.cameras.unique(return_inverse=True)
    return Relevance.of_pairs(
        len(query),
        len(gallery),
        right=without(same_person(query, gallery), itself),
        ignored=itself,
        hidden=(gallery.cameras != cameras[:, None]) | junk(gallery),  # (V, G)
        kind=kind,
    )


def own_picture(query: Embeddings, gallery: Embeddings) -> Pairs:
    """Pairs of the same key: a picture in both sets would find itself at distance 0."""
    columns: dict[str, list[int]] = {}
    for column, key in enumerate(gallery.keys):
        columns.setdefault(key, []).append(column)
    pairs = [(row, column) for row, key in enumerate(query.keys) for column in columns.get(key, ())]
    rows, places = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).unbind(1)
    return rows, places

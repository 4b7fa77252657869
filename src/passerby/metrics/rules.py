"""Rules of relevance: who answers a query, and what is left out of its ranking."""

from collections.abc import Mapping

import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.metrics.draws import first_of_each
from passerby.metrics.gathering import of_person
from passerby.metrics.protocol import Judge
from passerby.metrics.relevance import NO_PAIRS, Pairs, Relevance, junk, same_person, without


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


def few_pictures(shots: int, other_camera: bool = True, own_picture_out: bool = True) -> Judge:
    """Of each person a query sees the first `shots` pictures of the gallery and no other.

    other_camera:    pictures from the query's own camera are passed over
    own_picture_out: False where an entry stands for several pictures, of which its key names one

    Right: those of the query's person. Left out: the query's own picture, and junk. Each
    distractor is somebody else. The order of the gallery is the draw: see `passerby.metrics.draws`.
    """

    def judge(query: Embeddings, gallery: Embeddings) -> Relevance:
        if other_camera:
            cameras, kind = query.cameras.unique(return_inverse=True)
            among = gallery.cameras != cameras[:, None]  # (V, G)
        else:
            kind = torch.zeros(len(query), dtype=torch.int64)
            among = torch.ones(1, len(gallery), dtype=torch.bool)
        person = of_person(gallery)
        seen = [first_of_each(person, shots, one & ~junk(gallery)) for one in among]
        itself = own_picture(query, gallery) if own_picture_out else NO_PAIRS
        return Relevance.of_pairs(
            len(query),
            len(gallery),
            right=without(same_person(query, gallery), itself),
            ignored=itself,
            hidden=~torch.stack(seen) if seen else among,
            kind=kind,
        )

    return judge


def other_modality(query: Embeddings, gallery: Embeddings) -> Relevance:
    """Right: the person in another modality. Left out: all of the query's own one, and junk."""
    names = sorted({*query.modalities, *gallery.modalities})
    number = {name: place for place, name in enumerate(names)}
    found = torch.tensor([number[name] for name in gallery.modalities], dtype=torch.int64)
    kind = torch.tensor([number[name] for name in query.modalities], dtype=torch.int64)
    return Relevance.of_pairs(
        len(query),
        len(gallery),
        right=same_person(query, gallery),
        hidden=(found == torch.arange(len(names))[:, None]) | junk(gallery),  # (V, G)
        kind=kind,
    )


def other_places(place_of: Mapping[int, int]) -> Judge:
    """Of cameras that watch one place, each sees none of the other's pictures, whoever is shown.

    place_of: camera -> its place; a camera that is not named is at a place of its own number

    Right: the person at another place. Left out: all of the query's own place, and junk.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 3)], "toy", "00")
    >>> found = [Sample(Path("a"), 7, 1), Sample(Path("b"), 7, 2), Sample(Path("c"), 8, 2)]
    >>> gallery = Embeddings.of(torch.ones(3, 2), found, "toy", "00")
    >>> [mask.tolist() for mask in other_places({3: 2})(query, gallery).masks()]
    [[[True, False, False]], [[False, True, True]]]
    """

    def places(cameras: Tensor) -> Tensor:
        here = [place_of.get(camera, camera) for camera in cameras.tolist()]
        return torch.tensor(here, dtype=torch.int64)

    def judge(query: Embeddings, gallery: Embeddings) -> Relevance:
        cameras, kind = query.cameras.unique(return_inverse=True)
        return Relevance.of_pairs(
            len(query),
            len(gallery),
            right=same_person(query, gallery),
            hidden=(places(gallery.cameras) == places(cameras)[:, None]) | junk(gallery),
            kind=kind,
        )

    return judge


def own_picture(query: Embeddings, gallery: Embeddings) -> Pairs:
    """Pairs of the same key: a picture in both sets would find itself at distance 0."""
    columns: dict[str, list[int]] = {}
    for column, key in enumerate(gallery.keys):
        columns.setdefault(key, []).append(column)
    pairs = [(row, column) for row, key in enumerate(query.keys) for column in columns.get(key, ())]
    rows, places = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).unbind(1)
    return rows, places

"""Rules of relevance against rules said pair by pair."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.measuring import labelled

from passerby.core.embeddings import Embeddings
from passerby.metrics.relevance import Relevance
from passerby.metrics.rules import few_pictures, other_modality, other_places

labels = st.lists(st.tuples(st.sampled_from([-1, 0, 1, 2]), st.integers(1, 4)), max_size=10)


def masks_by_hand(
    query: Embeddings, gallery: Embeddings, sees: Callable[[int, int], bool]
) -> tuple[list[list[bool]], list[list[bool]]]:
    """Right answers and entries without a rank; `sees(q, g)` says whether g has a rank for q."""
    right, no_rank = [], []
    for q, person in enumerate(query.persons.tolist()):
        seen = [sees(q, g) and gallery.persons[g] != -1 for g in range(len(gallery))]
        there = gallery.persons.tolist()
        right.append([seen[g] and there[g] == person > 0 for g in range(len(gallery))])
        no_rank.append([not one for one in seen])
    return right, no_rank


def check(relevance: Relevance, expected: tuple[list[list[bool]], list[list[bool]]]) -> None:
    right, no_rank = relevance.masks()
    assert right.tolist() == expected[0]
    assert no_rank.tolist() == expected[1]


@given(query=labels, gallery=labels, shots=st.integers(1, 3), other_camera=st.booleans())
@settings(max_examples=300, deadline=None)
def test_few_pictures(query, gallery, shots: int, other_camera: bool) -> None:
    asked, found = labelled(query, name="q"), labelled(gallery)

    def sees(q: int, g: int) -> bool:
        def may(place: int) -> bool:
            return not other_camera or gallery[place][1] != query[q][1]

        before = [p for p in range(g) if gallery[p][0] == gallery[g][0] and may(p)]
        return may(g) and (gallery[g][0] == 0 or len(before) < shots)

    relevance = few_pictures(shots, other_camera)(asked, found)
    check(relevance, masks_by_hand(asked, found, sees))


def test_few_pictures_never_finds_itself() -> None:
    here = labelled([(1, 1), (1, 2)])
    right, no_rank = few_pictures(2, other_camera=False)(here, here).masks()
    assert right.tolist() == [[False, True], [True, False]]
    assert no_rank.tolist() == [[True, False], [False, True]]


@given(query=labels, gallery=labels, data=st.data())
@settings(max_examples=200, deadline=None)
def test_other_modality(query, gallery, data) -> None:
    kinds = st.sampled_from(["visible", "infrared", "sketch"])
    asked_in = [data.draw(kinds) for _ in query]
    found_in = [data.draw(kinds) for _ in gallery]
    asked = Embeddings.join(
        [labelled([label], modality=kind) for label, kind in zip(query, asked_in, strict=True)]
        or [labelled([])]
    )
    found = Embeddings.join(
        [labelled([label], modality=kind) for label, kind in zip(gallery, found_in, strict=True)]
        or [labelled([])]
    )
    check(
        other_modality(asked, found),
        masks_by_hand(asked, found, lambda q, g: asked_in[q] != found_in[g]),
    )


@given(query=labels, gallery=labels)
@settings(max_examples=200, deadline=None)
def test_other_places(query, gallery) -> None:
    asked, found = labelled(query, name="q"), labelled(gallery)

    def sees(q: int, g: int) -> bool:
        cameras = {query[q][1], gallery[g][1]}
        return len(cameras) == 2 and cameras != {2, 3}

    check(other_places({3: 2})(asked, found), masks_by_hand(asked, found, sees))


@pytest.mark.parametrize("judge", [few_pictures(1), other_modality, other_places({})])
def test_nobody_asks(judge) -> None:
    assert len(judge(labelled([]), labelled([(1, 1)]))) == 0
    assert torch.equal(judge(labelled([(1, 1)]), labelled([])).right.counts, torch.tensor([0]))

"""Drawn galleries: what is drawn, and where people stand, against a plain loop."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.measuring import apart, labelled, measured

from passerby.core.errors import PasserbyError
from passerby.metrics.few_shot import MULTI_SHOT_5, PARTIAL_SINGLE_SHOT, SINGLE_SHOT, multi_shot

labels = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1, 2, 3]), st.integers(1, 3)), min_size=1, max_size=14
)


def first_hits(query, gallery, shots: int, other_camera: bool) -> list[int]:
    """Of a drawn gallery: each person stands at the nearest of the pictures that a query sees."""
    ranks = []
    found = list(zip(gallery.persons.tolist(), gallery.cameras.tolist(), strict=True))
    for q in range(len(query)):
        person, camera = int(query.persons[q]), int(query.cameras[q])
        standing: list[tuple[float, int, bool]] = []
        people = [p for p, _ in found]
        for place, name in enumerate(people):
            if name > 0 and name in people[:place]:
                continue  # he stands in the list already, at the place of his first picture
            pictures = [g for g, p in enumerate(people) if p == name] if name > 0 else [place]
            seen = [g for g in pictures if not other_camera or found[g][1] != camera][:shots]
            if seen:
                nearest = min(abs(float(query.features[q] - gallery.features[g])) for g in seen)
                standing.append((nearest, seen[0] if shots == 1 else place, name == person > 0))
        right = [is_right for _, _, is_right in sorted(standing)]
        ranks.append(right.index(True) + 1 if any(right) else 0)
    return ranks


@given(
    query=labels,
    gallery=labels,
    shots=st.integers(1, 3),
    other_camera=st.booleans(),
    trial=st.integers(0, 5),
    seed=st.integers(0, 99),
)
@settings(max_examples=100, deadline=None)
def test_agrees_with_a_loop(query, gallery, shots, other_camera, trial, seed) -> None:
    protocol = multi_shot(shots, other_camera)
    generator = torch.Generator().manual_seed(seed)
    asked = torch.randint(0, 9, (len(query), 1), generator=generator).float()
    found = torch.randint(0, 9, (len(gallery), 1), generator=generator).float()
    drawn = protocol.prepare(labelled(query, asked, "q"), labelled(gallery, found, "g"), trial)
    expected = first_hits(*drawn, shots, other_camera)

    # The draw: each picture comes from the gallery once; nobody whom a query could see is left
    # out, and nobody is seen in more pictures than allowed.
    keys = drawn[1].keys
    assert len(set(keys)) == len(keys)
    sight = protocol.relevance(*drawn)
    for row, (_, camera) in enumerate(query):
        for somebody in (1, 2, 3):
            could = [
                label
                for label in gallery
                if label[0] == somebody and not (other_camera and label[1] == camera)
            ]
            seen = (drawn[1].persons == somebody) & ~sight.hidden[sight.kind[row]]
            assert int(seen.sum()) == min(shots, len(could))

    if not any(expected):
        with pytest.raises(PasserbyError, match=r"no right answer|is empty"):
            measured(protocol, labelled(query, asked, "q"), labelled(gallery, found), trial, apart)
        return
    scores = measured(protocol, labelled(query, asked, "q"), labelled(gallery, found), trial, apart)
    assert scores.first_hit.tolist() == expected
    # One right person each: precision is 1 / rank.
    for rank, precision in zip(expected, scores.average_precision.tolist(), strict=True):
        assert rank == 0 or precision == pytest.approx(1 / rank)


def test_single_shot_by_hand() -> None:
    query = labelled([(1, 1), (2, 1)], torch.tensor([[0.0], [9.0]]), "q")
    pictures = torch.tensor([[1.0], [8.0], [2.0]])
    gallery = labelled([(1, 2), (1, 2), (2, 2)], pictures)
    seen = set()
    for trial in range(10):
        _, drawn = SINGLE_SHOT.prepare(query, gallery, trial)
        assert sorted(drawn.persons.tolist()) == [1, 2]
        near = 1.0 in drawn.features.flatten().tolist()
        seen.add(near)
        # Drawn at 1, person 1 is before person 2 (at 2) for query 0, and after for query 9; drawn
        # at 8 it is the other way round.
        hits = measured(SINGLE_SHOT, query, gallery, trial, apart).first_hit.tolist()
        assert hits == ([1, 1] if near else [2, 2])
    assert seen == {True, False}


def test_multi_shot_by_hand() -> None:
    query = labelled([(1, 1)], torch.tensor([[0.0]]), "q")
    gallery = labelled(
        [(2, 2), (2, 2), (2, 2), (1, 2), (1, 2), (0, 2), (0, 2)],
        torch.tensor([[1.0], [2.0], [3.0], [4.0], [40.0], [2.0], [3.0]]),
    )
    # Person 2 at 1, two distractors at 2 and 3, person 1 at 4.
    scores = measured(MULTI_SHOT_5, query, gallery, distances=apart)
    assert (scores.first_hit.tolist(), scores.gallery) == ([4], 4)


def test_all_pictures_are_drawn_now_and_then() -> None:
    query, gallery = labelled([(1, 1)], name="q"), labelled([(1, 2)] * 4)
    drawn = {SINGLE_SHOT.prepare(query, gallery, trial)[1].keys for trial in range(40)}
    assert drawn == {(key,) for key in gallery.keys}


def test_trials_are_repeatable() -> None:
    query, gallery = labelled([(1, 1)], name="q"), labelled([(1, 2), (2, 2)] * 4)
    again = [SINGLE_SHOT.prepare(query, gallery, 3)[1].keys for _ in range(2)]
    assert again[0] == again[1]


def test_partial_pictures_may_be_of_the_same_camera() -> None:
    query, gallery = labelled([(1, 1)], name="q"), labelled([(1, 1), (2, 1)])
    assert measured(PARTIAL_SINGLE_SHOT, query, gallery).queries == 1


@pytest.mark.parametrize(("shots", "trials"), [(0, 10), (1, 0)])
def test_no_shots_or_trials(shots: int, trials: int) -> None:
    with pytest.raises(PasserbyError, match="at least 1"):
        multi_shot(shots, trials=trials)


@given(
    people=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2)), min_size=2, max_size=10),
    shots=st.integers(1, 3),
    trial=st.integers(0, 3),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_queries_that_are_in_the_gallery_too(people, shots, trial, seed) -> None:
    """A person stands for several pictures, the query's own among them or not."""
    protocol = multi_shot(shots)
    generator = torch.Generator().manual_seed(seed)
    features = torch.randint(0, 9, (len(people), 1), generator=generator).float()
    both = labelled(people, features)
    expected = first_hits(*protocol.prepare(both, both, trial), shots, other_camera=True)
    if any(expected):
        assert measured(protocol, both, both, trial, apart).first_hit.tolist() == expected


def test_a_query_among_several_pictures_of_its_person_in_any_camera() -> None:
    both = labelled([(1, 1), (1, 1), (2, 1), (2, 1)], torch.tensor([[0.0], [1.0], [8.0], [9.0]]))
    for trial in range(5):
        scores = measured(multi_shot(2, other_camera=False), both, both, trial, apart)
        assert scores.first_hit.tolist() == [1, 1, 1, 1]

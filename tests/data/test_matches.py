"""Queries without a match, against the definition spelled out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.matches import describe, queries_without_match, require_matches


def crops(*places: tuple[int, int]) -> list[Sample]:
    return [Sample(Path(f"{n}.jpg"), person, camera) for n, (person, camera) in enumerate(places)]


def test_people_and_cameras_are_named():
    query = crops((1, 1), (2, 1), (2, 3), (3, 2), (0, 1))
    gallery = crops((1, 2), (2, 1), (2, 1), (9, 4))
    zero, two, three = queries_without_match(query, gallery)
    # Person 2 is found from camera 3 in camera 1, but not from camera 1 itself.
    assert (two.person, two.query_cameras, two.gallery_cameras) == (2, (1,), (1,))
    assert two.queries == (query[1],)
    assert (three.person, three.query_cameras, three.gallery_cameras) == (3, (2,), ())
    assert zero.person == 0
    words = describe((zero, two, three), len(query))
    assert "3 of 5" in words
    assert "person 2: searched from camera 1, in the gallery only by camera 1" in words
    assert "person 3: searched from camera 2, in the gallery nowhere" in words
    assert "person 0, which means a distractor: searched 1 times" in words


def test_the_advice_fits_the_cause():
    one_camera = crops((1, 5), (2, 5))
    assert "seen by camera 5 alone" in describe(queries_without_match(one_camera, one_camera), 2)
    strangers = queries_without_match(crops((1, 1)), crops((2, 2)))
    assert "name persons alike" in describe(strangers, 1)
    mixed = queries_without_match(crops((1, 1), (2, 2)), crops((1, 1), (2, 2)))
    assert "from another camera, correct" in describe(mixed, 2)


def test_a_set_without_any_match_is_refused_in_those_words():
    with pytest.raises(
        PasserbyError, match=r"2 of 2 \(person 1: searched from camera 1, .*camera 1"
    ):
        require_matches(crops((1, 1), (1, 1)), crops((1, 1)))
    with pytest.raises(PasserbyError, match="gallery is empty"):
        require_matches(crops((1, 1)), [])
    with pytest.raises(PasserbyError, match="query is empty"):
        require_matches([], crops((1, 1)))


def test_some_matches_are_enough_and_the_rest_is_returned():
    lost = require_matches(crops((1, 1), (2, 1)), crops((1, 2)))
    assert [one.person for one in lost] == [2]


def test_a_long_list_is_cut():
    words = describe(queries_without_match(crops(*((p, 1) for p in range(1, 31))), []), 30)
    assert "person 10:" in words
    assert "person 11:" not in words
    assert "and 20 more people" in words


PLACES = st.lists(st.tuples(st.integers(-1, 4), st.integers(1, 3)), max_size=12)


@given(query=PLACES, gallery=PLACES)
def test_a_query_is_matched_exactly_if_a_right_answer_counts(
    query: list[tuple[int, int]], gallery: list[tuple[int, int]]
):
    asked = crops(*query)
    lost = {
        sample for one in queries_without_match(asked, crops(*gallery)) for sample in one.queries
    }
    for sample in asked:
        right = any(p == sample.person and c != sample.camera for p, c in gallery)
        assert (sample in lost) == (not (right and sample.person > 0))

"""Queries without a match, against the definition spelled out."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from passerby.core.sample import Sample
from passerby.data.matches import advice_for, queries_without_match


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
    assert str(two) == "person 2: searched from camera 1, in the gallery only by camera 1"
    assert str(three) == "person 3: searched from camera 2, in the gallery nowhere"
    assert str(zero) == "person 0, which means a distractor: searched 1 times"


def test_the_advice_fits_the_cause():
    one_camera = crops((1, 5), (2, 5))
    assert "seen by camera 5 alone" in advice_for(queries_without_match(one_camera, one_camera))
    strangers = queries_without_match(crops((1, 1)), crops((2, 2)))
    assert "name persons alike" in advice_for(strangers)
    mixed = queries_without_match(crops((1, 1), (2, 2)), crops((1, 1), (2, 2)))
    assert "from another camera, correct" in advice_for(mixed)


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

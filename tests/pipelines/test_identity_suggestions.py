import pytest
from tests.pipelines.memory_gallery import MemoryGallery, confirm, record
from tests.pipelines.town import ANN, BOB, a_bit, calibration, town

from passerby.core.errors import PasserbyError
from passerby.pipelines.identity_suggestions import merge_suggestions, split_suggestions


def two_anns() -> tuple[MemoryGallery, dict[str, str], str, str]:
    """A town where Ann is known as two people, and nobody else is known."""
    gallery = MemoryGallery()
    ids = town(gallery)
    first, second = gallery.add_person("Ann").id, gallery.add_person("another Ann").id
    gallery.assign([ids["ann door"]], first)
    gallery.assign([ids["ann hall"], ids["ann yard"]], second)
    return gallery, ids, first, second


def test_two_that_are_one_come_first() -> None:
    gallery, _, first, second = two_anns()
    found = merge_suggestions(gallery, 5, calibration(), least=0.0)
    assert (found[0].kind, found[0].people, found[0].tracklets) == ("merge", (first, second), ())
    # 0.1 and 0.2 from the door: on average 0.15, whose odds are exp(5 - 1.5).
    assert found[0].distance == pytest.approx(0.15)
    assert found[0].probability == pytest.approx(1 / (1 + 2.718281828**-3.5))
    rest = [one for one in found if one.kind == "add"]
    assert rest
    assert all(one.probability < 0.05 for one in rest)
    assert [s.probability for s in found] == sorted((s.probability for s in found), reverse=True)
    assert merge_suggestions(gallery, 5, calibration()) == found[:1]
    assert merge_suggestions(gallery, 0, calibration()) == ()


def test_a_tracklet_that_is_nobodys_may_be_somebodys() -> None:
    gallery, ids, first, second = two_anns()
    gallery.assign([ids["ann yard"]], None)
    found = merge_suggestions(gallery, 9, calibration())
    adds = {(one.people, one.tracklets) for one in found if one.kind == "add"}
    assert adds == {((first,), (ids["ann yard"],)), ((second,), (ids["ann yard"],))}


def test_what_a_human_rejected_is_not_suggested() -> None:
    gallery, ids, first, _ = two_anns()
    confirm(gallery, first, ids["ann yard"], same=False)
    assert merge_suggestions(gallery, 5, calibration()) == ()
    gallery.assign([ids["ann yard"]], None)
    assert all(
        one.people != (first,) or ids["ann yard"] not in one.tracklets
        for one in merge_suggestions(gallery, 5, calibration())
    )


def test_who_was_in_two_places_is_not_suggested() -> None:
    gallery, _, first, second = two_anns()
    late = record(gallery, "gate", [(0, 3, ANN)])  # when Ann is at the door
    gallery.assign(late, second)
    assert all(
        one.people != (first, second) for one in merge_suggestions(gallery, 5, calibration())
    )


def test_who_refused_is_in_no_suggestion() -> None:
    gallery, _, first, _ = two_anns()
    gallery.change_person(type(gallery.person(first))(first, "Ann", "refused"))
    assert merge_suggestions(gallery, 5, calibration()) == ()
    assert split_suggestions(gallery, 5, calibration()) == ()


def test_two_people_in_one() -> None:
    gallery = MemoryGallery()
    ids = town(gallery)
    mixed = gallery.add_person("Ann, and Cid once").id
    anns = [ids[f"ann {camera}"] for camera in ("door", "hall", "yard")]
    gallery.assign([*anns, ids["cid yard"]], mixed)
    (found,) = split_suggestions(gallery, 5, calibration())
    assert (found.kind, found.people, found.tracklets) == ("split", (mixed,), (ids["cid yard"],))
    assert found.distance == pytest.approx((2.2 + 2.1 + 2.0) / 3)
    assert found.probability > 0.99
    # A human's word holds: whom he confirmed stays, and if that is both sides, nothing is said.
    confirm(gallery, mixed, ids["cid yard"])
    assert split_suggestions(gallery, 5, calibration())[0].tracklets == tuple(anns)
    confirm(gallery, mixed, ids["ann door"])
    assert split_suggestions(gallery, 5, calibration()) == ()


def test_one_person_is_left_alone() -> None:
    gallery = MemoryGallery()
    ids = town(gallery)
    ann, dot = gallery.add_person().id, gallery.add_person().id
    gallery.assign([ids[f"ann {camera}"] for camera in ("door", "hall", "yard")], ann)
    gallery.assign([ids["dot door"]], dot)
    assert split_suggestions(gallery, 5, calibration()) == ()


def test_somebody_in_two_places_at_once_is_two_for_certain() -> None:
    gallery = MemoryGallery()
    ids = record(gallery, "door", [(0, 5, ANN), (3, 9, a_bit(ANN, 0.1)), (20, 25, ANN)])
    person = gallery.add_person().id
    gallery.assign(ids, person)
    (found,) = split_suggestions(gallery, 5, calibration())
    assert (found.tracklets, found.probability) == ((ids[1],), 1.0)


def test_nobody_is_known_and_another_model() -> None:
    gallery = MemoryGallery()
    record(gallery, "door", [(0, 5, BOB)])
    assert merge_suggestions(gallery, 5, calibration()) == ()
    assert split_suggestions(gallery, 5, calibration()) == ()
    for suggest in (merge_suggestions, split_suggestions):
        with pytest.raises(PasserbyError, match="calibrate again"):
            suggest(gallery, 5, calibration(hash="cd" * 32))

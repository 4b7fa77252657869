from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.gallery.crowd import embeddings, entry, recording
from tests.gallery.filled import features_of, fill, gallery_in
from tests.gallery.servers import empty_folder

from passerby.core.errors import PasserbyError
from passerby.gallery import scrub as scrubbing
from passerby.gallery.audit import Audit, Subject
from passerby.gallery.database import Database
from passerby.gallery.forgotten import read_list
from passerby.gallery.jobs import Jobs
from passerby.gallery.opening import open_gallery
from passerby.gallery.people import Verdict
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.scrub import scrub
from passerby.pipelines.forget import Wanted, find, forget, forget_in
from passerby.pipelines.verify_gallery import verify_store


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresGallery]:
    """On a server of its own: databases of other tests hold the same bytes, in the same log."""
    place = tmp_path_factory.mktemp("own")
    place.chmod(0o755)
    place.parent.chmod(0o755)
    with Database.open(place / "server", create=True) as database:
        yield gallery_in(database)


def test_forgetting_a_person_leaves_nothing_anywhere(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "town")
    with open_gallery(place) as store:
        model = store.model
        add_people(store)
        anna = next(person for person in store.people() if person.name == "Anna Berg")
        audit = Audit(store.database)
        audit.write("ada", "look", [Subject("person", anna.id), Subject("tracklet", "cafe01/0")])
        jobs = Jobs(store.database)
        job = jobs.add("ingest", {"person": anna.id}, "ada")
        jobs.claim("w", 60)
        jobs.finish(job.id, {"tracklets": ["cafe01/0"]})
        with store.database.engine.begin() as connection:
            connection.execute(text("analyze"))  # samples of her vectors are kept by the planner
        done = forget_in(store, Wanted(people=(anna.id,)), place, by="ada")
        assert done.tracklets == 3
        assert done.pieces > 3 * 2 * 2
        assert done.pages == {"vectors": 0, "pictures": 0}
        assert {t: n for t, n in done.rows.items() if n} == {}
        assert {"crop", "tracklet", "person", "verdict", "subject", "job", "audit_record"} <= set(
            done.rows
        )
        assert done.clean
        assert done.undone == ()
        assert done.listed == tmp_path / "town.forgotten.json"
        assert ("person", anna.id) in read_list(done.listed)[1]
        assert [person.name for person in store.people()] == ["Boris Quist"]
        assert {m.id for m in audit.read()[0].subjects} == {None}
        assert [record.action for record in audit.read()] == ["look", "forget", "forgotten"]
        assert audit.read()[2].detail == {"tracklets": 3, "left": 0}
        assert verify_store(store, place, queries=4).faults == ()
        assert store.model == model
    for file in sorted(place.rglob("*")):  # the plainest proof: her name
        if file.is_file():
            assert b"Anna Berg" not in file.read_bytes(), file


def add_people(store: PostgresGallery) -> None:
    """As `fill`, with features of the model of empty galleries."""
    for id, count in (("cafe01", 4), ("cafe02", 3)):
        held = features_of(id, list(range(count)))
        numbers = held.tracklets.tolist()
        entries = [entry(id, number) for number in range(count)]
        store.add(recording(id), entries, embeddings(held.features, numbers, store.model))
    anna, boris = store.add_person("Anna Berg", "given"), store.add_person("Boris Quist")
    store.assign(["cafe01/0", "cafe01/1", "cafe02/0"], anna.id)
    store.assign(["cafe01/2"], boris.id)
    store.judge([Verdict("cafe01/0", anna.id, True, "ada", 5.0)])


def test_the_proof_sees_what_is_left(store: PostgresGallery, tmp_path: Path) -> None:
    """While somebody still sees an older state, bytes stay, and that is said."""
    people = fill(store)
    with store.database.engine.connect() as reader:
        reader.execution_options(isolation_level="REPEATABLE READ")
        reader.execute(text("select 1"))
        done = forget_in(store, Wanted(people=(people["boris"],)), tmp_path / "town", by="ada")
    assert done.pages is not None
    assert done.pages["pictures"] > 0
    assert not done.clean
    assert set(done.rows.values()) == {0}
    assert scrub(store.database.engine) == ()
    again = forget_in(store, Wanted(people=(people["anna"],)), tmp_path / "town", by="ada")
    assert again.clean


def test_who_reads_is_not_waited_for_without_end(
    store: PostgresGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.0)
    fill(store)
    with store.database.engine.connect() as reader:
        reader.execute(text("select count(*) from crop"))
        assert scrub(store.database.engine) == (
            "table crop, which others were reading for 0 seconds",
        )
    assert scrub(store.database.engine) == ()
    with store.database.engine.connect() as connection:
        assert connection.execute(text("show lock_timeout")).scalar() == "0"


def test_rows_that_somebody_else_kept_are_counted(store: PostgresGallery, tmp_path: Path) -> None:
    people = fill(store)
    with store.database.engine.begin() as connection:
        connection.execute(text("create table note (words text, about jsonb)"))
        connection.execute(
            text("insert into note values (:w, '{}'), ('', jsonb_build_array(:w))"),
            {"w": f"seen {people['anna']} again"},
        )
    done = forget_in(
        store, Wanted(people=(people["anna"],)), tmp_path / "town", by="ada", rewrite=False
    )
    assert done.rows["note"] == 2
    assert not done.clean
    assert done.pages is None


def test_people_go_by_id_or_by_a_name_that_only_one_has(store: PostgresGallery) -> None:
    people = fill(store)
    assert find(store, ["Anna Berg", people["boris"], "cafe02", "cafe01/3", "Anna Berg"]) == Wanted(
        ("cafe02",), ("cafe01/3",), (people["anna"], people["boris"])
    )
    twin = store.add_person("Anna Berg")
    with pytest.raises(PasserbyError, match=f"2 people are named 'Anna Berg'.*{twin.id}"):
        find(store, ["Anna Berg"])
    for unknown in ("nobody", "cafe09", "cafe09/1", "cafe01/77", ""):
        with pytest.raises(PasserbyError, match=r"nothing was (forgotten|changed)"):
            find(store, ["cafe02", unknown])
    assert store.stats().tracklets == 9


def test_recordings_and_tracklets(store: PostgresGallery, tmp_path: Path) -> None:
    fill(store)
    wanted = find(store, ["cafe02", "cafe01/3"])
    done = forget_in(store, wanted, tmp_path / "town", by="ada")
    assert (done.tracklets, done.pages, {t: n for t, n in done.rows.items() if n}) == (
        4,
        {"vectors": 0, "pictures": 0},
        {},
    )
    assert [entry.id for entry in store.entries()] == [
        "cafe01/0", "cafe01/1", "cafe01/2", "cafe03/0", "cafe03/1",
    ]  # fmt: skip


def test_where_the_list_cannot_be_kept_nothing_is_forgotten(
    store: PostgresGallery, tmp_path: Path
) -> None:
    fill(store)
    (tmp_path / "file").write_text("")
    with pytest.raises(PasserbyError, match="could not write"):
        forget_in(store, Wanted(("cafe01",)), tmp_path / "file" / "town", by="ada")
    assert store.stats().tracklets == 9


def test_no_gallery(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="there is no gallery"):
        forget(["x"], tmp_path / "none")

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.gallery.around import fresh_database
from tests.gallery.filled import fill, gallery_in

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit
from passerby.gallery.forgotten import keep_list, list_of
from passerby.gallery.postgres import PostgresGallery
from passerby.pipelines.verify_gallery import verify_gallery, verify_store


@pytest.fixture
def store() -> Iterator[PostgresGallery]:
    with fresh_database() as database:
        made = gallery_in(database)
        fill(made)
        Audit(database).write("ada", "look")
        yield made


def test_a_whole_gallery(store: PostgresGallery, tmp_path: Path) -> None:
    keep_list(store.database, list_of(tmp_path / "town"))
    steps = []
    seen = verify_store(
        store, tmp_path / "town", 5, lambda done, total: steps.append((done, total))
    )
    assert seen.faults == ()
    assert (seen.tracklets, seen.crops, seen.features, seen.records) == (9, 18, 18, 1)
    assert seen.recall == 1.0
    assert steps == [(9, 9)]


def test_an_empty_gallery_is_whole(tmp_path: Path) -> None:
    with fresh_database() as database:
        seen = verify_store(gallery_in(database), tmp_path / "town")
    assert (seen.tracklets, seen.recall, seen.faults) == (0, None, ())


def test_who_refused_consent_is_no_miss(store: PostgresGallery, tmp_path: Path) -> None:
    anna = next(person for person in store.people() if person.name == "Anna Berg")
    store.change_person(type(anna)(anna.id, anna.name, "refused"))
    seen = verify_store(store, tmp_path / "town", 9)
    assert (seen.recall, seen.faults) == (1.0, ())


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("delete from feature_1 where tracklet = (select min(key) from tracklet)",
         "1 tracklets have no features: cafe01/0"),
        ("update crop set jpeg = substr(jpeg, 1, 300) where place = 1 and tracklet = 1",
         "1 pictures cannot be decoded: cafe01/0/1"),
        ("update crop set jpeg = '' where tracklet = 2",
         "2 pictures cannot be decoded: cafe01/1/0, cafe01/1/1"),
        ("delete from crop where tracklet = 1", "1 tracklets have no pictures: cafe01/0"),
        ("insert into forgotten values ('tracklet', 'cafe02/1'), ('recording', 'cafe03')",
         "2 were forgotten and are there: recording cafe03, tracklet cafe02/1"),
        ("set local session_replication_role = replica; delete from recording where id = 'cafe03'",
         "2 rows of tracklet refer to recording that is not there"),
        ("alter table audit_record disable trigger audit_record_append_only",
         "triggers that keep the audit log"),
        ("alter table audit_record disable trigger all; update audit_record set actor = 'x'",
         "record 1 of the audit log, or one before it, was changed"),
        ("update pg_index set indisvalid = false where indexrelid = 'tracklet_starts'::regclass",
         "index tracklet_starts was not finished"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_words(
    store: PostgresGallery, tmp_path: Path, statement: str, said: str
) -> None:
    with store.database.engine.begin() as connection:
        connection.execute(text(statement))
    faults = verify_store(store, tmp_path / "town", 5).faults
    assert any(said in fault for fault in faults), faults


def test_an_index_that_misses_is_noticed(
    store: PostgresGallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = PostgresGallery.search
    monkeypatch.setattr(
        PostgresGallery,
        "search",
        lambda self, query, k, *rest: tuple(hits[1:] for hits in search(self, query, k, *rest)),
    )
    seen = verify_store(store, tmp_path / "town", 9)
    assert seen.recall == pytest.approx(8 / 9)
    assert "search found 0.889 of the truly nearest" in seen.faults[0]


def test_the_list_outside_counts_too(store: PostgresGallery, tmp_path: Path) -> None:
    place = tmp_path / "town"
    listed = keep_list(store.database, list_of(place))
    content = listed.read_text()
    listed.write_text(content.replace('"gone": []', '"gone": [["tracklet", "cafe01/3"]]'))
    assert "1 were forgotten and are there: tracklet cafe01/3" in verify_store(store, place).faults
    listed.write_text("{")
    assert "is damaged" in verify_store(store, place).faults[0]
    with fresh_database() as other:
        listed.unlink()
        keep_list(other, listed)
    assert "in another gallery" in verify_store(store, place).faults[0]


def test_no_gallery(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="there is no gallery"):
        verify_gallery(tmp_path / "none")

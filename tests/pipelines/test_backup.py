import stat
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.gallery.around import fresh_url
from tests.gallery.filled import MODEL, fill

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit, Subject
from passerby.gallery.forgotten import identity, list_of
from passerby.gallery.keys import Keys
from passerby.gallery.opening import create_gallery, open_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Camera
from passerby.pipelines.backup import backup, restore
from passerby.pipelines.forget import Wanted, forget_in
from passerby.pipelines.verify_gallery import verify_store


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a filled gallery."""
    monkeypatch.setenv("PASSERBY_STATE", str(tmp_path / "state"))
    url = fresh_url()
    with create_gallery(url, MODEL) as store:
        fill(store)
        store.set_camera(Camera("door", "ground floor"))
    return url


def held(store: PostgresGallery) -> tuple:
    """What is in a gallery, to compare."""
    entries = store.entries()
    return (
        store.model,
        store.stats(),
        store.recordings(),
        store.people(),
        store.verdicts(),
        [(entry.id, entry.person, entry.sightings, entry.start) for entry in entries],
        [crop.encoded for entry in entries for crop in entry.crops],  # pyright: ignore
        store.features([entry.id for entry in entries]).features.tolist(),
    )


def test_a_restored_backup_is_the_gallery_again(place: str, tmp_path: Path) -> None:
    file = tmp_path / "town.backup"
    with open_gallery(place) as store:
        before, who = held(store), identity(store.database)
        _, secret = Keys(store.database).make("ada", "admin")
        Audit(store.database).write("ada", "look", [Subject("tracklet", "cafe01/0")])
    assert backup(place, file) == file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = fresh_url()
    done = restore(file, again, forgotten=list_of(place), keep_keys=True)
    assert (done.tracklets, done.forgotten, done.expired, done.revoked) == (9, 0, 0, ())
    with open_gallery(again) as store:
        assert held(store) == before
        assert identity(store.database) == who
        assert Keys(store.database).check(secret) is not None
        audit = Audit(store.database)
        assert [record.action for record in audit.read()] == ["look", "backup", "restore"]
        assert audit.read()[0].subjects[0].id == "cafe01/0"
        assert audit.check() == ()
        assert verify_store(store, again, queries=5).faults == ()
        # It goes on: the triggers came along, and so did the counters of keys.
        with pytest.raises(Exception, match="append-only"), store.database.engine.begin() as c:
            c.execute(text("delete from audit_record"))
        store.add_person("Carla")


def test_who_was_forgotten_since_does_not_come_back(place: str, tmp_path: Path) -> None:
    file = tmp_path / "town.backup"
    backup(place, file)
    with open_gallery(place) as store:
        people = {person.name: person.id for person in store.people()}
        # One who became one with her goes, too, though the list cannot know him.
        store.merge_people(people["Anna Berg"], [people["Boris Quist"]])
        gone = forget_in(store, Wanted(people=(people["Anna Berg"],)), place, by="ada")
        assert gone.tracklets == 4
        forget_in(store, Wanted(recordings=("cafe03",)), place, by="ada", rewrite=False)
        after = held(store)[5:]
    again = fresh_url()
    done = restore(file, again, forgotten=list_of(place))
    assert (done.tracklets, done.forgotten) == (3, 6)
    with open_gallery(again) as store:
        assert held(store)[5:] == after
        assert store.people() == ()
        assert verify_store(store, again, queries=3).faults == ()
        from tests.gallery.filled import add_recording

        with pytest.raises(AssertionError):  # not even taken in again
            add_recording(store, "cafe03", "yard", 2, None)
    assert list_of(again).exists()


def test_revoked_keys_and_old_sightings_do_not_come_back(place: str, tmp_path: Path) -> None:
    file = tmp_path / "town.backup"
    with open_gallery(place) as store:
        _, secret = Keys(store.database).make("ada", "admin")
        store.set_camera(Camera("door", "ground floor", 30.0))  # what it saw is of 2001
    backup(place, file)
    with open_gallery(place) as store:
        Keys(store.database).revoke("ada")
    again = fresh_url()
    done = restore(file, again, forgotten=list_of(place))
    assert done.revoked == ("ada",)
    assert (done.tracklets, done.expired) == (5, 4)
    with open_gallery(again) as store:
        assert Keys(store.database).check(secret) is None


def test_without_the_list_nothing_is_restored(place: str, tmp_path: Path) -> None:
    file = tmp_path / "town.backup"
    backup(place, file)
    again, other = fresh_url(), tmp_path / "other"
    with pytest.raises(PasserbyError, match=r"no list of the forgotten.*nobody_forgotten"):
        restore(file, again)
    with pytest.raises(PasserbyError, match=r"there is no list.*none\.json"):
        restore(file, again, forgotten=tmp_path / "none.json")
    with pytest.raises(PasserbyError, match="there is no list of the forgotten"):
        restore(file, other)
    assert not other.exists()
    assert restore(file, again, nobody_forgotten=True).tracklets == 9


def test_another_gallerys_list_is_refused(place: str, tmp_path: Path) -> None:
    file = tmp_path / "town.backup"
    backup(place, file)
    theirs = fresh_url()
    with create_gallery(theirs, MODEL):
        pass
    backup(theirs, tmp_path / "theirs.backup")
    again = fresh_url()
    with pytest.raises(PasserbyError, match="is of another gallery"):
        restore(file, again, forgotten=list_of(theirs))
    assert restore(file, again, forgotten=list_of(place)).tracklets == 9


@pytest.mark.parametrize("damage", ["truncated", "noise", "empty", "flipped"])
def test_a_damaged_backup_restores_nothing(place: str, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "town.backup"
    content = backup(place, file).read_bytes()
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 0xFF
    damaged = tmp_path / "damaged"
    damaged.write_bytes(
        {
            "truncated": content[: len(content) * 2 // 3],
            "noise": b"not a backup" * 50,
            "empty": b"",
            "flipped": bytes(flipped),
        }[damage]
    )
    again = fresh_url()
    with pytest.raises(PasserbyError, match=r"is no backup|is not what was written"):
        restore(damaged, again, nobody_forgotten=True)
    assert restore(file, again, nobody_forgotten=True).tracklets == 9


def test_a_backup_does_not_overwrite(place: str, tmp_path: Path) -> None:
    file = tmp_path / "town.backup"
    backup(place, file)
    with pytest.raises(PasserbyError, match="is there already"):
        backup(place, file)
    with pytest.raises(PasserbyError, match=r"there is a gallery at .* already"):
        restore(file, place, forgotten=list_of(place))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("mine")
    with pytest.raises(PasserbyError, match="is there already; a backup is restored into a new"):
        restore(file, tmp_path / "full", nobody_forgotten=True)
    with pytest.raises(PasserbyError, match="there is no backup"):
        restore(tmp_path / "none", fresh_url(), nobody_forgotten=True)
    with pytest.raises(PasserbyError, match="there is no gallery"):
        backup(tmp_path / "none", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_backup_is_of_one_moment_while_others_write(place: str, tmp_path: Path) -> None:
    import threading

    from tests.gallery.filled import add_recording

    stop = threading.Event()
    added = []

    def write() -> None:
        with open_gallery(place) as store:
            while not stop.is_set():
                add_recording(store, f"beef{len(added):02d}", "yard", 5)
                added.append(time.time())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup(place, tmp_path / "town.backup")
    finally:
        stop.set()
        writer.join()
    again = fresh_url()
    restore(tmp_path / "town.backup", again, nobody_forgotten=True)
    with open_gallery(again) as store:
        assert verify_store(store, again, queries=5).faults == ()
        counts = {}
        for entry in store.entries():
            counts[entry.recording] = counts.get(entry.recording, 0) + 1
        assert {count for id, count in counts.items() if id.startswith("beef")} <= {5}


def test_into_a_folder_as_somebody_would(tmp_path: Path) -> None:
    town, file, again = tmp_path / "town", tmp_path / "town.backup", tmp_path / "again"
    with create_gallery(town, MODEL) as store:
        people = fill(store)
    backup(town, file)
    with open_gallery(town) as store:
        forget_in(store, Wanted(people=(people["anna"],)), town, by="ada", rewrite=False)
    done = restore(file, again, forgotten=tmp_path / "town.forgotten.json")
    assert done.forgotten == 3
    with open_gallery(again) as store:
        assert [person.name for person in store.people()] == ["Boris Quist"]
    assert stat.S_IMODE(again.stat().st_mode) == 0o700
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "again", "again.forgotten.json", "town", "town.backup", "town.forgotten.json",
    ]  # fmt: skip

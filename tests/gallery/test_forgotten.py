import stat
from pathlib import Path

import pytest
from tests.gallery.around import fresh_database
from tests.gallery.filled import add_recording, gallery_in

from passerby.core.errors import PasserbyError
from passerby.gallery.forgotten import (
    gone_from,
    identity,
    keep_list,
    list_of,
    note_gone,
    read_list,
)


@pytest.mark.parametrize(
    ("place", "file"),
    [
        ("postgresql://ada:secret@db.example:6000/town", "db.example-6000-town.forgotten.json"),
        ("postgresql://db.example/town", "db.example-5432-town.forgotten.json"),
        ("postgresql:///town?host=/run/pg", "local-5432-town.forgotten.json"),
    ],
)
def test_the_list_of_a_server_is_named_without_secrets(
    place: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERBY_STATE", str(tmp_path))
    assert list_of(place) == tmp_path / file


def test_the_list_grows_and_is_the_owners_only(tmp_path: Path) -> None:
    file = tmp_path / "town.forgotten.json"
    with fresh_database() as database:
        store = gallery_in(database)
        add_recording(store, "cafe01", "door", 3)
        keep_list(database, file)
        assert read_list(file) == (identity(database), frozenset())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        store.forget(tracklets=["cafe01/1"])
        keep_list(database, file)
        gone = frozenset({("tracklet", "cafe01/1")})
        assert read_list(file)[1] == gone == gone_from(database)
        note_gone(database, [("recording", "beef"), ("tracklet", "cafe01/1")])
        assert gone_from(database) == gone | {("recording", "beef")}


def test_another_gallerys_list_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "town.forgotten.json"
    with fresh_database() as one, fresh_database() as other:
        keep_list(one, file)
        before = file.read_bytes()
        with pytest.raises(PasserbyError, match="in another gallery"):
            keep_list(other, file)
        assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", '{"format": "other"}',
        '{"format": "passerby-forgotten-1", "gallery": 3, "gone": []}',
        '{"format": "passerby-forgotten-1", "gallery": "x", "gone": [["person"]]}',
        '{"format": "passerby-forgotten-1", "gallery": "x", "gone": [["dog", "y"]]}',
        '{"format": "passerby-forgotten-1", "gallery": "x", "gone": [["person", 1]]}',
    ],
)  # fmt: skip
def test_a_damaged_list_has_words(tmp_path: Path, content: str) -> None:
    file = tmp_path / "list.json"
    file.write_text(content)
    with pytest.raises(PasserbyError, match=r"list.json is damaged"):
        read_list(file)
    with pytest.raises(PasserbyError, match="there is no list"):
        read_list(tmp_path / "none.json")

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.gallery.around import fresh_url
from tests.gallery.filled import MODEL, fill
from tests.gallery.servers import fresh_gallery, url_of

from passerby.cli.main import COMMANDS, main
from passerby.gallery.audit import Audit, Subject
from passerby.gallery.postgres import PostgresGallery

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _keys_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "keys", ("passerby.cli.keys", "who may use a gallery"))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PASSERBY_STATE", str(tmp_path / "state"))
    with fresh_gallery(MODEL) as made:
        fill(made)
        yield made


def test_stats_say_what_is_there(store: PostgresGallery, capsys: Capture) -> None:
    assert main(["gallery", "stats", url_of(store)]) == 0
    printed = capsys.readouterr().out
    for words in ("3 recordings, 9 tracklets", "cafe02.mp4", "camera door, ground floor: 4", "toy"):
        assert words in printed
    assert "2 people, 18 features" in printed


def test_forget_proves_it(store: PostgresGallery, capsys: Capture) -> None:
    place = url_of(store)
    assert main(["gallery", "forget", "Anna Berg", "cafe02/1", "--gallery", place]) == 0
    printed = capsys.readouterr().out
    assert "4 tracklets forgotten" in printed
    for line in ("0  rows of table crop", "0  pieces of vectors", "0  pieces of pictures"):
        assert line in printed
    assert "not done" not in printed
    assert store.stats().tracklets == 5
    assert main(["gallery", "forget", "cafe01", "--gallery", place, "--rewrite", "false"]) == 0
    assert "their bytes stay in the files until" in capsys.readouterr().out
    assert main(["gallery", "scrub", place]) == 0


def test_forgetting_somebody_unknown_forgets_nobody(
    store: PostgresGallery, capsys: Capture
) -> None:
    assert main(["gallery", "forget", "cafe01/0", "cafe01/9", "--gallery", url_of(store)]) == 2
    assert "cafe01/9" in capsys.readouterr().err
    assert store.stats().tracklets == 9


def test_something_left_is_status_1(store: PostgresGallery, capsys: Capture) -> None:
    with store.database.engine.begin() as connection:
        connection.execute(text("create table note as select id as words from person"))
    assert main(["gallery", "forget", "Anna Berg", "--gallery", url_of(store)]) == 1
    printed = capsys.readouterr().out
    assert "1  rows of table note" in printed
    assert "something is left" in printed


def test_verify(store: PostgresGallery, capsys: Capture) -> None:
    assert main(["gallery", "verify", url_of(store), "--queries", "3"]) == 0
    printed = capsys.readouterr().out
    assert "9 tracklets, 18 pictures, 18 features" in printed
    assert "search finds 1.000 of the ten nearest" in printed
    assert "the gallery is whole" in printed
    with store.database.engine.begin() as connection:
        connection.execute(text("delete from crop where tracklet = 1"))
    assert main(["gallery", "verify", url_of(store)]) == 1
    assert "wrong: 1 tracklets have no pictures: cafe01/0" in capsys.readouterr().out


def test_retention_and_expire(store: PostgresGallery, capsys: Capture) -> None:
    place = url_of(store)
    assert main(["gallery", "retention", place]) == 0
    assert capsys.readouterr().out.split() == ["door", "30", "days", "yard", "kept"]
    assert main(["gallery", "retention", place, "--camera", "yard", "--days", "7.5"]) == 0
    assert "7.5 days" in capsys.readouterr().out
    assert main(["gallery", "expire", place]) == 0
    assert "7 tracklets were older" in capsys.readouterr().out
    assert main(["gallery", "retention", place, "--camera", "yard", "--days", "null"]) == 0
    assert "kept" in capsys.readouterr().out
    assert main(["gallery", "retention", place, "--camera", "attic", "--days", "7"]) == 2
    with pytest.raises(SystemExit):
        main(["gallery", "retention", place, "--days", "7"])


def test_export_and_import(store: PostgresGallery, tmp_path: Path, capsys: Capture) -> None:
    archive, again = tmp_path / "town.tar", fresh_url()
    assert main(["gallery", "export", url_of(store), str(archive)]) == 0
    assert "9 tracklets" in capsys.readouterr().out
    assert main(["gallery", "import", str(archive), again]) == 0
    assert "3 recordings with 9 tracklets and 2 people imported" in capsys.readouterr().out
    assert main(["gallery", "verify", again]) == 0
    assert main(["gallery", "export", url_of(store), str(archive)]) == 2
    assert main(["gallery", "import", str(tmp_path / "none"), again]) == 2


def test_backup_and_restore(store: PostgresGallery, tmp_path: Path, capsys: Capture) -> None:
    file, place, again = str(tmp_path / "town.backup"), url_of(store), fresh_url()
    assert main(["keys", "make", place, "ada", "--role", "admin"]) == 0
    assert main(["gallery", "backup", place, file]) == 0
    assert main(["gallery", "forget", "Boris Quist", "--gallery", place, "--rewrite=false"]) == 0
    assert main(["gallery", "restore", file, again]) == 2
    assert "there is no list of the forgotten" in capsys.readouterr().err
    listed = next((tmp_path / "state").iterdir())
    assert main(["gallery", "restore", file, again, "--forgotten", str(listed)]) == 0
    printed = capsys.readouterr().out
    assert "5 tracklets are back; 1 were forgotten since and are again, 3 were older" in printed
    assert "revoked: the keys ada" in printed


def test_audit(store: PostgresGallery, capsys: Capture) -> None:
    anna = next(person.id for person in store.people() if person.name == "Anna Berg")
    audit, place = Audit(store.database), url_of(store)
    audit.write("ada", "search", [Subject("person", anna)], {"top": 10}, now=1e9)
    audit.write("bo", "look", [Subject("tracklet", f"cafe01/{n}") for n in range(4)], now=2e9)
    audit.write("bo", "look", [Subject("tracklet", "gone/1")] * 7, now=2e9 + 1)
    assert main(["gallery", "audit", place]) == 0
    printed = capsys.readouterr().out
    assert f"2001-09-09T01:46:40.0Z  ada               search          person {anna}" in printed
    assert "(unknown)" in printed
    assert "and 2 more" in printed
    assert "3 records; the last one's seal is" in printed
    assert main(["gallery", "audit", place, "--person", anna, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["action"] for line in lines] == ["search"]
    assert main(["gallery", "audit", place, "--since", "2010-01-01T00:00:00", "--last", "1"]) == 0
    assert "     3  2033" in capsys.readouterr().out
    assert main(["gallery", "audit", place, "--since", "yesterday"]) == 2


def test_no_gallery_and_no_action(tmp_path: Path, capsys: Capture) -> None:
    nowhere = str(tmp_path / "none")
    for action in (["stats"], ["verify"], ["retention"], ["expire"], ["audit"], ["scrub"]):
        assert main(["gallery", *action, nowhere]) == 2
        assert "there is no gallery" in capsys.readouterr().err
    assert main(["gallery"]) == 2
    assert "forget WHO" in capsys.readouterr().err
    assert main(["gallery", "--help"]) == 0

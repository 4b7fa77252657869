"""The database itself: folders, servers that start and stop, crashes, versions."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError
from tests.gallery.servers import MODEL, empty_folder, fresh_gallery

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.migrate import newest
from passerby.gallery.opening import create_gallery, open_gallery
from passerby.gallery.seen import Camera, Model
from passerby.gallery.tables import metadata

ROOT = os.geteuid() == 0


def running(place: Path) -> bool:
    """Whether a server of the gallery lives: it holds the lock then."""
    with open(place / "server.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def eventually(true, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def in_a_process(code: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def test_a_gallery_starts_and_stops_with_who_uses_it(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    assert not running(place)
    with open_gallery(place) as first, open_gallery(place) as second:
        first.set_camera(Camera("door"))
        assert second.cameras() == (Camera("door"),)
        assert running(place)
        first.close()
        assert second.cameras() == (Camera("door"),)
        settings = {
            name: first.database.engine and _show(second.database, name)
            for name in ("listen_addresses", "fsync", "full_page_writes", "synchronous_commit")
        }
        assert settings == {
            "listen_addresses": "", "fsync": "on", "full_page_writes": "on",
            "synchronous_commit": "on",
        }  # fmt: skip
    assert not running(place)
    with open_gallery(str(place)) as again:
        assert again.cameras() == (Camera("door"),)


def _show(database: Database, name: str) -> str:
    return database.read(lambda c: c.execute(text(f"SHOW {name}")).scalar_one())


def test_only_the_owner_can_look_into_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "made"
    create_gallery(place, MODEL).close()
    assert [oct(path.stat().st_mode)[-3:] for path in (place, place / "postgres")] == ["700"] * 2
    assert {oct(file.stat().st_mode)[-3:] for file in place.iterdir() if file.is_file()} == {"600"}


@pytest.mark.parametrize(
    "name", ["a b, 'c' \"d\" $e;é\n*", "x" * 200, "/".join(["deep" * 20] * 6), "-k", "%s{}"]
)
def test_names_may_be_odd_and_long(name: str, tmp_path: Path) -> None:
    place = tmp_path / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with open_gallery(empty_folder(place)) as gallery:
        gallery.set_camera(Camera("door"))
        assert gallery.cameras() == (Camera("door"),)


def test_a_folder_may_be_named_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_folder(tmp_path / "g")
    monkeypatch.chdir(tmp_path)
    with open_gallery(Path("g")) as gallery:
        monkeypatch.chdir("/")
        assert gallery.model == MODEL


@pytest.mark.skipif(not ROOT, reason="PostgreSQL's own user is of interest to root alone")
def test_root_needs_no_open_folders(tmp_path: Path) -> None:
    """The server runs as somebody else, and nobody else gets a way in."""
    (tmp_path / "closed").mkdir(mode=0o700)
    place = tmp_path / "closed" / "g"
    with create_gallery(place, MODEL):
        assert (place / "postgres").stat().st_uid != 0
    assert oct((tmp_path / "closed").stat().st_mode)[-3:] == "700"
    assert place.stat().st_uid == 0


def test_many_processes_may_make_it_at_once(tmp_path: Path) -> None:
    code = """if True:
        import sys
        from passerby.gallery.opening import create_gallery
        from passerby.gallery.seen import Camera, Model
        with create_gallery(sys.argv[1], Model("toy", "aa" * 32)) as gallery:
            gallery.set_camera(Camera(sys.argv[2]))
    """
    place = tmp_path / "g"
    others = [in_a_process(code, place, f"camera {number}") for number in range(4)]
    assert [other.wait() for other in others] == [0, 0, 0, 0]
    assert eventually(lambda: not running(place))
    with open_gallery(place) as gallery:
        assert len(gallery.cameras()) == 4
        assert gallery.models() == (MODEL,)


_HOLD = """if True:
    import sys
    from passerby.gallery.opening import open_gallery
    from passerby.gallery.seen import Camera
    gallery = open_gallery(sys.argv[1])
    gallery.set_camera(Camera("door"))
    print("ready", flush=True)
    sys.stdin.read() if len(sys.argv) < 3 else __import__("time").sleep(600)
"""


def test_the_server_stops_when_its_last_user_is_killed(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    other = in_a_process(_HOLD, place, "long")
    assert other.stdout is not None
    assert other.stdout.readline() == "ready\n"
    assert running(place)
    other.kill()
    other.wait()
    assert eventually(lambda: not running(place))
    with open_gallery(place) as gallery:
        assert gallery.cameras() == (Camera("door"),)


def test_who_started_the_server_may_be_killed_while_others_use_it(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    other = in_a_process(_HOLD, place, "long")
    assert other.stdout is not None
    assert other.stdout.readline() == "ready\n"
    with open_gallery(place) as gallery:
        other.kill()
        other.wait()
        time.sleep(0.5)
        assert gallery.cameras() == (Camera("door"),)
        assert running(place)
    assert eventually(lambda: not running(place))


def test_a_server_that_was_killed_is_started_again(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    with open_gallery(place) as gallery:
        gallery.set_camera(Camera("door"))
        number = int((place / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGKILL)
        assert eventually(lambda: not running(place))
        assert gallery.cameras() == (Camera("door"),)
        assert running(place)
    assert not running(place)


def test_a_note_of_a_server_that_is_gone_does_no_harm(tmp_path: Path) -> None:
    """After a crash the number may be another process's: here it is ours."""
    place = empty_folder(tmp_path / "g")
    note = place / "postgres" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n/proc/self/cwd\n1\n5432\n.\n\n 1 1\nready\n")
    with open_gallery(place) as gallery:
        assert gallery.model == MODEL


def test_what_is_no_gallery_is_told(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"there is no gallery at .*passerby ingest"):
        open_gallery(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "notes.txt").write_text("mine")
    for place in (tmp_path / "notes.txt", tmp_path / "notes.txt" / "g"):
        with pytest.raises(PasserbyError, match="is a file or below one"):
            open_gallery(place)
        with pytest.raises(PasserbyError, match="is a file or below one"):
            create_gallery(place, MODEL)
    with pytest.raises(PasserbyError, match="holds other files and no gallery; check the path"):
        open_gallery(tmp_path)
    with pytest.raises(PasserbyError, match=r"holds no gallery|give a new folder"):
        create_gallery(tmp_path, MODEL)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "gallery.json").write_text("{}")
    with pytest.raises(PasserbyError, match="early version of Passerby"):
        open_gallery(tmp_path / "old")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["notes.txt", "old"]


def test_another_model_is_refused(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    with pytest.raises(PasserbyError, match="use the same model, or a new gallery"):
        create_gallery(place, Model("other", "bb" * 32))
    assert not running(place)


@pytest.mark.parametrize(
    ("version", "words"),
    [("19", "pip install --upgrade"), ("16", "export it with the Passerby that made it")],
)
def test_another_postgresqls_data_are_refused(version: str, words: str, tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    (place / "postgres" / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(PasserbyError, match=f"made by PostgreSQL '{version}'.*{words}"):
        open_gallery(place)


def test_damage_is_told_in_postgresqls_words(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    (place / "postgres" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(PasserbyError, match=r"does not start: .*server\.log tells more"):
        open_gallery(place)
    (place / "postgres" / "PG_VERSION").unlink()
    with pytest.raises(PasserbyError, match=r"is damaged.*restore it from a backup"):
        open_gallery(place)


def test_a_newer_gallery_is_refused() -> None:
    with fresh_gallery() as gallery:
        url = gallery.database.engine.url.render_as_string(hide_password=False)
        with gallery.database.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(PasserbyError, match=r"written by a newer Passerby.*upgrade passerby"):
            open_gallery(url)


def test_the_steps_make_the_tables_that_the_code_uses() -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    import passerby.gallery.audit_tables
    import passerby.gallery.job_table
    import passerby.gallery.key_table  # noqa: F401

    def ours(thing, name, kind, reflected, compared) -> bool:
        return not (kind == "table" and reflected and compared is None)

    with fresh_gallery() as gallery, gallery.database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        found = [
            change for change in compare_metadata(context, metadata)
            if not isinstance(change, tuple) or "comment" not in change[0]
        ]  # fmt: skip
        assert [change for change in found if change[0] in ("add_table", "add_column")] == []
        assert found == [] or all("index" in str(change[0]) for change in found)
        assert _revision(gallery.database) == newest()


def _revision(database: Database) -> str:
    return database.read(
        lambda c: c.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    )


def test_a_server_that_cannot_be_reached_is_told_without_the_password() -> None:
    with pytest.raises(PasserbyError, match="cannot be reached") as error:
        open_gallery("postgresql://ann:secret@127.0.0.1:1/town?connect_timeout=2")
    assert "secret" not in str(error.value)
    with pytest.raises(PasserbyError, match="is no URL of a database"):
        open_gallery("postgresql://ann:secret@host:port/town")


def test_a_database_without_a_gallery_is_told() -> None:
    with fresh_gallery() as gallery:
        url = gallery.database.engine.url.render_as_string(hide_password=False)
        with gallery.database.engine.begin() as connection:
            connection.execute(text("DELETE FROM model"))
        with pytest.raises(PasserbyError, match="no gallery in this database"):
            open_gallery(url)


def test_work_is_done_again_when_another_transaction_got_in_its_way() -> None:
    """Two that lock the same two rows, each the other one first: the server ends one of them."""
    from threading import Barrier, Thread

    with fresh_gallery() as gallery:
        gallery.set_camera(Camera("a"))
        gallery.set_camera(Camera("b"))
        meet, tries = Barrier(2), []

        def lock(first: str, second: str) -> None:
            def work(connection) -> None:
                tries.append(first)
                zone = text("UPDATE camera SET zone = zone || '+' WHERE name = :name")
                connection.execute(zone, {"name": first})
                if len(tries) <= 2:
                    meet.wait(30)
                connection.execute(zone, {"name": second})

            gallery.database.write(work)

        threads = [Thread(target=lock, args=pair) for pair in (("a", "b"), ("b", "a"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(tries) == 3
        assert {camera.zone for camera in gallery.cameras()} == {"++"}


def test_a_server_that_dies_in_the_middle_is_told_and_comes_back(tmp_path: Path) -> None:
    place = empty_folder(tmp_path / "g")
    with open_gallery(place) as gallery:
        number = int((place / "postgres" / "postmaster.pid").read_text().split()[0])

        def die(connection) -> None:
            os.kill(number, signal.SIGKILL)
            assert eventually(lambda: not running(place))
            with connection.connection.driver_connection.cursor().copy("COPY camera FROM STDIN"):
                pass

        with pytest.raises(PasserbyError, match="as a whole or not at all; try again"):
            gallery.database.write(die)
        assert gallery.cameras() == ()


def test_an_error_of_ours_is_no_word_to_the_user() -> None:
    with fresh_gallery() as gallery, pytest.raises(DataError):
        gallery.database.write(lambda c: c.execute(text("SELECT pg_sleep(0), 1 / 0")))


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
    if not ROOT or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk can be mounted by root alone, and not in every container")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "300M") as disk:
        place = empty_folder(disk / "g")
        with open_gallery(place) as gallery:
            gallery.set_camera(Camera("door"))
            rest = shutil.disk_usage(disk).free - 20 * 2**20
            with open(disk / "rest", "wb") as other:
                os.posix_fallocate(other.fileno(), 0, rest)
            with pytest.raises(PasserbyError, match=r"full|cannot be reached|does not start"):
                gallery.database.write(
                    lambda c: c.execute(
                        text(
                            "CREATE TABLE much AS SELECT repeat(md5(n::text), 30) AS words "
                            "FROM generate_series(1, 200000) n"
                        )
                    )
                )
            (disk / "rest").unlink()
            assert gallery.cameras() == (Camera("door"),)
            gallery.set_camera(Camera("hall"))
        with open_gallery(place) as gallery:
            assert gallery.cameras() == (Camera("door"), Camera("hall"))


def test_a_disk_that_is_only_read_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "120M") as disk:
        place = empty_folder(disk / "g")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(PasserbyError, match=r"Read-only file system.*also for searching"):
            open_gallery(place)
        with pytest.raises(PasserbyError, match=r"no gallery can be made.*Read-only"):
            create_gallery(disk / "new", MODEL)

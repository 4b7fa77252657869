"""What segments are noted to hold: what is skipped, and that nothing is ever lost by it."""

import threading
import time

import pytest
import torch
from sqlalchemy import text
from tests.gallery.crowd import embeddings, entry, fill, query, recording
from tests.gallery.servers import fresh_gallery

from passerby.gallery import adding, segments
from passerby.gallery.database import Database
from passerby.gallery.extents import may_hold
from passerby.gallery.filter import Filter
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Camera, Entry, Recording


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index for every five rows, none merged with others, and used whatever a filter admits."""
    monkeypatch.setattr(segments, "ENOUGH", 5)
    monkeypatch.setattr(segments, "GROWTH", 0)
    monkeypatch.setattr("passerby.gallery.nearest.FEW", 0)


def wanted(gallery: PostgresGallery, where: Filter) -> list[bool]:
    """Of each segment, whether a search looks into it."""

    def read(connection) -> list[bool]:
        key = connection.execute(text("SELECT key FROM model")).scalar_one()
        found = segments.segments(connection, key, may_hold(connection, where))
        return [part.wanted for part in found]

    return gallery.database.read(read)


def add_hours(gallery: PostgresGallery, name: str, camera: str, hour: int) -> None:
    """Six tracklets, one every ten minutes of that hour."""
    start = 3600.0 * hour
    film = Recording(name, camera, name, "c0", start, 3600.0, 1, 0, {})
    entries = [
        Entry(name, n, camera, start + 600 * n, start + 600 * n + 60, True, ()) for n in range(6)
    ]
    gallery.add(film, entries, embeddings(torch.full((6, 2), float(hour)), range(6)))
    assert gallery.maintain()


def found(gallery: PostgresGallery, where: Filter) -> set[str]:
    return {hit.entry.id for hit in gallery.search(query(0.0, 0.0), 99, where)[0]}


def test_segments_without_the_cameras_and_times_are_skipped() -> None:
    with fresh_gallery() as gallery:
        for hour, camera in enumerate(["door", "hall", "yard", "hall"]):
            add_hours(gallery, f"rec{hour}", camera, hour)
        fill(gallery, "rec4", [[9.0, 9.0]] * 5, camera="roof", clocked=False)
        assert gallery.maintain()
        gallery.set_camera(Camera("yard", zone="outside"))
        end_of_rec1 = 3600.0 + 3000 + 60
        for where, expected in (
            (Filter(), [1, 1, 1, 1, 1]),
            (Filter(cameras=("hall",)), [0, 1, 0, 1, 0]),
            (Filter(zones=("outside",)), [0, 0, 1, 0, 0]),
            (Filter(zones=("outside",), cameras=("hall",)), [0, 0, 0, 0, 0]),
            (Filter(not_cameras=("hall", "roof")), [1, 0, 1, 0, 0]),
            (Filter(after=end_of_rec1), [0, 1, 1, 1, 0]),
            (Filter(after=end_of_rec1 + 0.1), [0, 0, 1, 1, 0]),
            (Filter(before=3600.0), [1, 1, 0, 0, 0]),
            (Filter(before=3599.9), [1, 0, 0, 0, 0]),
            (Filter(cameras=("hall",), after=8000.0), [0, 0, 0, 1, 0]),
            (Filter(known=False), [1, 1, 1, 1, 1]),
        ):
            assert wanted(gallery, where) == [bool(one) for one in expected], where
            assert found(gallery, where) == {one.id for one in gallery.entries(where)}, where


def test_an_index_without_anything_admitted_is_not_read() -> None:
    with fresh_gallery() as gallery:
        for hour, camera in enumerate(["door", "hall"]):
            add_hours(gallery, f"rec{hour}", camera, hour)
        for _ in range(7):
            assert len(gallery.search(query(0.0, 0.0), 3, Filter(cameras=("hall",)))[0]) == 3

        def scans() -> list[int]:
            with gallery.database.engine.connect() as connection:
                counted = (
                    "SELECT idx_scan FROM pg_stat_user_indexes "
                    "WHERE indexrelname LIKE '%hnsw%' ORDER BY indexrelid"
                )
                return list(connection.execute(text(counted)).scalars())

        end = time.monotonic() + 30
        while scans()[1] < 7:  # a connection reports its own with a delay of seconds
            assert time.monotonic() < end, "the index of the camera is not used"
            time.sleep(0.2)
        assert scans() == [0, 7]


def test_who_adds_while_an_index_is_built_is_noted() -> None:
    """Rows of a transaction that had taken its keys before, and ends after the build has begun."""
    with fresh_gallery() as gallery:
        fill(gallery, "rec0", [[0.0, 0.0]])  # who adds the first ones holds up all others
        database, late = gallery.database, embeddings(torch.zeros(2, 2), range(2))
        entries = [entry("rec1", n, "late") for n in range(2)]
        new = adding.prepare(recording("rec1", "late"), entries, late, 0.0)
        with database.engine.connect() as connection, connection.begin() as transaction:
            adding.add(connection, new, "here")
            fill(gallery, "rec2", [[1.0, 1.0]] * 6)
            building = threading.Thread(target=gallery.maintain)
            building.start()
            building.join(1.0)
            assert building.is_alive()  # it waits for who is still writing
            transaction.commit()
        building.join(60.0)
        where = Filter(cameras=("late",))
        assert wanted(gallery, where) == [True]
        assert found(gallery, where) == {"rec1/0", "rec1/1"}


def test_an_earlier_gallery_is_noted_and_what_has_no_note_is_searched() -> None:
    with fresh_gallery() as gallery:
        for hour, camera in enumerate(["door", "hall"]):
            add_hours(gallery, f"rec{hour}", camera, hour)
        fill(gallery, "rec2", [[9.0, 9.0]] * 5, camera="roof", clocked=False)
        assert gallery.maintain()
        asked = (Filter(cameras=("hall",)), Filter(before=3599.0))
        noted = [wanted(gallery, where) for where in asked]
        assert noted == [[False, True, False], [True, False, False]]
        with gallery.database.engine.begin() as connection:
            connection.execute(text("UPDATE segment SET cameras = NULL, starts = NULL"))
        for where in asked:
            assert wanted(gallery, where) == [True] * 3
            assert found(gallery, where) == {one.id for one in gallery.entries(where)}
        with gallery.database.engine.begin() as connection:  # back to the step before
            for column in ("cameras", "starts", "ends"):
                connection.execute(text(f"ALTER TABLE segment DROP COLUMN {column}"))
            connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        url = gallery.database.engine.url.render_as_string(hide_password=False)
        Database.open(url).close()
        assert [wanted(gallery, where) for where in asked] == noted


def test_a_segment_of_what_is_forgotten_admits_nothing() -> None:
    with fresh_gallery() as gallery:
        add_hours(gallery, "rec0", "door", 0)
        gallery.forget(recordings=["rec0"])
        add_hours(gallery, "rec1", "hall", 1)
        assert wanted(gallery, Filter(cameras=("door",)))[-1] is False
        assert found(gallery, Filter(cameras=("door",))) == set()
        assert len(found(gallery, Filter(cameras=("hall",)))) == 6

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gallery.around import fresh_database

from passerby.gallery import pages
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.pages import PIECE, Finder, Trace, scan_files, scan_server, trace_of


@given(
    st.lists(st.binary(min_size=PIECE, max_size=PIECE), min_size=1, max_size=5, unique=True),
    st.lists(st.binary(max_size=60), max_size=5),
    st.randoms(use_true_random=False),
)
def test_finds_what_a_plain_search_finds(pieces: list[bytes], noise: list[bytes], random) -> None:
    parts = [*pieces, *noise, *pieces[:1]]
    random.shuffle(parts)
    content = b"".join(parts)
    plain = sum(
        content[place : place + PIECE] == piece for piece in pieces for place in range(len(content))
    )
    found = Finder([Trace("x", tuple(pieces))]).pieces_in(content)
    assert sum(found.values()) == plain
    assert found.keys() <= set(pieces)


def test_every_long_value_has_a_piece_in_each_chunk() -> None:
    draw = np.random.default_rng(0)
    value = draw.bytes(9000)
    trace = trace_of("pictures", [value])
    for begin in range(0, 8000, 1996):  # as PostgreSQL cuts it
        chunk = value[begin : begin + 1996]
        assert any(piece in chunk for piece in trace.pieces)


def test_what_is_short_or_empty_is_not_looked_for() -> None:
    assert trace_of("vectors", [b"", b"abc", bytes(500), b"\0\0\x80\x3f" * 50]).pieces == ()


def test_looks_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_BLOCK", 64)
    piece = bytes(range(100, 100 + PIECE))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for place in range(0, 130, 7):
        (tmp_path / "a" / f"{place}").write_bytes(bytes(place) + piece + bytes(50))
    (tmp_path / "b" / "c").write_bytes(piece)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "b" / "c")
    finder = Finder([Trace("vectors", (piece,))])
    assert scan_files(tmp_path, finder) == {piece: 20}
    assert scan_files(tmp_path, finder, leave_out="b") == {piece: 19}


def test_the_server_looks_through_its_own_files() -> None:
    value = np.random.default_rng(5).bytes(1000)
    finder = Finder([trace_of("pictures", [value])])
    with fresh_database() as database:
        assert scan_server(database.engine, finder) == {}
        with database.engine.begin() as connection:
            connection.exec_driver_sql("create table seen (value bytea)")
            connection.exec_driver_sql("insert into seen values (%s)", (value,))
        found = scan_server(database.engine, finder)
        assert found.keys() == set(finder.kinds)
        assert min(found.values()) >= 2  # in the table and in the log of changes


def test_what_all_jpegs_begin_with_is_not_looked_for() -> None:
    one, other = (
        Jpeg.of("x", np.random.default_rng(seed).integers(0, 255, (48, 24, 3), np.uint8)).encoded
        for seed in range(2)
    )
    trace = trace_of("pictures", [one])
    assert len(trace.pieces) >= 2
    assert not any(piece in other for piece in trace.pieces)

"""What is left of somebody on the disk: bytes are looked for, and pages rewritten without them.

A database that deletes a row marks it; its bytes stay on the page, in the write-ahead log, and, of
columns that were sampled, in the planner's statistics, until something is written over them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, text

PIECE = 32
"""Bytes of a vector or a picture that are looked for: enough to be nobody else's by chance."""

_PART = 700  # what is long is stored in chunks of about 2,000 bytes: a piece lies whole in each
_JPEG, _SCAN = b"\xff\xd8\xff", b"\xff\xda"
_BLOCK = 16 << 20  # bytes read at a time


@dataclass(frozen=True)
class Trace:
    """Bytes that only what is forgotten has.

    kind:   what they are of, such as "vector" or "picture"
    pieces: each of `PIECE` bytes
    """

    kind: str
    pieces: tuple[bytes, ...] = field(repr=False)


def trace_of(kind: str, stored: Iterable[bytes]) -> Trace:
    """Of values as they are stored: the bytes of vectors, the files of pictures.

    A JPEG begins with tables that many have in common; what is looked for comes after them.

    >>> len(trace_of("picture", [bytes(range(256)) * 8]).pieces)
    3
    """
    return Trace(kind, tuple(piece for value in stored for piece in _pieces(_behind_tables(value))))


def _behind_tables(stored: bytes) -> bytes:
    return stored[stored.rfind(_SCAN) + 14 :] if stored.startswith(_JPEG) else stored


def _pieces(stored: bytes) -> Iterator[bytes]:
    """One piece out of the middle of every part; short or empty ones would match all."""
    for begin in range(0, max(len(stored) - PIECE + 1, 0), _PART):
        middle = begin + max(min(_PART, len(stored) - begin) - PIECE, 0) // 2
        piece = stored[middle : middle + PIECE]
        if len(set(piece)) > 4:
            yield piece


class Finder:
    r"""Finds any of many pieces in streams of bytes, at every offset.

    >>> finder = Finder([Trace("vector", (bytes(range(32)),))])
    >>> finder.pieces_in(b"x" + bytes(range(40)))
    {b'\x00\x01...': 1}
    """

    def __init__(self, traces: Sequence[Trace]) -> None:
        self.kinds = {piece: trace.kind for trace in traces for piece in trace.pieces}
        # Most places are ruled out by two bytes, looked up in a table that fits the cache.
        self._first = np.zeros(1 << 16, dtype=bool)
        self._first[[int.from_bytes(piece[:2], "little") for piece in self.kinds]] = True

    def pieces_in(self, content: bytes) -> dict[bytes, int]:
        """The pieces that are in there, and how often."""
        found: dict[bytes, int] = {}
        for offset in range(2):
            usable = (len(content) - offset) // 2 * 2
            pairs = np.frombuffer(content, dtype="<u2", count=usable // 2, offset=offset)
            for place in (np.flatnonzero(self._first[pairs]) * 2 + offset).tolist():
                piece = content[place : place + PIECE]
                if piece in self.kinds:
                    found[piece] = found.get(piece, 0) + 1
        return found


def scan_files(folder: Path, finder: Finder, leave_out: str = "") -> dict[bytes, int]:
    """Pieces, and how often, in the files below a folder, but for its folder `leave_out`."""
    found: dict[bytes, int] = {}
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder).parts[0] == leave_out
        if inside or not file.is_file() or file.is_symlink():
            continue
        try:
            with open(file, "rb") as opened:
                _count(iter(lambda opened=opened: opened.read(_BLOCK), b""), finder, found)
        except FileNotFoundError:  # the server has removed it since it was listed
            continue
    return found


def scan_server(engine: Engine, finder: Finder) -> dict[bytes, int]:
    """Pieces, and how often, in the files of a database and in the server's log of changes.

    The server reads them itself, all of its data folder but for other databases; what is in memory
    is written out first. Raises sqlalchemy's ProgrammingError for whoever is no
    superuser there.
    """
    found: dict[bytes, int] = {}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("checkpoint"))
        own = connection.execute(
            text("select oid::text from pg_database where datname = current_database()")
        ).scalar_one()
        for file in _server_files(connection, ".", own):
            _count(_server_blocks(connection, file), finder, found)
    return found


def _server_files(connection: Connection, folder: str, own: str) -> Iterator[str]:
    """Files below a folder, without those of databases other than `own`, and without sockets."""
    listing = text("select pg_ls_dir(:folder, true, false) as name order by 1")
    for name in connection.execute(listing, {"folder": folder}).scalars().all():
        about = text("select isdir from pg_stat_file(:path, true)")
        path = f"{folder}/{name}"
        if name.startswith(".s.PGSQL") or (folder == "./base" and name.isdigit() and name != own):
            continue
        is_folder = connection.execute(about, {"path": path}).scalar()
        if is_folder:
            yield from _server_files(connection, path, own)
        elif is_folder is not None:  # None: gone since it was listed
            yield path


def _server_blocks(connection: Connection, file: str) -> Iterator[bytes]:
    read = text("select pg_read_binary_file(:file, :begin, :length, true)")
    begin = 0
    while block := connection.execute(
        read, {"file": file, "begin": begin, "length": _BLOCK}
    ).scalar():
        yield bytes(block)
        begin += len(block)


def _count(blocks: Iterator[bytes], finder: Finder, found: dict[bytes, int]) -> None:
    rest = b""
    for block in blocks:
        content = rest + block
        for piece, count in finder.pieces_in(content).items():
            found[piece] = found.get(piece, 0) + count
        rest = content[-(PIECE - 1) :]  # a piece may lie across two blocks

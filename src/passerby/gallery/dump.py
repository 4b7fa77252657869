"""Backups by PostgreSQL's own programs: consistent while the gallery is in use."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, text

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.gallery.cluster import programs
from passerby.gallery.database import Database
from passerby.gallery.migrate import SCHEMA

_MARK = b"\npasserby-backup-1 sha256 "  # behind the dump, where pg_restore does not look
_TAIL = len(_MARK) + 64


def program(name: str) -> str:
    """The path of a PostgreSQL program: the one that comes with the extra `gallery`, else the
    system's. Raises PasserbyError when there is none.
    """
    try:
        return str(programs() / name)
    except PasserbyError:
        if found := shutil.which(name):
            return found
        raise


def dump(database: Database, file: Path) -> Path:
    """Write a whole gallery into one compressed file, its owner's only, in one step.

    It shows one moment, while others read and write. Raises PasserbyError when that fails; then
    there is no file.
    """

    def write(to: Path) -> None:
        to.touch(mode=0o600)
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={SCHEMA}"]
        options.append("--extension=vector")
        _run("pg_dump", [*options, f"--file={to}"], database)
        with open(to, "ab") as file:
            file.write(_MARK + _digest(to, to.stat().st_size).encode())

    return write_atomically(file, write)


def load(file: Path, database: Database) -> None:
    """Put what `dump` wrote in place of an empty gallery, as a whole or not at all.

    Raises PasserbyError when the file is none of ours, or is damaged.
    """
    _require_whole(file)
    clear(database)
    # Comments: only its owner may comment on the extension, who need not be us.
    options = ["--no-owner", "--no-privileges", "--no-comments", "--single-transaction"]
    options.append("--exit-on-error")
    _run("pg_restore", [*options, str(file)], database)
    database.engine.dispose()


def _require_whole(file: Path) -> None:
    """Raise PasserbyError unless a backup is as it was written."""
    length = file.stat().st_size - _TAIL
    tail = b""
    if length > 0:
        with open(file, "rb") as opened:
            opened.seek(length)
            tail = opened.read()
    if not tail.startswith(_MARK):
        raise PasserbyError(
            f"{file} is no backup of a gallery, or its end is missing; copy it again. Nothing was "
            "restored"
        )
    if _digest(file, length).encode() != tail[len(_MARK) :]:
        raise PasserbyError(
            f"the backup {file} is not what was written (its SHA-256 differs); copy it again, or "
            "take another one. Nothing was restored"
        )


def _digest(file: Path, length: int) -> str:
    """SHA-256 of the first bytes of a file, in hexadecimal."""
    found = hashlib.sha256()
    with open(file, "rb") as opened:
        while length > 0 and (block := opened.read(min(length, 1 << 20))):
            found.update(block)
            length -= len(block)
    return found.hexdigest()


def clear(database: Database) -> None:
    """Remove a gallery's tables and all that is in them."""
    with database.engine.begin() as connection:
        connection.execute(text(f"drop schema {SCHEMA} cascade"))
    database.engine.dispose()


def _run(name: str, options: list[str], database: Database) -> None:
    url = database.engine.url
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    where = f"--dbname={plain.render_as_string(hide_password=False)}"
    # The password travels in the environment: arguments are seen by everybody on the machine.
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        [program(name), where, *options],
        env={**os.environ, "PGOPTIONS": "", **secret},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.split())
        raise PasserbyError(f"{name} failed: {said[:2000] or 'it did not say why'}")

"""Fresh databases for tests, all on one embedded server."""

import atexit
import itertools
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text

from passerby.gallery.database import Database

_numbers = itertools.count()


@cache
def _server() -> Database:
    folder = Path(tempfile.mkdtemp(prefix="passerby-"))
    folder.chmod(0o755)
    # The lists of the forgotten of these databases are nobody's business outside of the tests.
    os.environ.setdefault("PASSERBY_STATE", str(folder / "state"))
    database = Database.open(folder / "server", create=True)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(database.close)
    return database


def fresh_url(template: str = "template1") -> str:
    """The URL of a new database: empty, or a copy of `template`."""
    name = f"test_{next(_numbers)}"
    server = _server()
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"create database {name} template {template}"))
    return _url(name)


@cache
def _prepared() -> str:
    """A database with a gallery's tables, to be copied: faster than making them each time."""
    url = fresh_url()
    Database.open(url, create=True).close()
    return url.split("@/")[1].split("?")[0]


def fresh_database() -> Database:
    """A new database with a gallery's tables, and nothing in them but an identity of its own."""
    database = Database.open(fresh_url(_prepared()), create=True)
    with database.engine.begin() as connection:
        connection.execute(
            text("update identity set id = replace(gen_random_uuid()::text, '-', '')")
        )
    return database


def _url(name: str) -> str:
    host = quote(str(_server().engine.url.query["host"]), safe="")
    # Nothing here must survive a power cut, and every commit would wait for the disk.
    options = quote("-c synchronous_commit=off")
    return f"postgresql://passerby@/{name}?host={host}&options={options}"

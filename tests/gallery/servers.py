"""Galleries for tests, each in a database of its own on one embedded server, or in a folder."""

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import text
from tests.gallery.around import _server, fresh_database

from passerby.gallery.database import Database
from passerby.gallery.models import first_model
from passerby.gallery.opening import create_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Model

MODEL = Model("toy", "aa" * 32)


@contextmanager
def fresh_gallery(model: Model = MODEL) -> Iterator[PostgresGallery]:
    """An empty gallery in a new database, which is gone afterwards."""
    database = fresh_database()
    name = database.engine.url.database
    database.write(lambda connection: first_model(connection, model))
    gallery = PostgresGallery(database)
    try:
        yield gallery
    finally:
        gallery.close()
        server = _server().engine.execution_options(isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def url_of(gallery: PostgresGallery) -> str:
    """What another process opens the gallery of `fresh_gallery` by."""
    return gallery.database.engine.url.render_as_string(hide_password=False)


@cache
def _made() -> Path:
    """The folder of an empty gallery of `MODEL`, whose server does not run."""
    folder = Path(tempfile.mkdtemp(prefix="passerby-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    create_gallery(folder / "made", MODEL).close()
    return folder / "made"


def empty_folder(place: Path) -> Path:
    """An empty gallery's folder at `place`: copied, which is faster than making one."""
    subprocess.run(["cp", "-a", str(_made()), str(place)], check=True)
    return place


__all__ = ["MODEL", "Database", "empty_folder", "fresh_gallery", "url_of"]

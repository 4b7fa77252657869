"""`Database`: the PostgreSQL that keeps a gallery, embedded or anybody's."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from passerby.core.errors import PasserbyError
from passerby.gallery.embedded import EmbeddedServer
from passerby.gallery.engines import connect
from passerby.gallery.extras import require
from passerby.gallery.migrate import migrate
from passerby.gallery.places import is_url, local_url, require_gallery, server_url, without_password

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

Result = TypeVar("Result")

_ATTEMPTS = 8
_PAUSE = 0.1  # seconds that a server may need to mend itself, doubled each time
_AGAIN = {"40001", "40P01"}  # serialization failure, deadlock: the server asks to try again


class Database:
    """An open database; use `open`. It is a context manager that closes itself.

    engine: SQLAlchemy's; its connections look into the schema `passerby` first
    place:  the folder or URL, without a password, for messages

    It may be used by many threads, and by processes that were forked off after it was opened.
    """

    def __init__(self, engine: "Engine", place: str, server: EmbeddedServer | None) -> None:
        self.engine = engine
        self.place = place
        self.server = server

    @classmethod
    def open(cls, place: Path | str, *, create: bool = False) -> "Database":
        """The database of a gallery's folder, or at a URL; it is brought up to date first.

        place:  a folder, whose server is started if it does not run yet; or
                postgresql://USER:PASSWORD@HOST/NAME
        create: make a gallery's folder if there is none

        Raises PasserbyError when there is no gallery, it cannot be used, or it is newer than this
        version of Passerby.
        """
        for module in ("sqlalchemy", "psycopg", "pgvector"):
            require(module)
        if is_url(place):
            return cls._opened(server_url(str(place)), without_password(str(place)), None)
        folder = Path(place).absolute()
        require_gallery(folder, create)
        server = EmbeddedServer(folder, create=create)
        return cls._opened(local_url(server.socket), str(place), server)

    @classmethod
    def _opened(cls, url: "URL", place: str, server: EmbeddedServer | None) -> "Database":
        database = cls(connect(url), place, server)
        try:
            try:
                changed = migrate(database.engine, place)
            except Exception as error:
                database.explain(error)
                raise
            if changed:  # connections learn the type of vectors when they are made
                database.engine.dispose()
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Let go of it; an embedded server stops with its last user."""
        self.engine.dispose()
        if self.server is not None:
            self.server.release()
            self.server = None

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, work: "Callable[[Connection], Result]") -> Result:
        """Do `work` in one transaction; it is on disk when this returns, or nothing has changed.

        `work` is done again when another transaction got in its way.
        Raises PasserbyError when the disk is full, the server is gone, or it may not be written to.
        """
        return self._run(work, {})

    def read(self, work: "Callable[[Connection], Result]") -> Result:
        """Do `work`, which sees the database as it is at one moment and changes nothing."""
        return self._run(work, {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})

    def _run(self, work: "Callable[[Connection], Result]", options: dict[str, Any]) -> Result:
        import psycopg  # COPY and searches speak to it directly, past SQLAlchemy
        from sqlalchemy.exc import DBAPIError

        for attempt in range(_ATTEMPTS):
            started = False
            try:
                connecting = self.engine.connect().execution_options(**options)
                with connecting as connection, connection.begin():
                    started = True
                    return work(connection)
            except (DBAPIError, psycopg.Error) as error:
                last = attempt == _ATTEMPTS - 1
                if _state(error) in _AGAIN and not last:
                    continue
                if not started and self.server is not None and not last:
                    self.server.ensure()  # somebody has killed it, or it mends itself
                    time.sleep(_PAUSE * 2**attempt)
                    continue
                self.explain(error)
                raise
        raise AssertionError("the last attempt returns or raises")

    def explain(self, error: Exception) -> None:
        """Raise PasserbyError if `error` is something that the user can mend."""
        import psycopg
        from sqlalchemy.exc import DBAPIError

        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, psycopg.Error):
            return
        state = cause.sqlstate
        said = (str(cause).strip() or "no reason").splitlines()[0]
        if state in ("53100", "58030"):  # disk full, input/output error
            raise PasserbyError(
                f"the disk of the gallery {self.place} is full or broken: {said}. Nothing was "
                "changed; free some space and try again"
            ) from error
        if state in ("25006", "42501"):  # read only, not permitted
            raise PasserbyError(
                f"the gallery {self.place} may not be written to: {said}; use a database user who "
                "may, on the primary server"
            ) from error
        lost = state is None and isinstance(cause, psycopg.OperationalError)
        if lost or (state or "")[:2] in ("08", "57", "28", "3D"):
            raise PasserbyError(
                f"the database of the gallery {self.place} cannot be reached: {said}. What was "
                "being written is there as a whole or not at all; try again"
            ) from error


def _state(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", error), "sqlstate", None)


__all__ = ["Database", "is_url"]

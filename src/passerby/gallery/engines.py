"""Connections to the database."""

import contextlib
import os
import weakref
from typing import TYPE_CHECKING, Any

from passerby.gallery.migrate import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine


def connect(url: "URL") -> "Engine":
    """An engine whose connections look into our schema first and know the type of vectors.

    Nothing is connected to yet.
    """
    from sqlalchemy import create_engine, event

    given = url.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)}"
    engine = create_engine(
        url.difference_update_query(["options"]),
        connect_args={
            "options": f"{options} -c search_path={SCHEMA},public,extensions".strip(),
            "application_name": "passerby",
        },
        pool_pre_ping=True,
        hide_parameters=True,  # no vector and no name of a person in a traceback
        pool_size=8,
        max_overflow=24,
    )
    event.listen(engine, "connect", _learn_vectors)
    _forked(engine)
    return engine


def _learn_vectors(connection: Any, _: object) -> None:
    """Teach a new connection the type of vectors, unless the database does not know it yet."""
    import psycopg
    from pgvector.psycopg import register_vector

    with contextlib.suppress(psycopg.ProgrammingError):
        register_vector(connection)
    connection.rollback()


def _forked(engine: "Engine") -> None:
    """A forked process leaves its parent's connections alone and makes its own."""
    held = weakref.ref(engine)

    def let_go() -> None:
        if (mine := held()) is not None:
            mine.dispose(close=False)

    os.register_at_fork(after_in_child=let_go)

"""Rewriting a database's files, so that what was deleted is not on the disk either."""

import time

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

PATIENCE = 60.0
"""Seconds to try for each table that others are reading."""

_WAIT = 2  # seconds: whoever comes later waits behind us, so no longer at a time
_CATALOGUES = ("pg_catalog.pg_statistic",)  # samples of columns
_LOCKED = "55P03"
_KEPT = ("audit_record", "audit_subject")  # nothing is ever deleted there, and they grow


def scrub(engine: Engine) -> tuple[str, ...]:
    """Rewrite all tables that rows are deleted from, their indexes, statistics and the log.

    Each table is locked while it is rewritten, and its HNSW index is built anew: as long as the
    first time. Nothing is lost by an interruption; run it again.

    Returns what could not be done, in words: tables that others were reading for `PATIENCE`, such
    as a backup; the planner's statistics and the write-ahead log, where the user is no superuser.
    """
    undone: list[str] = []
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"set lock_timeout = '{_WAIT}s'"))
        try:
            for table in (*_tables(connection), *_CATALOGUES):
                if table in _CATALOGUES and not _is_superuser(connection):
                    continue
                if not _rewrite(connection, table):
                    undone.append(
                        f"table {table}, which others were reading for {PATIENCE:.0f} seconds"
                    )
            if _is_superuser(connection):
                _renew_log(connection)
            else:
                undone.append(
                    "the planner's statistics and the write-ahead log, which may hold bytes of "
                    "what was deleted until they are written over: only a superuser of the server "
                    "can rewrite them"
                )
        finally:  # the connection goes back to the pool
            connection.execute(text("reset lock_timeout"))
    return tuple(undone)


def _is_superuser(connection: Connection) -> bool:
    return connection.execute(text("select current_setting('is_superuser')")).scalar() == "on"


def _rewrite(connection: Connection, table: str) -> bool:
    """Rewrite a table as soon as nobody reads it; False if somebody does so for too long."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute(text(f"vacuum (full, analyze) {table}"))
            return True
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCKED:
                raise
        if time.monotonic() > end:
            return False
        time.sleep(0.5)


def _tables(connection: Connection) -> list[str]:
    """The tables of the gallery, quoted as SQL wants it."""
    tables = text(
        "select c.oid::regclass::text from pg_class c"
        " where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'"
        " and c.relname <> all(:kept) order by c.relname"
    )
    return list(connection.execute(tables, {"kept": list(_KEPT)}).scalars())


def _renew_log(connection: Connection) -> None:
    """Have the server remove the old files of its write-ahead log instead of using them again."""
    recycles = connection.execute(text("show wal_recycle")).scalar() == "on"
    if recycles:  # our own server never does
        connection.execute(text("alter system set wal_recycle = off"))
        connection.execute(text("select pg_reload_conf()"))
    try:
        for _ in range(3):
            if recycles:
                time.sleep(0.3)  # the checkpointer learns of the setting by a signal
            connection.execute(text("select pg_switch_wal()"))
            connection.execute(text("checkpoint"))
    finally:
        if recycles:
            connection.execute(text("alter system reset wal_recycle"))
            connection.execute(text("select pg_reload_conf()"))

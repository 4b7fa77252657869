"""Segments: ranges of a model's rows that have an index, built in bulk and merged as they grow.

To put a row into an index that stands costs several times what it costs when the index is built,
so rows are added without one. `maintain` builds an index over the rows that are fresh when enough
are, and replaces the indexes of segments that have become small beside their neighbours by one:
there are few of them, and every row is built into one a few times in its life. No segment grows
beyond `MOST` rows: the more rows an index holds, the further a search must look to miss as little,
and pgvector sets that a limit. An index is built while others read and write.
"""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, true

from passerby.gallery.database import Database
from passerby.gallery.extents import extent
from passerby.gallery.purge import purge
from passerby.gallery.tables import feature_table, model, segment

if TYPE_CHECKING:
    from collections.abc import Sequence

ENOUGH = 10_000
"""Fresh rows that are worth an index: fewer are compared one by one in some milliseconds."""

GROWTH = 4
"""A segment is merged with the one before it if that is not so many times larger."""

MOST = 250_000
"""Rows of the largest segment, in which an effort of 632 finds 99 of 100 (see docs/results.md)."""

INDEXED = 4000
"""Dimensions that an index can hold; features with more are compared one by one."""

LINKS, BREADTH = 32, 64
"""HNSW's m and ef_construction; more links find more, and more breadth hardly anything."""


@dataclass(frozen=True)
class Segment:
    """Rows with keys from `first` to `last` that have an index.

    wanted: whether some of them may be; if not, a search need not look at them
    """

    first: int
    last: int
    wanted: bool = True


def segments(
    connection: Connection, key: int, wanted: ColumnElement[bool] | None = None
) -> tuple[Segment, ...]:
    """The segments of the model with that key, in order; rows behind the last are fresh.

    wanted: see `extents.may_hold`; None: all are
    """
    rows = connection.execute(
        select(segment.c.first, segment.c.last, true() if wanted is None else wanted)
        .where(segment.c.model == key)
        .order_by(segment.c.first)
    )
    return tuple(Segment(first, last, some) for first, last, some in rows)


def plan(sizes: "Sequence[int]", fresh: int) -> int | None:
    """How many of the last segments the new one takes in, besides the fresh rows; None: no need.

    sizes: rows of the segments, in order
    fresh: rows behind them; of more than `MOST` the new segment takes the first ones

    >>> plan([], 9_999), plan([], 10_000), plan([100_000], 10_000), plan([200_000, 20_000], 10_000)
    (None, 0, 0, 1)
    >>> plan([150_000], 50_000), plan([150_000], 110_000)
    (1, 0)
    """
    if fresh < ENOUGH:
        return None
    taken, rows = 0, fresh
    while (
        taken < len(sizes)
        and sizes[-1 - taken] < GROWTH * rows
        and sizes[-1 - taken] + rows <= MOST
    ):
        rows += sizes[-1 - taken]
        taken += 1
    return taken


def maintain(database: Database, key: int) -> bool:
    """Build all that is due for the model with that key; whether anything was.

    Of several processes one builds, and the others return at once. One that is killed leaves an
    index that is of no use, which the next one removes.
    Raises PasserbyError when the disk is full or the server is gone.
    """
    from sqlalchemy.exc import DBAPIError

    try:
        with database.engine.connect() as opened:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # a session of its own, whose lock and settings end with it
            lock = f"SELECT pg_try_advisory_lock({_LOCK}, {int(key)})"
            built = False
            if connection.exec_driver_sql(lock).scalar():
                while _build(database, connection, key):
                    built = True
    except DBAPIError as error:
        database.explain(error)
        raise
    if built:
        purge(database)  # others have left that to us while the table was locked
    return built


_LOCK = 0x7365676D


def _build(database: Database, connection: Connection, key: int) -> bool:
    held = connection.execute(select(model.c.dimensions).where(model.c.key == key)).scalar()
    if held is None or held > INDEXED:
        return False
    table = feature_table(key)
    parts = segments(connection, key)
    _sweep(connection, table, parts)
    behind = parts[-1].last if parts else 0
    fresh, newest = connection.exec_driver_sql(
        f"SELECT count(*), max(key) FROM {table} WHERE key > {behind}"
    ).one()
    sizes = [
        connection.exec_driver_sql(
            f"SELECT count(*) FROM {table} WHERE key BETWEEN {part.first} AND {part.last}"
        ).scalar_one()
        for part in parts
    ]
    taken = plan(sizes, fresh)
    if taken is None:
        return False
    merged = parts[len(parts) - taken :]
    if fresh > MOST:
        fresh, newest = MOST, _nth(connection, table, behind, MOST)
    new = Segment(merged[0].first if merged else behind + 1, newest)
    for setting, value in _means(held, fresh + sum(sizes[len(parts) - taken :])).items():
        connection.exec_driver_sql(f"SET {setting} = {value}")
    connection.exec_driver_sql(
        f"CREATE INDEX CONCURRENTLY {_name(table, new)} ON passerby.{table} "
        f"USING hnsw (half halfvec_l2_ops) WITH (m = {LINKS}, ef_construction = {BREADTH}) "
        f"WHERE key BETWEEN {new.first} AND {new.last}"
    )
    connection.exec_driver_sql(f"ANALYZE passerby.{table}, passerby.tracklet")
    # Whoever had taken a key of the new segment has ended before its index stood.
    database.write(lambda change: _replace(change, key, merged, new))
    for part in merged:
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY passerby.{_name(table, part)}")
    return True


def _nth(connection: Connection, table: str, behind: int, count: int) -> int:
    """The key of the row that is `count` rows behind the one with that key."""
    return connection.exec_driver_sql(
        f"SELECT key FROM {table} WHERE key > {behind} ORDER BY key OFFSET {count - 1} LIMIT 1"
    ).scalar_one()


def _replace(connection: Connection, key: int, old: "Sequence[Segment]", new: Segment) -> None:
    """Put one segment in the place of others, so that a search sees these or that."""
    for part in old:
        connection.execute(
            delete(segment).where(segment.c.model == key, segment.c.first == part.first)
        )
    holds = extent(connection, feature_table(key), new.first, new.last)
    connection.execute(insert(segment).values(model=key, first=new.first, last=new.last, **holds))


def _sweep(connection: Connection, table: str, parts: "Sequence[Segment]") -> None:
    """Remove indexes that no segment stands for: of processes that were killed."""
    held = {_name(table, part) for part in parts}
    found = connection.exec_driver_sql(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'passerby' "
        f"AND starts_with(indexname, '{table}_hnsw_')"
    )
    for name in found.scalars().all():
        if name not in held:
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY passerby.{name}")


def _name(table: str, part: Segment) -> str:
    return f"{table}_hnsw_{part.first}_{part.last}"


def _means(dimensions: int, rows: int) -> dict[str, Any]:
    """Memory for the whole index, if a quarter of the machine's is enough, and its processors."""
    wanted = rows * (2 * dimensions + 700) * 5 // 4 >> 20
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return {
        "maintenance_work_mem": f"'{max(64, min(wanted, memory // 4))}MB'",
        "max_parallel_maintenance_workers": min(7, (os.cpu_count() or 1) - 1),
    }

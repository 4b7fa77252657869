"""What a segment holds, noted with it, so that a search need not look where nothing is admitted.

The note is taken when the segment's index stands, and may say too much later, never too little:
rows that are added afterwards have higher keys, a tracklet's camera and times do not change, and
forgetting only takes away.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, cast, false, func, not_, or_, true
from sqlalchemy.dialects.postgresql import ARRAY

from passerby.gallery.conditions import watching
from passerby.gallery.filter import Filter
from passerby.gallery.tables import segment


def extent(connection: Connection, table: str, first: int, last: int) -> dict[str, Any]:
    """The cameras, and the time from `starts` to `ends` by the clock, of rows of `table`.

    first, last: the rows' keys, both included; the times are None where nothing has a clock
    """
    found = connection.exec_driver_sql(
        "SELECT coalesce(array_agg(DISTINCT t.camera), '{}') AS cameras, "
        "min(t.starts) FILTER (WHERE t.clocked) AS starts, "
        "max(t.ends) FILTER (WHERE t.clocked) AS ends "
        f"FROM passerby.{table} f JOIN passerby.tracklet t ON t.key = f.tracklet "
        f"WHERE f.key BETWEEN {int(first)} AND {int(last)}"
    )
    return dict(found.mappings().one())


def may_hold(connection: Connection, where: Filter) -> ColumnElement[bool]:
    """Of `segment`: whether it may hold anything that `where` admits, by its cameras and times.

    A segment without a note, by an earlier version of Passerby, may hold anything.
    Raises PasserbyError when a camera is unknown.
    """
    found: list[ColumnElement[bool]] = []
    only, away = watching(connection, where)
    if only is not None:
        found.append(segment.c.cameras.overlap(_numbers(only)))
    if away:
        found.append(not_(segment.c.cameras.contained_by(_numbers(away))))
    if where.after is not None:
        found.append(segment.c.ends >= where.after)
    if where.before is not None:
        found.append(segment.c.starts <= where.before)
    if not found:
        return true()
    return or_(segment.c.cameras.is_(None), func.coalesce(and_(*found), false()))


def _numbers(keys: set[int]) -> ColumnElement[Any]:
    return cast(sorted(keys), ARRAY(Integer))

"""Searching the database: approximate where that is faster, exact in the end.

A model's rows are in segments with an index each (see `segments`), and behind the last one are the
fresh rows, which have none and are compared one by one. Candidates are found by halves and then
put in order by the float32 features. Segments that hold nothing which a filter admits are left out
(see `extents`), and where it admits few tracklets beside the indexes that are left, none of them is
searched: those few are compared one by one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pgvector import HalfVector, Vector
from sqlalchemy import ColumnElement, Connection, Select, select, text
from sqlalchemy.dialects import postgresql

from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.gallery.few import admits_few, compare
from passerby.gallery.halves import halves
from passerby.gallery.models import HeldModel
from passerby.gallery.segments import Segment, segments
from passerby.gallery.tables import feature_table, tracklet

FEW = 12_000
"""So many tracklets for each index are compared one by one sooner than the indexes find them."""
MANY = 8
"""So many queries are worth reading features for, to compare them here: see `few`."""
MOST_EFFORT = 1000  # pgvector's limit


@dataclass(frozen=True)
class Search:
    """What is searched.

    table: of the features; metric: how they compare
    parts: the segments that may hold something admitted
    behind: the last key of all segments; what is behind it is fresh
    admitted: SQL that gives the keys of tracklets that may be found; "" if all may
    admits: SQL that holds of a row `f` whose tracklet may be found
    exact: look at all rows whose tracklets may be found
    """

    table: str
    metric: Metric
    parts: tuple[Segment, ...]
    behind: int
    admitted: str
    admits: str
    exact: bool


def search(
    connection: Connection,
    held: HeldModel,
    queries: np.ndarray,
    k: int,
    where: Sequence[ColumnElement[bool]],
    within: ColumnElement[bool],
) -> list[list[tuple[int, float]]]:
    """For each of `queries` (Q, D) the nearest k tracklets' keys and distances, nearest first.

    where:  what must hold of a tracklet, all at once
    within: what holds of every segment that has such tracklets, see `extents.may_hold`
    Raises PasserbyError when D is not that of the model's features.
    """
    if held.dimensions is None or k < 1:
        return [[] for _ in queries]
    if queries.shape[1] != held.dimensions:
        raise PasserbyError(
            f"the query has {queries.shape[1]} numbers, and features of {held.model.name!r} have "
            f"{held.dimensions}; they are not of one model"
        )
    every = segments(connection, held.key, within)
    parts = tuple(part for part in every if part.wanted)
    exact = not parts or (bool(where) and admits_few(connection, where, FEW * len(parts)))
    table = feature_table(held.key)
    if exact and where and len(queries) >= MANY:
        return compare(connection, table, held.model.metric, where, queries, k)
    owner = text("tracklet.key = f.tracklet")
    plan = Search(
        table=table,
        metric=held.model.metric,
        parts=parts,
        behind=every[-1].last if every else 0,
        admitted=_sql(select(tracklet.c.key).where(*where)) if where else "",
        admits=f"EXISTS ({_sql(select(tracklet.c.key).where(*where, owner))})" if where else "true",
        exact=exact,
    )
    half = halves(queries, held.model.metric, held.scale)
    return [
        _nearest(connection, plan, HalfVector(half[row]), Vector(queries[row]), k)
        for row in range(len(queries))
    ]


def _nearest(
    connection: Connection, plan: Search, half: HalfVector, query: Vector, k: int
) -> list[tuple[int, float]]:
    """One query's tracklets and distances."""
    wanted = 2 * k + 32  # candidates: halves are a little wrong, and a tracklet may have many rows
    while True:
        if not plan.exact:
            _tune(connection, max(wanted, effort(plan.parts)))
        rows = _driver(connection).execute(
            _statement(plan, wanted, k), {"half": half, "query": query}, binary=True
        ).fetchall()  # fmt: skip
        found = [(key, distance) for key, distance, _ in rows]
        candidates = rows[0][2] if rows else 0
        if len(found) >= k:
            return found
        if candidates >= wanted:
            wanted *= 4  # tracklets with many rows have taken all places
        elif plan.exact:
            return found
        else:  # the index gave up: what the filter admits is too far away
            plan = replace(plan, exact=True)


def _statement(plan: Search, wanted: int, k: int) -> str:
    """The nearest candidates of every part, then their exact distances."""
    sign = {"cosine": "<=>", "euclidean": "<->"}[plan.metric]
    if plan.exact:
        # An expression that no index knows: all rows are looked at.
        candidates = _part(plan, "", "(f.half <-> %(half)s) + 0", wanted)
    else:
        ranges = [f"f.key BETWEEN {part.first} AND {part.last}" for part in plan.parts]
        fresh = f"f.key > {plan.behind}"
        candidates = " UNION ALL ".join(
            [
                *(_part(plan, span, "f.half <-> %(half)s", wanted) for span in ranges),
                _part(plan, fresh, "(f.half <-> %(half)s) + 0", wanted),
            ]
        )
    return (
        f"WITH near AS MATERIALIZED ({candidates}), "
        f"best AS (SELECT key FROM near ORDER BY approximate LIMIT {wanted}) "
        "SELECT f.tracklet, min(coalesce(nullif(d, 'NaN'), 1)) AS distance, "
        "(SELECT count(*) FROM best) "
        f"FROM best JOIN {plan.table} f USING (key), "
        f"LATERAL (SELECT f.feature {sign} %(query)s AS d) AS measured "
        f"GROUP BY f.tracklet ORDER BY distance, f.tracklet LIMIT {k}"
    )


def _part(plan: Search, span: str, order: str, wanted: int) -> str:
    """The candidates among the rows of `span`."""
    if plan.exact and plan.admitted:  # from the few tracklets to their rows
        source = f"({plan.admitted}) few JOIN {plan.table} f ON f.tracklet = few.key"
    elif plan.exact:
        source = f"{plan.table} f"
    else:
        source = f"{plan.table} f WHERE {span} AND {plan.admits}"
    return (
        f"(SELECT f.key, f.half <-> %(half)s AS approximate FROM {source} "
        f"ORDER BY {order} LIMIT {wanted})"
    )


def effort(parts: Sequence[Segment]) -> int:
    """How many candidates an index keeps in view (ef_search): more is slower and misses less.

    The more rows there are, the more stand in the way of the nearest.

    >>> effort([Segment(1, 20_000)]), effort([Segment(1, 1_000_000)])
    (179, 1000)
    """
    rows = max(part.last - part.first + 1 for part in parts)
    return min(round(40 * math.sqrt(max(rows / 1000, 1))), MOST_EFFORT)


def _tune(connection: Connection, wanted: int) -> None:
    """Have the planner take the indexes, and have them go on until enough rows are found."""
    settings = {
        "hnsw.ef_search": min(wanted, MOST_EFFORT),
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.scan_mem_multiplier": 4,
        "enable_sort": "off",
        "enable_seqscan": "off",
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        "enable_material": "off",
    }
    chosen = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
    _driver(connection).execute(f"SELECT {chosen}")


def _sql(wanted: Select) -> str:
    """A query as text with its values in it: keys, times and words of ours, no text of a user's."""
    dialect = postgresql.dialect()
    compiled = wanted.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return str(compiled).replace("%", "%%")


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection

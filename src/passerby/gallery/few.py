"""Filters that admit few tracklets: counted, and compared with many queries at once.

For one query the database compares; for many it would look at the same rows again and again, and so
they are read once, in parts, and compared here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select

from passerby.core.distances import Metric
from passerby.gallery.tables import tracklet

AT_ONCE = 2000
"""Tracklets whose features are in memory at once."""


def admits_few(connection: Connection, where: Sequence[ColumnElement[bool]], most: int) -> bool:
    """Whether a filter admits `most` tracklets or fewer; they are counted no further than that."""
    some = select(tracklet.c.key).where(*where).limit(most + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= most


def compare(
    connection: Connection,
    table: str,
    metric: Metric,
    where: Sequence[ColumnElement[bool]],
    queries: np.ndarray,
    k: int,
) -> list[list[tuple[int, float]]]:
    """For each of `queries` (Q, D) the nearest k tracklets' keys and distances, nearest first.

    table: of the features; where: what must hold of a tracklet, all at once
    """
    asked = queries.astype(np.float64)
    best: list[list[tuple[float, int]]] = [[] for _ in asked]
    for owners, features in _read(connection, table, where):
        starts = np.flatnonzero(np.diff(owners, prepend=-1))  # of each tracklet's rows
        rough = np.minimum.reduceat(_order(asked, features, metric), starts, axis=1)  # (Q, T)
        ends = [*starts[1:].tolist(), len(owners)]
        for at, one in enumerate(asked):
            near = range(len(starts))
            if len(starts) > k:  # a few more: what is rough may be wrong in its last digits
                wanted = min(k + 16, len(starts))
                near = np.argpartition(rough[at], wanted - 1)[:wanted].tolist()
            rows = [row for place in near for row in range(starts[place], ends[place])]
            far = _distances(one, features[rows], metric)
            found = dict.fromkeys((int(owners[starts[place]]) for place in near), np.inf)
            for row, distance in zip(rows, far.tolist(), strict=True):
                found[int(owners[row])] = min(found[int(owners[row])], distance)
            best[at] = sorted([*best[at], *((d, key) for key, d in found.items())])[:k]
    return [[(key, distance) for distance, key in found] for found in best]


def _read(
    connection: Connection, table: str, where: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The admitted tracklets' keys (R,) int64, rising, and features (R, D) float64, in parts."""
    driver: Any = connection.connection.driver_connection
    chosen = select(tracklet.c.key).where(*where).order_by(tracklet.c.key)
    keys = connection.execute(chosen).scalars().all()
    for first in range(0, len(keys), AT_ONCE):
        rows = driver.execute(
            f"SELECT tracklet, feature FROM {table} WHERE tracklet = ANY(%s) ORDER BY tracklet",
            [list(keys[first : first + AT_ONCE])], binary=True,
        ).fetchall()  # fmt: skip
        if rows:
            owners = np.array([owner for owner, _ in rows], np.int64)
            yield owners, np.stack([feature.to_numpy() for _, feature in rows]).astype(np.float64)


def _order(queries: np.ndarray, features: np.ndarray, metric: Metric) -> np.ndarray:
    """(Q, R), in the order of distances but for rounding."""
    if metric == "cosine":
        lengths = np.linalg.norm(features, axis=1)
        return -(queries @ (features / np.where(lengths > 0, lengths, 1.0)[:, None]).T)
    return np.square(features).sum(1) - 2 * queries @ features.T


def _distances(query: np.ndarray, features: np.ndarray, metric: Metric) -> np.ndarray:
    """(R,) exactly; what has no direction is at a cosine distance of 1 from everything."""
    if metric == "euclidean":
        return np.linalg.norm(features - query, axis=1)
    lengths = np.linalg.norm(features, axis=1) * np.linalg.norm(query)
    cosines = features @ query / np.where(lengths > 0, lengths, 1.0)
    return 1 - np.clip(cosines, -1, 1)

"""Features in the database: a table for each model, filled in bulk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pgvector import HalfVector, Vector
from sqlalchemy import Connection, select, text, update

from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK, Sample
from passerby.gallery.entries import keys_by_id, split_id
from passerby.gallery.halves import halves, scale_of
from passerby.gallery.seen import Model
from passerby.gallery.tables import feature_table, model

MOST = 16000
"""Dimensions that the database can keep."""


def add_features(
    connection: Connection, key: int, metric: Metric, features: np.ndarray, tracklets: Sequence[int]
) -> None:
    """Add features (N, D) float32 by the model with that key, each of the tracklet with that key.

    The first ones make the table. Raises PasserbyError when D is not that of those before.
    """
    if len(features) == 0:
        return
    scale = _prepare(connection, key, features)
    half = halves(features, metric, scale)
    with copy_into(
        connection,
        f"{feature_table(key)} (tracklet, half, feature)",
        ("int8", "halfvec", "vector"),
    ) as write:
        for row, tracklet in enumerate(tracklets):
            write((tracklet, HalfVector(half[row]), Vector(features[row])))


def read_features(connection: Connection, of: Model, tracklets: Sequence[str]) -> Embeddings:
    """The features of tracklets, in their order, by a model that the gallery holds."""
    keys = keys_by_id(connection, tracklets)
    held = connection.execute(select(model).where(model.c.hash == of.hash)).one()
    rows: dict[int, list[tuple[np.ndarray, float]]] = {}
    if held.dimensions is not None:
        for key, starts, feature in connection.execute(
            text(
                f"SELECT f.tracklet, t.starts, f.feature FROM {feature_table(held.key)} f "
                "JOIN tracklet t ON t.key = f.tracklet WHERE f.tracklet = ANY(:keys) ORDER BY f.key"
            ),
            {"keys": sorted(set(keys.values()))},
        ):
            rows.setdefault(key, []).append((feature.to_numpy(), starts))
    found, samples = [], []
    for name in tracklets:
        for feature, starts in rows.get(keys[name], []):
            found.append(feature)
            samples.append(Sample(Path(name), JUNK, 0, tracklet=split_id(name)[1], time=starts))
    values = np.stack(found) if found else np.zeros((0, held.dimensions or 0), np.float32)
    return Embeddings.of(torch.from_numpy(values.astype(np.float32)), samples, of.name, of.hash)


def copy_into(connection: Connection, target: str, types: Sequence[str]) -> Any:
    """A context that gives a function to write rows with: PostgreSQL's binary COPY."""
    return _Copy(connection, target, types)


class _Copy:
    def __init__(self, connection: Connection, target: str, types: Sequence[str]) -> None:
        driver: Any = connection.connection.driver_connection
        self._cursor = driver.cursor()
        self._copying = self._cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)")
        self._types = types

    def __enter__(self) -> Any:
        copy = self._copying.__enter__()
        copy.set_types(self._types)
        return copy.write_row

    def __exit__(self, *error: Any) -> None:
        self._copying.__exit__(*error)
        self._cursor.close()


def _prepare(connection: Connection, key: int, features: np.ndarray) -> float:
    """The model's scale; its table is made if there is none."""
    held = connection.execute(select(model).where(model.c.key == key)).one()
    if held.dimensions is None:
        held = connection.execute(select(model).where(model.c.key == key).with_for_update()).one()
    dimensions = features.shape[1]
    if held.dimensions is None:
        if not 1 <= dimensions <= MOST:
            raise PasserbyError(
                f"features of {held.name!r} have {dimensions} numbers; a gallery keeps 1 to {MOST}"
            )
        scale = scale_of(features)
        connection.execute(
            update(model).where(model.c.key == key).values(dimensions=dimensions, scale=scale)
        )
        for statement in _table(feature_table(key), dimensions):
            connection.exec_driver_sql(statement)
        return scale
    if held.dimensions != dimensions:
        raise PasserbyError(
            f"features of {held.name!r} in the gallery have {held.dimensions} numbers, these "
            f"{dimensions}; they are not of one model"
        )
    return float(held.scale)


def _table(name: str, dimensions: int) -> tuple[str, ...]:
    return (
        f"""CREATE TABLE passerby.{name} (
            key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            tracklet bigint NOT NULL REFERENCES passerby.tracklet (key) ON DELETE CASCADE,
            half halfvec({dimensions}) NOT NULL,
            feature vector({dimensions}) NOT NULL
        )""",
        # What is searched stays in the row; what is only looked at in the end stands elsewhere.
        f"ALTER TABLE passerby.{name} ALTER COLUMN half SET STORAGE MAIN, "
        "ALTER COLUMN feature SET STORAGE EXTERNAL",
        f"CREATE INDEX {name}_tracklet ON passerby.{name} (tracklet)",
    )


def drop_features(connection: Connection, key: int) -> int:
    """Remove the table of a model; how many rows it had."""
    name = feature_table(key)
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar() is None:
        return 0
    count = connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
    connection.exec_driver_sql(f"DROP TABLE {name}")
    return int(count)

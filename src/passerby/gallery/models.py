"""The models whose features a gallery holds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, insert, select, update

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.gallery.entries import keys_by_id
from passerby.gallery.features import add_features, drop_features
from passerby.gallery.seen import Model
from passerby.gallery.tables import model, recording, tracklet


@dataclass(frozen=True)
class HeldModel:
    """A model of the gallery, and where its features are.

    key:        of the model in the database
    dimensions: of its features, None while there are none
    scale:      see `halves`
    """

    model: Model
    key: int
    dimensions: int | None
    scale: float

    def require(self, name: str, hash: str, place: str) -> None:
        """Raise PasserbyError unless features by the model `name`, `hash` are of this model."""
        if hash != self.model.hash:
            raise PasserbyError(
                f"the gallery {place} holds features of {self.model.name!r} "
                f"({self.model.hash[:12]}), which cannot be compared with those of {name!r} "
                f"({hash[:12]}); use the same model, or a new gallery for the other one"
            )


def searched_model(connection: Connection, *, lock: bool = False) -> HeldModel:
    """The model that is searched now; with `lock` it stays that until the transaction ends."""
    wanted = select(model).where(model.c.searched)
    found = connection.execute(wanted).first()
    if lock and found is not None:
        # Whose features are the first makes their table, alone, and says so before anything else:
        # two who had a share of the lock would wait for one another to let go.
        shared = found.dimensions is not None
        found = connection.execute(wanted.with_for_update(read=shared)).first()
        if found is None:  # it was changed while we waited: look again
            found = connection.execute(wanted.with_for_update()).first()
    if found is None:
        raise PasserbyError("there is no gallery in this database; make one by `passerby ingest`")
    return _held(found)


def held_model(connection: Connection, name: str, hash: str, place: str) -> HeldModel:
    """The model with that hash. Raises PasserbyError when the gallery has no features of it."""
    found = connection.execute(select(model).where(model.c.hash == hash)).first()
    if found is None:
        searched_model(connection).require(name, hash, place)
    assert found is not None
    return _held(found)


def held_models(connection: Connection) -> tuple[HeldModel, ...]:
    """All models, the oldest first."""
    return tuple(_held(row) for row in connection.execute(select(model).order_by(model.c.key)))


def first_model(connection: Connection, new: Model) -> Model:
    """Make `new` the model of an empty gallery; whichever is searched afterwards."""
    connection.exec_driver_sql("LOCK TABLE model IN EXCLUSIVE MODE")
    found = connection.execute(select(model).where(model.c.searched)).first()
    if found is not None:
        return _held(found).model
    connection.execute(insert(model).values(searched=True, **_columns(new)))
    return new


def renew(connection: Connection, new: Model, features: Embeddings) -> None:
    """See `Gallery.renew`."""
    connection.exec_driver_sql("LOCK TABLE model IN EXCLUSIVE MODE")
    keys = keys_by_id(connection, set(features.keys))
    missing = connection.execute(
        select(recording.c.id, tracklet.c.number)
        .join(recording, tracklet.c.recording == recording.c.key)
        .where(tracklet.c.key.not_in(select(_unnested(sorted(set(keys.values()))))))
        .order_by(recording.c.id, tracklet.c.number)
        .limit(1)
    ).first()
    if missing is not None:
        raise PasserbyError(
            f"there is no feature by {new.name!r} of tracklet {missing[0]}/{missing[1]}; the "
            "gallery is as it was. Embed every tracklet with the new model"
        )
    connection.execute(update(model).where(model.c.searched).values(searched=False))
    old = connection.execute(select(model.c.key).where(model.c.hash == new.hash)).scalar()
    if old is not None:  # what it had before is replaced
        drop_features(connection, old)
        connection.execute(delete(model).where(model.c.key == old))
    key = connection.execute(
        insert(model).values(searched=True, **_columns(new)).returning(model.c.key)
    ).scalar_one()
    rows = features.features.detach().cpu().numpy().astype(np.float32, copy=False)
    add_features(connection, key, new.metric, rows, [keys[name] for name in features.keys])


def drop_model(connection: Connection, hash: str) -> int:
    """See `Gallery.drop_model`."""
    found = connection.execute(select(model).where(model.c.hash == hash).with_for_update()).first()
    if found is None:
        raise PasserbyError(f"the gallery has no model {hash[:12]!r}; nothing was changed")
    if found.searched:
        raise PasserbyError(
            f"{found.name!r} ({hash[:12]}) is the model that is searched; renew the gallery with "
            "another one before this one is dropped"
        )
    count = drop_features(connection, found.key)
    connection.execute(delete(model).where(model.c.key == found.key))
    return count


def _unnested(keys: list[int]) -> Any:
    from sqlalchemy import ARRAY, BigInteger, cast, func

    return func.unnest(cast(keys, ARRAY(BigInteger)))


def _columns(new: Model) -> dict[str, str]:
    return {"hash": new.hash, "name": new.name, "metric": new.metric, "source": new.source}


def _held(row: Any) -> HeldModel:
    kind = Model(row.name, row.hash, row.metric, row.source)
    return HeldModel(kind, row.key, row.dimensions, row.scale or 1.0)

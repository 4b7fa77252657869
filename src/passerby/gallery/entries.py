"""Tracklets as `Entry`s, and the ids that people write for them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, any_, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Text

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.seen import Entry, Sighting
from passerby.gallery.stored_crop import StoredCrop
from passerby.gallery.tables import camera, crop, person, recording, sighting, tracklet


def split_id(tracklet: str) -> tuple[str, int]:
    """Recording and number of a tracklet's id. Raises PasserbyError when it is none.

    >>> split_id("5f0c/12")
    ('5f0c', 12)
    """
    name, slash, number = tracklet.rpartition("/")
    if not slash or not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise PasserbyError(f"{tracklet!r} names no tracklet; they are written RECORDING/NUMBER")
    return name, int(number)


def keys_by_id(
    connection: Connection, ids: Collection[str], *, lock: bool = False
) -> dict[str, int]:
    """id -> key of tracklets. Raises PasserbyError when one is unknown.

    lock: nobody else may change or remove them until the transaction ends
    """
    if not ids:
        return {}
    parts = {name: split_id(name) for name in ids}
    wanted = (
        func.unnest(
            cast([name for name, _ in parts.values()], ARRAY(Text)),
            cast([number for _, number in parts.values()], ARRAY(BigInteger)),
        )
        .table_valued("id", "number")
        .render_derived()
    )
    found = (
        select(tracklet.c.key, recording.c.id, tracklet.c.number)
        .join(recording, tracklet.c.recording == recording.c.key)
        .join(wanted, and_(recording.c.id == wanted.c.id, tracklet.c.number == wanted.c.number))
        .order_by(tracklet.c.key)  # everybody locks in the same order
    )
    if lock:
        found = found.with_for_update(of=tracklet)
    keys = {f"{name}/{number}": key for key, name, number in connection.execute(found)}
    for name, (held, number) in parts.items():
        if f"{held}/{number}" not in keys:
            raise PasserbyError(
                f"the gallery holds no tracklet {name!r}; nothing was changed. Tracklets are named "
                "RECORDING/NUMBER, as search prints them"
            )
    return {name: keys[f"{held}/{number}"] for name, (held, number) in parts.items()}


def read_entries(
    connection: Connection,
    database: Database,
    where: Iterable[ColumnElement[bool]],
    *,
    after: str = "",
    limit: int | None = None,
) -> dict[int, Entry]:
    """key -> entry of the tracklets of which all of `where` holds, by recording and number."""
    rows = (
        select(
            tracklet.c.key, recording.c.id, tracklet.c.number, camera.c.name, tracklet.c.starts,
            tracklet.c.ends, tracklet.c.clocked, func.coalesce(person.c.id, ""),
        )
        .join(recording, tracklet.c.recording == recording.c.key)
        .join(camera, tracklet.c.camera == camera.c.key)
        .outerjoin(person, tracklet.c.person == person.c.key)
        .where(*where)
        .order_by(recording.c.id, tracklet.c.number)
        .limit(limit)
    )  # fmt: skip
    if after:
        name, number = split_id(after)
        rows = rows.where(tuple_(recording.c.id, tracklet.c.number) > tuple_(name, number))
    found = connection.execute(rows).all()
    keys = [row[0] for row in found]
    places: dict[int, list[int]] = {key: [] for key in keys}
    seen: dict[int, list[Sighting]] = {key: [] for key in keys}
    for key, place in connection.execute(
        select(crop.c.tracklet, crop.c.place)
        .where(crop.c.tracklet == one_of(keys))
        .order_by(crop.c.tracklet, crop.c.place)
    ):
        places[key].append(place)
    for key, frame, *box in connection.execute(
        select(
            sighting.c.tracklet, sighting.c.frame, sighting.c.left, sighting.c.top,
            sighting.c.right, sighting.c.bottom,
        )
        .where(sighting.c.tracklet == one_of(keys))
        .order_by(sighting.c.tracklet, sighting.c.place)
    ):  # fmt: skip
        seen[key].append(Sighting(frame, (box[0], box[1], box[2], box[3])))
    return {
        key: Entry(
            recording=name,
            number=number,
            camera=camera_name,
            start=starts,
            end=ends,
            clocked=clocked,
            crops=tuple(
                StoredCrop(f"{name}/{number}/{place}", database, key, place)
                for place in places[key]
            ),
            sightings=tuple(seen[key]),
            person=shown,
        )
        for key, name, number, camera_name, starts, ends, clocked, shown in found
    }


def one_of(keys: Sequence[int]) -> Any:
    """Any of these keys, as one parameter however many they are."""
    return any_(cast(list(keys), ARRAY(BigInteger)))

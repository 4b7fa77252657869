"""Adding a recording with its tracklets to the database."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ARRAY, BigInteger, Boolean, Connection, Double, cast, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.gallery.features import add_features, copy_into
from passerby.gallery.jpeg import jpeg_bytes
from passerby.gallery.models import searched_model
from passerby.gallery.seen import Entry, Recording
from passerby.gallery.tables import camera, forgotten, recording, tracklet


@dataclass(frozen=True)
class Addition:
    """What is added, ready to be written: the pictures are JPEG.

    features: (N, D) float32; numbers: (N,) the tracklet of each
    now:      seconds since the epoch
    """

    recording: Recording
    entries: tuple[Entry, ...]
    crops: tuple[tuple[bytes, ...], ...]
    features: np.ndarray
    numbers: tuple[int, ...]
    model_name: str
    model_hash: str
    now: float


def prepare(
    recording: Recording, entries: Sequence[Entry], features: Embeddings, now: float
) -> Addition:
    """Read the pictures, and see to it that everything fits together; else PasserbyError."""
    numbers = [entry.number for entry in entries]
    rows = features.tracklets.tolist()
    if len(set(numbers)) < len(numbers) or set(numbers) != set(rows):
        raise PasserbyError(
            f"{len(entries)} entries do not fit the features, which are of the tracklets "
            f"{sorted(set(rows))[:20]}; each entry needs a number of its own and one feature at "
            "least"
        )
    for entry in entries:
        if (entry.recording, entry.camera) != (recording.id, recording.camera):
            raise PasserbyError(
                f"entry {entry.id} of camera {entry.camera!r} does not belong to recording "
                f"{recording.id} of camera {recording.camera!r}"
            )
        if entry.number < 0 or not math.isfinite(entry.start) or not math.isfinite(entry.end):
            raise PasserbyError(
                f"entry {entry.id} goes from {entry.start} to {entry.end}; its number must be 0 or "
                "more, and its times numbers"
            )
    return Addition(
        recording,
        tuple(entries),
        tuple(tuple(jpeg_bytes(picture) for picture in entry.crops) for entry in entries),
        features.features.detach().cpu().numpy().astype(np.float32, copy=False),
        tuple(rows),
        features.model,
        features.model_hash,
        now,
    )


def add(connection: Connection, addition: Addition, place: str) -> bool:
    """Write it all; False if the recording is there or was forgotten, and nothing changes."""
    held = searched_model(connection, lock=True)
    held.require(addition.model_name, addition.model_hash, place)
    with connection.begin_nested() as step:
        key = _add_recording(connection, addition)
        if key is None:
            step.rollback()
            return False
    gone = _forgotten(connection, addition.entries)
    kept = [place for place, entry in enumerate(addition.entries) if entry.id not in gone]
    entries = [addition.entries[place] for place in kept]
    keys = _add_tracklets(connection, *key, entries)
    _add_crops(connection, entries, [addition.crops[place] for place in kept], keys)
    rows = [row for row, number in enumerate(addition.numbers) if number in keys]
    owners = [keys[addition.numbers[row]] for row in rows]
    add_features(connection, held.key, held.model.metric, addition.features[rows], owners)
    return True


def _add_recording(connection: Connection, addition: Addition) -> tuple[int, int] | None:
    """Keys of recording and camera; None if the recording is there or was forgotten."""
    new = addition.recording
    connection.execute(insert(camera).values(name=new.camera, zone="").on_conflict_do_nothing())
    owner = connection.execute(select(camera.c.key).where(camera.c.name == new.camera)).scalar_one()
    key = connection.execute(
        insert(recording)
        .values(
            id=new.id, camera=owner, source=new.source, content=new.content, start=new.start,
            duration=new.duration, frames=new.frames, lost=new.lost, settings=new.settings,
            added=addition.now,
        )
        .on_conflict_do_nothing()
        .returning(recording.c.key)
    ).scalar()  # fmt: skip
    # Looked for last: who forgets it while we wait for its place has written so by now.
    gone = select(forgotten.c.id).where(forgotten.c.kind == "recording", forgotten.c.id == new.id)
    if key is None or connection.execute(gone).first() is not None:
        return None
    return key, owner


def _forgotten(connection: Connection, entries: Sequence[Entry]) -> set[str]:
    wanted = [entry.id for entry in entries]
    found = select(forgotten.c.id).where(
        forgotten.c.kind == "tracklet", forgotten.c.id == func.any(wanted)
    )
    return set(connection.execute(found).scalars())


def _add_tracklets(
    connection: Connection, owner: int, watcher: int, entries: Sequence[Entry]
) -> dict[int, int]:
    """number -> key of the new tracklets."""
    if not entries:
        return {}
    rows = (
        func.unnest(
            cast([entry.number for entry in entries], ARRAY(BigInteger)),
            cast([entry.start for entry in entries], ARRAY(Double)),
            cast([entry.end for entry in entries], ARRAY(Double)),
            cast([entry.clocked for entry in entries], ARRAY(Boolean)),
        )
        .table_valued("number", "starts", "ends", "clocked")
        .render_derived()
    )
    columns = ["recording", "camera", "number", "starts", "ends", "clocked"]
    made = connection.execute(
        insert(tracklet)
        .from_select(
            columns,
            select(
                literal(owner, BigInteger), literal(watcher, BigInteger), rows.c.number,
                rows.c.starts, rows.c.ends, rows.c.clocked,
            ),
        )
        .returning(tracklet.c.number, tracklet.c.key)
    )  # fmt: skip
    return {row.number: row.key for row in made}


def _add_crops(
    connection: Connection,
    entries: Sequence[Entry],
    crops: Sequence[tuple[bytes, ...]],
    keys: Mapping[int, int],
) -> None:
    with copy_into(connection, "crop (tracklet, place, jpeg)", ("int8", "int2", "bytea")) as write:
        for entry, pictures in zip(entries, crops, strict=True):
            for place, picture in enumerate(pictures):
                write((keys[entry.number], place, picture))
    columns = '(tracklet, place, frame, "left", top, "right", bottom)'
    types = ("int8", "int2", "int8", "float8", "float8", "float8", "float8")
    with copy_into(connection, f"sighting {columns}", types) as write:
        for entry in entries:
            for place, seen in enumerate(entry.sightings):
                write((keys[entry.number], place, seen.frame, *map(float, seen.box)))

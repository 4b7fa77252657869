"""Forgetting: rows that go, the ids that may not come back, and the bytes they leave behind."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, and_, delete, not_, or_, select
from sqlalchemy.dialects.postgresql import insert

from passerby.core.errors import PasserbyError
from passerby.gallery.conditions import keys_of
from passerby.gallery.entries import keys_by_id, one_of
from passerby.gallery.tables import camera, forgotten, person, recording, tracklet

DAY = 86400.0


def forget(
    connection: Connection,
    recordings: Collection[str],
    tracklets: Collection[str],
    people: Collection[str],
) -> int:
    """Remove these and all that belongs to them, and note their ids; how many tracklets went."""
    whole = _locked(connection, recordings, recording)
    shown = _locked(connection, people, person)
    single = keys_by_id(connection, set(tracklets), lock=True)
    gone = or_(
        tracklet.c.recording == one_of(sorted(whole.values())),
        tracklet.c.person == one_of(sorted(shown.values())),
        tracklet.c.key == one_of(sorted(single.values())),
    )
    ids = connection.execute(
        select(tracklet.c.key, recording.c.id, tracklet.c.number)
        .join(recording, tracklet.c.recording == recording.c.key)
        .where(gone)
        .order_by(tracklet.c.key)
        .with_for_update(of=tracklet)
    ).all()
    _note(connection, "tracklet", (f"{name}/{number}" for _, name, number in ids))
    _note(connection, "recording", whole)
    _note(connection, "person", shown)
    # What belongs to a tracklet goes with it, by foreign keys.
    connection.execute(delete(tracklet).where(tracklet.c.key == one_of([row.key for row in ids])))
    connection.execute(delete(recording).where(recording.c.key == one_of([*whole.values()])))
    connection.execute(delete(person).where(person.c.key == one_of([*shown.values()])))
    return len(ids)


def expire(connection: Connection, now: float) -> int:
    """Remove tracklets that are older than their cameras keep; how many went."""
    oldest = now - camera.c.retention_days * DAY
    old = (
        select(tracklet.c.key)
        .join(recording, tracklet.c.recording == recording.c.key)
        .join(camera, tracklet.c.camera == camera.c.key)
        .where(
            or_(
                and_(tracklet.c.clocked, tracklet.c.ends < oldest),
                and_(not_(tracklet.c.clocked), recording.c.added < oldest),
            )
        )
    )
    return connection.execute(delete(tracklet).where(tracklet.c.key.in_(old))).rowcount


def _locked(connection: Connection, ids: Collection[str], table: object) -> dict[str, int]:
    """id -> key of recordings or people, whom nobody else can use until the transaction ends."""
    rows = recording if table is recording else person
    try:
        keys = keys_of(connection, rows, rows.c.id, ids)
    except PasserbyError as error:
        raise PasserbyError(
            f"{error}. Recordings are named ID, tracklets ID/NUMBER, as search prints them"
        ) from None
    held = (
        select(rows.c.id, rows.c.key)
        .where(rows.c.key == one_of(sorted(keys.values())))
        .order_by(rows.c.key)
        .with_for_update()
    )
    return {row.id: row.key for row in connection.execute(held)}


def _note(connection: Connection, kind: str, ids: Iterable[str]) -> None:
    if rows := [{"kind": kind, "id": id} for id in ids]:
        connection.execute(insert(forgotten).on_conflict_do_nothing(), rows)

"""A `Filter` as conditions on the table of tracklets."""

import math
from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, Connection, Table, exists, not_, or_, select, true

from passerby.core.errors import PasserbyError
from passerby.gallery.filter import EVERYTHING, Filter
from passerby.gallery.tables import camera, person, recording, tracklet


def conditions(connection: Connection, where: Filter) -> list[ColumnElement[bool]]:
    """What must hold of `tracklet`, all at once; empty for `EVERYTHING`.

    Raises PasserbyError when a camera, a person or a recording is unknown.
    """
    if where == EVERYTHING:
        return []
    found: list[ColumnElement[bool]] = []
    for time in (where.after, where.before):
        if time is not None and not math.isfinite(time):
            raise PasserbyError(f"{time} is no time to filter by; give seconds since the epoch")
    only, away = watching(connection, where)
    if only is not None:
        found.append(tracklet.c.camera.in_(sorted(only)))
    if away:
        found.append(tracklet.c.camera.not_in(sorted(away)))
    if where.people:
        theirs = keys_of(connection, person, person.c.id, where.people)
        found.append(tracklet.c.person.in_(sorted(theirs.values())))
    if where.not_people:
        others = keys_of(connection, person, person.c.id, where.not_people)
        found.append(
            or_(tracklet.c.person.is_(None), tracklet.c.person.not_in(sorted(others.values())))
        )
    if where.recordings:
        films = keys_of(connection, recording, recording.c.id, where.recordings)
        found.append(tracklet.c.recording.in_(sorted(films.values())))
    if where.known is not None:
        known = tracklet.c.person.is_not(None)
        found.append(known if where.known else not_(known))
    if where.after is not None or where.before is not None:
        found.append(tracklet.c.clocked)
    if where.after is not None:
        found.append(tracklet.c.ends >= where.after)
    if where.before is not None:
        found.append(tracklet.c.starts <= where.before)
    return found or [true()]


def watching(connection: Connection, where: Filter) -> tuple[set[int] | None, set[int]]:
    """The keys of the only cameras that `where` admits (None: of all), and of those it does not.

    Raises PasserbyError when a camera is unknown.
    """
    only = None
    if where.cameras:
        only = set(keys_of(connection, camera, camera.c.name, where.cameras).values())
    if where.zones:
        rows = connection.execute(select(camera.c.key).where(camera.c.zone.in_(where.zones)))
        zoned = set(rows.scalars())
        only = zoned if only is None else only & zoned
    away = keys_of(connection, camera, camera.c.name, where.not_cameras)
    return only, set(away.values())


def findable(connection: Connection) -> list[ColumnElement[bool]]:
    """What must hold of `tracklet` to be found: its person has not refused; empty if nobody has."""
    refused = select(person.c.key).where(person.c.consent == "refused")
    if connection.execute(refused.limit(1)).first() is None:
        return []
    theirs = refused.where(person.c.key == tracklet.c.person).correlate(tracklet)
    return [not_(exists(theirs))]


def keys_of(
    connection: Connection, table: Table, name: Column, names: Collection[str]
) -> dict[str, int]:
    """name -> key of the rows of `table` with these names; PasserbyError when one is not there."""
    if not names:
        return {}
    rows = connection.execute(select(name, table.c.key).where(name.in_(sorted(set(names)))))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    for wanted in names:
        if wanted not in found:
            raise PasserbyError(
                f"the gallery knows no {table.name} {wanted!r}; nothing was changed"
            )
    return found

"""Cameras and recordings in the database."""

import math

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from passerby.core.errors import PasserbyError
from passerby.gallery.seen import Camera, Recording
from passerby.gallery.tables import camera, recording


def all_cameras(connection: Connection) -> tuple[Camera, ...]:
    """All cameras, by name."""
    rows = connection.execute(
        select(camera.c.name, camera.c.zone, camera.c.retention_days).order_by(camera.c.name)
    )
    return tuple(Camera(name, zone, days) for name, zone, days in rows)


def set_camera(connection: Connection, new: Camera) -> None:
    """Add a camera, or change what is known of it."""
    days = new.retention_days
    if not new.name.strip():
        raise PasserbyError("a camera needs a name; nothing was changed")
    if days is not None and not (math.isfinite(days) and days >= 0):
        raise PasserbyError(
            f"camera {new.name!r} cannot keep what it sees for {days} days; give 0 or more, or "
            "none to keep it"
        )
    known = {"zone": new.zone, "retention_days": days}
    connection.execute(
        insert(camera)
        .values(name=new.name, **known)
        .on_conflict_do_update(index_elements=[camera.c.name], set_=known)
    )


def all_recordings(connection: Connection) -> tuple[Recording, ...]:
    """All recordings, by id."""
    rows = connection.execute(
        select(recording, camera.c.name.label("watched"))
        .join(camera, recording.c.camera == camera.c.key)
        .order_by(recording.c.id)
    )
    return tuple(
        Recording(
            id=row.id,
            camera=row.watched,
            source=row.source,
            content=row.content,
            start=row.start,
            duration=row.duration,
            frames=row.frames,
            lost=row.lost,
            settings=row.settings,
        )
        for row in rows
    )

"""Counting what a gallery holds."""

from sqlalchemy import Column, Connection, func, select, text

from passerby.gallery.gallery import Stats
from passerby.gallery.models import searched_model
from passerby.gallery.tables import camera, feature_table, person, recording, tracklet


def read_stats(connection: Connection) -> Stats:
    """What is in there."""
    held = searched_model(connection)
    rows = connection.execute(
        select(camera.c.name, func.count(tracklet.c.key))
        .outerjoin(tracklet, tracklet.c.camera == camera.c.key)
        .group_by(camera.c.name)
        .order_by(camera.c.name)
    )
    cameras: dict[str, int] = {row[0]: row[1] for row in rows}
    features = 0
    if held.dimensions is not None:
        table = feature_table(held.key)
        features = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return Stats(
        model=held.model,
        recordings=_count(connection, recording.c.key),
        tracklets=sum(cameras.values()),
        features=features,
        people=_count(connection, person.c.key),
        cameras=cameras,
    )


def _count(connection: Connection, column: Column[int]) -> int:
    return connection.execute(select(func.count(column))).scalar_one()

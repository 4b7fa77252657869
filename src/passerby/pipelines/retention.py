"""How long cameras' sightings are kept, and removing what is older."""

import time
from dataclasses import replace
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit, Subject
from passerby.gallery.opening import open_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Camera


def set_retention(
    gallery: Path | str, camera: str, days: float | None, by: str = "command line"
) -> Camera:
    """Set for how many days what a camera saw is kept; what is older goes with the next `expire`.

    Args:
        gallery: folder of the gallery, or postgresql://USER:PASSWORD@HOST/NAME
        camera: the camera's name
        days: days after it was seen; null keeps it until it is forgotten
        by: who sets it, for the audit log

    Raises:
        PasserbyError: there is no gallery, it knows no such camera, or days is not above 0.
    """
    with open_gallery(gallery) as store:
        return set_retention_in(store, camera, days, by)


def set_retention_in(store: PostgresGallery, camera: str, days: float | None, by: str) -> Camera:
    """`set_retention` in a gallery that is open already."""
    if days is not None and not 0 < days < 1e6:
        raise PasserbyError(f"days is {days}; give more than 0, or null to keep everything")
    held = {one.name: one for one in store.cameras()}
    if camera not in held:
        known = ", ".join(held) or "none yet"
        raise PasserbyError(f"the gallery knows no camera {camera!r}; its cameras: {known}")
    changed = replace(held[camera], retention_days=days)
    Audit(store.database).write(by, "set retention", [Subject("camera", camera)], {"days": days})
    store.set_camera(changed)
    return changed


def expire(gallery: Path | str, by: str = "command line") -> int:
    """Remove what is older than its camera keeps; how many tracklets went.

    Args:
        gallery: folder of the gallery, or postgresql://USER:PASSWORD@HOST/NAME
        by: who removes it, for the audit log

    Raises:
        PasserbyError: there is no gallery.
    """
    with open_gallery(gallery) as store:
        return expire_in(store, by)


def expire_in(store: PostgresGallery, by: str = "retention", now: float | None = None) -> int:
    """`expire` in a gallery that is open already; a service calls it every day.

    now: seconds since the epoch, the clock's by default
    """
    gone = store.expire(time.time() if now is None else now)
    Audit(store.database).write(by, "expire", detail={"tracklets": gone})
    return gone

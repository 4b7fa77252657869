"""A gallery's place -> the `Service` of it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.engine.embedder import Embedder, load_embedder
from passerby.gallery.audit import Audit
from passerby.gallery.database import Database, is_url
from passerby.gallery.jobs import Jobs
from passerby.gallery.keys import Keys
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Model
from passerby.metrics.calibration import Calibration
from passerby.pipelines.identity_times import CameraTimes
from passerby.server.asgi import LOOPBACK
from passerby.server.limits import Limits
from passerby.server.metrics import Metrics
from passerby.server.service import Service
from passerby.server.sight import Sight
from passerby.video.detector import Detector
from passerby.video.detectors import load_detector

SURE = 0.5
"""Score from which a box in a picture is offered to be searched for."""


def service_of(
    database: Database,
    embedder: Callable[[], Embedder],
    detector: Callable[[], Detector],
    *,
    hosts: Sequence[str] = LOOPBACK,
    limits: Limits | None = None,
    videos: Path | None = None,
    streams: Mapping[str, str] | None = None,
    ingest: bool = True,
    calibration: Calibration | None = None,
    times: CameraTimes | None = None,
) -> Service:
    """The service of the gallery in a database; see `Service`, and `Sight` for the first two.

    Raises PasserbyError when there is no gallery in it.
    """
    limits, metrics = limits or Limits(), Metrics()
    gallery = PostgresGallery(database)
    place = database.place
    return Service(
        place=place,
        gallery=gallery,
        keys=Keys(database),
        audit=Audit(database),
        jobs=Jobs(database),
        sight=Sight(gallery.model, embedder, detector, limits, metrics),
        hosts=hosts,
        limits=limits,
        metrics=metrics,
        cookie=f"passerby_session_{hashlib.sha256(place.encode()).hexdigest()[:8]}",
        videos=videos,
        streams=streams or {},
        ingest=ingest,
        calibration=calibration,
        times=times,
    )


def embedder_of(model: Model, given: str | None) -> str:
    """What `load_embedder` takes to load a gallery's model.

    Raises PasserbyError when the gallery does not say, and nobody else does.
    """
    if given or model.source:
        return given or model.source
    raise PasserbyError(
        f"the gallery does not say where its model {model.name!r} came from; name it with "
        "--embedder CHECKPOINT"
    )


def models_of(
    embedder: str, detector: str, device: str
) -> tuple[Callable[[], Embedder], Callable[[], Detector]]:
    """What loads the two models, once they are needed."""
    return (
        lambda: load_embedder(embedder, device),
        lambda: load_detector(detector, SURE, device=device),
    )


def calibration_of(gallery: str, given: Path | None, model: Model) -> Calibration | None:
    """The calibration in a file, or else in the gallery's folder; None where there is none.

    Raises PasserbyError when the file is no calibration, or of another model.
    """
    if given is None:
        given = Path(gallery) / "calibration.json"
        if is_url(gallery) or not given.is_file():
            return None
    read = Calibration.load(given)
    read.require_model(model.name, model.hash)
    return read

"""`Service`: all that the endpoints work with."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit, Subject
from passerby.gallery.jobs import Jobs
from passerby.gallery.keys import Key, Keys
from passerby.gallery.postgres import PostgresGallery
from passerby.metrics.calibration import Calibration
from passerby.pipelines.identity_times import CameraTimes
from passerby.server.access import Access
from passerby.server.limits import Limits
from passerby.server.metrics import Metrics
from passerby.server.problems import refusal
from passerby.server.searches import Searches
from passerby.server.sight import Sight

LOCAL = "passerby"
"""The actor of what the service does by itself, such as to obey retention."""


@dataclass(eq=False)
class Service:
    """One gallery, and what serves it.

    place:    the gallery's folder or URL
    hosts:    names under which it is served
    cookie:   name of the page's cookie
    videos:   folder whose videos may be taken in; None: nothing may
    streams:  live cameras that may be taken in: name -> address, which no answer shows
    ingest:   whether anything may be taken in
    stopping: whether the service is about to end
    calibration: what a distance means; None while nobody has calibrated the gallery
    times:    how long people take between cameras; None where nobody has learnt it
    uploads, decoding: places for those who send a picture, and for pictures that are decoded
    """

    place: str
    gallery: PostgresGallery
    keys: Keys
    audit: Audit
    jobs: Jobs
    sight: Sight
    hosts: Sequence[str]
    limits: Limits
    metrics: Metrics
    cookie: str
    videos: Path | None = None
    streams: Mapping[str, str] = field(default_factory=dict)
    ingest: bool = True
    stopping: Callable[[], bool] = lambda: False
    calibration: Calibration | None = None
    times: CameraTimes | None = None
    access: Access = field(init=False)
    searches: Searches = field(init=False)
    uploads: asyncio.Semaphore = field(init=False)
    decoding: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.access = Access(self.keys.check, self.limits, self.metrics, self.cookie)
        self.searches = Searches(self.limits.searches, self.limits.search_seconds)
        self.uploads = asyncio.Semaphore(self.limits.uploads)
        self.decoding = asyncio.Semaphore(self.limits.decoding)

    def probability(self, distance: float) -> float | None:
        """That two tracklets at a distance show one person; None while nobody has calibrated."""
        return self.calibration.curve.probability(distance) if self.calibration else None

    def note(
        self,
        request: Request,
        action: str,
        tracklets: Sequence[str] = (),
        people: Sequence[str] = (),
        cameras: Sequence[str] = (),
        recordings: Sequence[str] = (),
        **detail: Any,
    ) -> None:
        """Write to the audit log what the key of `request` does; it is on disk when this returns.

        detail: numbers and words of ours, never who or what somebody is called
        """
        subjects = [
            *(Subject("tracklet", id) for id in tracklets),
            *(Subject("person", id) for id in people),
            *(Subject("camera", name) for name in cameras),
            *(Subject("recording", id) for id in recordings),
        ]
        self.audit.write(key_of(request).name, action, subjects, detail)

    async def noted(self, request: Request, action: str, **about: Any) -> None:
        """The same out of a coroutine."""
        await run_in_threadpool(self.note, request, action, **about)


def key_of(request: Request) -> Key:
    """The key that a request was admitted with."""
    return request.state.key


def status_of(error: PasserbyError, otherwise: int) -> int:
    """The status of an error of ours: 503 where the database is the cause."""
    from sqlalchemy.exc import SQLAlchemyError

    return 503 if isinstance(error.__cause__, SQLAlchemyError) else otherwise


@contextmanager
def or_else(status: int) -> Iterator[None]:
    """What the gallery says is unknown or impossible is refused with `status`, in its own words."""
    try:
        yield
    except PasserbyError as error:
        status = status_of(error, status)
        raise refusal(status, str(error), 5 if status == 503 else None) from error

"""What a service does by itself, while it runs: obey retention, and keep the gallery quick."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from passerby.core.errors import PasserbyError
from passerby.pipelines.retention import expire_in
from passerby.server.service import LOCAL, Service

log = logging.getLogger(__name__)

DAY = 24 * 3600.0
JOBS_KEPT = 90.0  # days that a job which has ended is listed
_AGAIN = 600.0  # seconds after which it is tried again when the database was away


def obey_retention(service: Service, by: str = LOCAL, now: float | None = None) -> int:
    """Remove what is older than its camera keeps; how many tracklets went.

    by:  who has it done, for the audit log
    now: seconds since the epoch, the clock's by default

    Raises PasserbyError when the database cannot be reached.
    """
    removed = expire_in(service.gallery, by, now)
    if removed:
        service.searches.clear()
    return removed


def keep_quick(service: Service) -> None:
    """Index what was added, and drop jobs that ended long ago.

    Raises PasserbyError when the database cannot be reached or its disk is full.
    """
    service.gallery.maintain()
    service.jobs.tidy(JOBS_KEPT)


async def keep_in_order(service: Service, every: float = DAY, again: float = _AGAIN) -> None:
    """Do both at once and then daily, until it is cancelled; an error is logged, and tried again.

    every, again: seconds until the next time, and after an error
    """
    while True:
        try:
            removed = await run_in_threadpool(obey_retention, service)
            log.info("retention", extra={"about": {"removed": removed}})
            await run_in_threadpool(keep_quick, service)
            wait = every
        except (PasserbyError, SQLAlchemyError):
            log.exception("the gallery could not be kept in order, and it is tried again")
            wait = again
        await asyncio.sleep(wait)

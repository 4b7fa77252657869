"""What a service does by itself, while it runs: obey retention."""

import asyncio
import logging
import time

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from passerby.core.errors import PasserbyError
from passerby.server.service import LOCAL, Service

log = logging.getLogger(__name__)

DAY = 24 * 3600.0
_AGAIN = 600.0  # seconds after which it is tried again when the database was away


def obey_retention(service: Service, now: float | None = None) -> int:
    """Remove what is older than its camera keeps; how many tracklets went.

    Raises PasserbyError when the database cannot be reached.
    """
    removed = service.gallery.expire(time.time() if now is None else now)
    if removed:
        service.searches.clear()
        service.audit.write(LOCAL, "retention", (), {"removed": removed})
    return removed


async def obey_retention_daily(service: Service, every: float = DAY, again: float = _AGAIN) -> None:
    """Do so at once and then every day, until it is cancelled; an error is logged and tried again.

    every, again: seconds until the next time, and after an error
    """
    while True:
        try:
            removed = await run_in_threadpool(obey_retention, service)
            log.info("retention", extra={"about": {"removed": removed}})
            wait = every
        except (PasserbyError, SQLAlchemyError):
            log.exception("retention could not be obeyed, and is tried again")
            wait = again
        await asyncio.sleep(wait)

"""`IngestProcess`: keeps a worker alive beside the service."""

import asyncio
import logging
import multiprocessing
import os
import time
from multiprocessing.process import BaseProcess

from passerby.server.ingest_worker import Sources, run_worker
from passerby.server.logs import log_as_json

log = logging.getLogger(__name__)

_LOOKS = 1.0  # seconds between looks at the process
_LONGEST = 60.0  # seconds of waiting before it is started once more, at most


class IngestProcess:
    """A process that takes videos in, started again when it dies.

    It is a process of its own because decoding and detection would hold up every answer, and a
    broken video or driver can end it without ending the service.
    """

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._process: BaseProcess | None = None
        self._wait = 1.0

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.is_alive()

    def start(self) -> None:
        """Start it."""
        context = multiprocessing.get_context("spawn")  # a fork would share open connections
        self._process = context.Process(
            target=_main, args=(self.sources, os.getpid()), name="passerby-ingest", daemon=True
        )
        self._process.start()

    async def keep(self) -> None:
        """Start it, and again whenever it has died, later each time; until this is cancelled."""
        self.start()
        begun = time.monotonic()
        while True:
            await asyncio.sleep(_LOOKS)
            if self.alive:
                continue
            code = self._process.exitcode if self._process else None
            log.warning("the ingest worker died", extra={"about": {"exit": code}})
            lived = time.monotonic() - begun
            self._wait = 1.0 if lived > _LONGEST else min(2 * self._wait, _LONGEST)
            await asyncio.sleep(self._wait)
            self.start()
            begun = time.monotonic()

    def stop(self, seconds: float = 10.0) -> None:
        """Have it stop; after so many seconds, end it. What it was doing begins again later."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _main(sources: Sources, parent: int) -> None:
    log_as_json()
    run_worker(sources, parent)

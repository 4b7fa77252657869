"""The worker that takes videos in: one job after the other, in a process of its own."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.job import Job
from passerby.gallery.jobs import Jobs
from passerby.pipelines.ingest import DETECTOR, ingest
from passerby.pipelines.ingest_plan import Progress
from passerby.server.videos import require_video

log = logging.getLogger(__name__)

LEASE = 30.0
"""Seconds of silence after which a worker is taken for dead, and its job given to another."""
_IDLE = 0.5  # seconds between looks at an empty queue
_TOLD = 1.0  # seconds between reports of progress


@dataclass(frozen=True)
class Sources:
    """What a worker needs to know.

    place:    the gallery's folder or URL
    embedder: what `load_embedder` takes
    videos:   folder of the videos; None: there is none
    streams:  live cameras: name -> address
    """

    place: str
    embedder: str
    videos: Path | None = None
    streams: Mapping[str, str] = field(default_factory=dict)


Take = Callable[[Sources, Job, Callable[[Progress], object], Callable[[], bool]], Any]
"""Does a job: sources, job, what to tell progress, what to ask whether to stop -> its result."""


def run_worker(sources: Sources, parent: int) -> None:
    """Work until SIGTERM, or until the process `parent` is gone.

    A job that is being done then begins again, where it was, with the next worker.
    """
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, who tells us

    def over() -> bool:
        return stopping.is_set() or os.getppid() != parent

    with Database.open(sources.place) as database:
        work(Jobs(database), sources, f"worker-{os.getpid()}", over)


def work(
    jobs: Jobs,
    sources: Sources,
    name: str,
    over: Callable[[], bool],
    take: Take | None = None,
    lease: float = LEASE,
    idle: float = _IDLE,
) -> None:
    """Do one job after the other until `over`.

    name: of this worker; take: does a job, by default `take_in`
    lease, idle: seconds until a silent worker is dead, and between looks at an empty queue
    """
    while not over():
        job = None
        try:
            job = jobs.claim(name, lease)
            if job is None:
                time.sleep(idle)
            else:
                do(jobs, job, sources, over, take or take_in, lease)
        except Exception:  # the database is away; a job whose lease runs out comes back
            log.exception("the worker goes on", extra={"about": {"job": job.id if job else None}})
            time.sleep(min(10 * idle, 5.0))


def do(
    jobs: Jobs, job: Job, sources: Sources, over: Callable[[], bool], take: Take, lease: float
) -> None:
    """Do one job that was claimed, and say what came of it."""
    wanted = threading.Event()
    wanted.set()
    told = 0.0

    def tell(progress: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _TOLD:
            told = now
            if not jobs.progress(job.id, progress.done, progress.total, progress.text):
                wanted.clear()

    def stopped() -> bool:
        return over() or not wanted.is_set()

    with _alive(jobs, job.id, lease, wanted):
        try:
            result = take(sources, job, tell, stopped)
        except PasserbyError as error:
            jobs.fail(job.id, str(error))
            return
        except Exception as error:
            log.exception("a job failed", extra={"about": {"job": job.id}})
            jobs.fail(job.id, f"a defect of ours ({type(error).__name__}); the log tells more")
            return
    if over() and wanted.is_set():
        return  # its lease runs out, and the next worker goes on with it
    if wanted.is_set():
        jobs.finish(job.id, result)
    else:
        jobs.fail(job.id, "cancelled")


def take_in(
    sources: Sources, job: Job, tell: Callable[[Progress], object], stopped: Callable[[], bool]
) -> list[dict[str, Any]]:
    """Ingest what a job asks for.

    Raises PasserbyError when the job, or its video, is not (or no longer) what can be taken in.
    """
    asked = job.arguments
    if job.kind != "ingest":
        raise PasserbyError(f"nobody here can do jobs of the kind {job.kind!r}")
    if "stream" in asked:
        if asked["stream"] not in sources.streams:
            raise PasserbyError("the service knows this live camera no more; add it with --stream")
        source: str | Path = sources.streams[asked["stream"]]
    elif sources.videos is None:
        raise PasserbyError("the service has no folder of videos; start it with --videos FOLDER")
    else:
        source = require_video(sources.videos, asked["video"])
    done = ingest(
        [source],
        camera=asked["camera"],
        gallery=sources.place,
        start=[asked["start"]] if "start" in asked else (),
        detector=asked.get("detector", DETECTOR),
        embedder=sources.embedder,
        fps=asked.get("fps"),
        seconds=asked.get("seconds"),
        progress=tell,
        cancelled=stopped,
    )
    return [asdict(one) for one in done]


@contextmanager
def _alive(jobs: Jobs, job: int, lease: float, wanted: threading.Event) -> Iterator[None]:
    """Renew a job's lease while something takes long, such as to load a model."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(lease / 3):
            try:
                if not jobs.renew(job):
                    wanted.clear()
            except Exception:  # the database may be back before the lease is over
                log.exception("a lease was not renewed", extra={"about": {"job": job}})

    thread = threading.Thread(target=beat, name="passerby-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()

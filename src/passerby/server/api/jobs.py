"""Jobs: videos are taken in, in the background, and their progress is told as it happens."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from passerby.gallery.job import Job
from passerby.gallery.times import format_time
from passerby.server import cursors
from passerby.server.api.seen import Cursor, Limit
from passerby.server.events import COMMENT, event
from passerby.server.openapi import told
from passerby.server.problems import refusal
from passerby.server.roles import API
from passerby.server.schemas.base import Page
from passerby.server.schemas.work import IngestIn, JobOut, VideoOut, VideosOut
from passerby.server.service import Service, key_of, or_else
from passerby.server.videos import require_video, videos_in
from passerby.video.detectors import DETECTORS

INGEST = "ingest"
_EVERY = 0.5  # seconds between looks at a job
_ALIVE = 15.0  # seconds of silence, at most, on a stream
_JobPath = Annotated[int, Path(ge=1, lt=2**63, examples=[7])]


def add_jobs(app: FastAPI, service: Service) -> None:
    """Endpoints of jobs."""
    jobs, limits, metrics = service.jobs, service.limits, service.metrics
    open_streams = asyncio.Semaphore(limits.streams)

    @app.get(f"{API}/videos", tags=["jobs"])
    def videos() -> VideosOut:
        """What may be taken in: videos in the service's folder, and its live cameras."""
        found = videos_in(service.videos) if service.videos else {}
        items = [VideoOut(name=name, bytes=size) for name, size in found.items()]
        return VideosOut(items=items, streams=sorted(service.streams))

    @app.post(f"{API}/jobs", status_code=202, tags=["jobs"], responses=told(409))
    def add(request: Request, sent: IngestIn) -> JobOut:
        """Have a video or a live camera taken in, in the background."""
        if not service.ingest:
            raise refusal(409, "this service takes nothing in: it was started with --no-ingest")
        if sent.video is not None:
            if service.videos is None:
                raise refusal(409, "no folder of videos was given: start with --videos FOLDER")
            with or_else(422):
                require_video(service.videos, sent.video)
        elif sent.stream not in service.streams:
            raise refusal(422, "there is no live camera of that name; GET /videos lists them")
        if sent.detector is not None and sent.detector not in DETECTORS:
            raise refusal(422, f"there is no such detector; choose one of {', '.join(DETECTORS)}")
        arguments: dict[str, Any] = sent.model_dump(exclude_none=True, exclude={"start"})
        if sent.start is not None:
            arguments["start"] = format_time(sent.start.timestamp())
        job = jobs.add(INGEST, arguments, key_of(request).name)
        service.note(request, "add job", cameras=[sent.camera], job=job.id)
        return _job(job)

    @app.get(f"{API}/jobs", tags=["jobs"])
    def all_jobs(limit: Limit = 50, cursor: Cursor = None) -> Page[JobOut]:
        """Jobs, the newest first."""
        found = jobs.all(limit + 1, before=cursors.place(cursor) or None)
        more = len(found) > limit
        return Page[JobOut](
            items=[_job(job) for job in found[:limit]],
            next=cursors.cursor(str(found[limit - 1].id)) if more else None,
        )

    @app.get(f"{API}/jobs/{{job}}", tags=["jobs"])
    def one(job: _JobPath) -> JobOut:
        """One job."""
        with or_else(404):
            return _job(jobs.get(job))

    @app.post(f"{API}/jobs/{{job}}/cancel", tags=["jobs"])
    def cancel(request: Request, job: _JobPath) -> JobOut:
        """Take a job out of the queue, or have it stop. What is over stays as it is."""
        with or_else(404):
            found = jobs.cancel(job)
        service.note(request, "cancel job", job=job)
        return _job(found)

    @app.get(
        f"{API}/jobs/{{job}}/events",
        tags=["jobs"],
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"},
            204: {"description": "The job is over, and its end is known: do not connect again"},
        },
    )
    async def events(
        request: Request,
        job: _JobPath,
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> Response:
        """A job's progress as server-sent events: `progress` at every change, `end` when it is
        over; the data is the job. With Last-Event-ID, only what has changed since."""
        known = int(last_event_id) if last_event_id.isascii() and last_event_id.isdecimal() else -1
        with or_else(404):
            found = await run_in_threadpool(jobs.get, job)
        if found.over and known >= found.revision:
            return Response(status_code=204)
        if open_streams.locked():
            raise refusal(503, "too many streams of events are open", 10)
        secret, _ = service.access.credential(request)
        return StreamingResponse(
            stream(found, known, secret), media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )  # fmt: skip

    async def stream(job: Job, known: int, secret: str) -> AsyncIterator[str]:
        """Events until the job is over, the key no longer holds, or the service ends."""
        silent = 0.0
        async with open_streams:
            metrics.streams.inc()
            try:
                while True:
                    if job.revision > known:
                        known, silent = job.revision, 0.0
                        kind = "end" if job.over else "progress"
                        yield event(kind, known, _job(job).model_dump_json())
                    if job.over or service.stopping():
                        return
                    await asyncio.sleep(_EVERY)
                    silent += _EVERY
                    if silent >= _ALIVE:
                        silent = 0.0
                        yield COMMENT
                        if await run_in_threadpool(service.keys.check, secret) is None:
                            return
                    job = await run_in_threadpool(jobs.get, job.id)
            finally:
                metrics.streams.dec()


def _job(job: Job) -> JobOut:
    return JobOut(**{name: getattr(job, name) for name in JobOut.model_fields})

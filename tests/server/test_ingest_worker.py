"""The worker that takes videos in."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.gallery.around import fresh_database
from tests.server.town import until

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.job import Job
from passerby.gallery.jobs import Jobs
from passerby.pipelines.ingest_plan import CameraProgress, Progress
from passerby.server import ingest_worker
from passerby.server.ingest_worker import Sources, take_in, work

NOWHERE = Sources("nowhere", "none")


@pytest.fixture
def database() -> Iterator[Database]:
    with fresh_database() as database:
        yield database


def told(done: int, total: int) -> Progress:
    return Progress((CameraProgress("yard", "a.mp4", "running", done, total),))


def run(database: Database, take: Any, until_over: Callable[[], bool], lease: float = 30) -> None:
    """Work in this thread until `until_over`."""
    work(Jobs(database), NOWHERE, "w", until_over, take, lease, idle=0.02)


def test_jobs_are_done_one_after_the_other_and_their_end_is_kept(database: Database) -> None:
    jobs = Jobs(database)
    good, bad, broken = (jobs.add("ingest", {"n": n}, "me").id for n in range(3))

    def take(sources: Sources, job: Job, tell: Any, stopped: Any) -> Any:
        assert sources is NOWHERE
        tell(told(5, 10))
        if job.id == bad:
            raise PasserbyError("there is no video; name one")
        if job.id == broken:
            raise ZeroDivisionError("Ann Unmistakable")
        return {"n": job.arguments["n"]}

    run(database, take, lambda: all(jobs.get(id).over for id in (good, bad, broken)))
    assert (jobs.get(good).state, jobs.get(good).result) == ("done", {"n": 0})
    assert (jobs.get(good).done, jobs.get(good).total) == (5, 10)
    assert (jobs.get(bad).state, jobs.get(bad).error) == ("failed", "there is no video; name one")
    assert "ZeroDivisionError" in jobs.get(broken).error
    assert "Unmistakable" not in jobs.get(broken).error


def test_a_job_is_cancelled_while_it_is_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_worker, "_TOLD", 0.0)
    jobs = Jobs(database)
    id = jobs.add("ingest", {}, "me").id

    def take(sources: Sources, job: Job, tell: Any, stopped: Any) -> Any:
        jobs.cancel(id)
        for done in range(1000):
            tell(told(done, 1000))
            if stopped():
                return None
        raise AssertionError("nobody said to stop")

    run(database, take, lambda: jobs.get(id).over)
    assert jobs.get(id).state == "cancelled"


def test_what_a_worker_that_ends_was_doing_is_done_by_the_next(database: Database) -> None:
    jobs = Jobs(database)
    id = jobs.add("ingest", {}, "me").id
    over = threading.Event()

    def interrupted(sources: Sources, job: Job, tell: Any, stopped: Any) -> Any:
        over.set()
        assert stopped()
        return "half"

    run(database, interrupted, over.is_set, lease=0.5)
    assert jobs.get(id).state == "running"
    run(database, lambda *_: "whole", lambda: jobs.get(id).over, lease=0.5)
    assert (jobs.get(id).state, jobs.get(id).result, jobs.get(id).attempt) == ("done", "whole", 2)


def test_a_lease_is_renewed_while_something_takes_long(database: Database) -> None:
    jobs = Jobs(database)
    id = jobs.add("ingest", {}, "me").id

    def long(sources: Sources, job: Job, tell: Any, stopped: Any) -> Any:
        time.sleep(1.5)
        assert Jobs(database).claim("thief", 5) is None
        return 1

    run(database, long, lambda: jobs.get(id).over, lease=0.6)
    assert (jobs.get(id).state, jobs.get(id).attempt) == ("done", 1)


def test_a_database_that_is_away_for_a_while_ends_no_worker(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(database)
    claims = []
    claim = Jobs.claim

    def away(self: Jobs, *rest: Any) -> Any:
        claims.append(1)
        if len(claims) < 3:
            raise PasserbyError("the database cannot be reached")
        return claim(self, *rest)

    monkeypatch.setattr(Jobs, "claim", away)
    id = jobs.add("ingest", {}, "me").id
    run(database, lambda *_: 1, lambda: jobs.get(id).over)
    assert jobs.get(id).state == "done"


def job_for(arguments: dict[str, Any], kind: str = "ingest") -> Job:
    return Job(
        1, kind, arguments, "me", "running", 0.0, 0.0, None, "w", 1, False, 0, 0, "", None, "", 0
    )


def test_what_a_job_asks_for_is_what_is_ingested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "yard.mp4").write_bytes(b"1")
    asked: list[Any] = []
    monkeypatch.setattr(ingest_worker, "ingest", lambda *a, **k: asked.append((a, k)) or ())
    sources = Sources("town", "net", tmp_path, {"entrance": "rtsp://x"})

    def take(arguments: dict[str, Any]) -> Any:
        take_in(sources, job_for(arguments), print, lambda: False)
        return asked.pop()

    (given,), settings = take({"video": "yard.mp4", "camera": "yard", "start": "T", "fps": 5.0})
    assert given == [tmp_path / "yard.mp4"]
    assert (settings["camera"], settings["start"], settings["fps"]) == ("yard", ["T"], 5.0)
    assert (settings["gallery"], settings["embedder"]) == ("town", "net")
    (given,), settings = take({"stream": "entrance", "camera": "door", "seconds": 9.0})
    assert (given, settings["seconds"], settings["start"]) == (["rtsp://x"], 9.0, ())
    for bad in ({"video": "../x.mp4", "camera": "c"}, {"stream": "gone", "camera": "c"}):
        with pytest.raises(PasserbyError):
            take(bad)
    with pytest.raises(PasserbyError, match="kind"):
        take_in(sources, job_for({}, "dance"), print, lambda: False)
    with pytest.raises(PasserbyError, match="--videos"):
        take_in(NOWHERE, job_for({"video": "yard.mp4", "camera": "c"}), print, lambda: False)


def test_the_process_works_is_started_again_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process, on a real queue: its job fails in words, as there is no folder of videos."""
    import asyncio

    from tests.gallery.around import fresh_url

    from passerby.server import ingest_process

    monkeypatch.setattr(ingest_process, "_LOOKS", 0.05)
    url = fresh_url()
    with Database.open(url, create=True) as database:
        jobs = Jobs(database)
        worker = ingest_process.IngestProcess(Sources(url, "none"))
        first = jobs.add("ingest", {"video": "a.mp4", "camera": "yard"}, "me").id

        async def watch() -> None:
            keeping = asyncio.create_task(worker.keep())
            await asyncio.to_thread(until, lambda: jobs.get(first).over, 120)
            assert worker._process is not None
            worker._process.kill()
            second = jobs.add("ingest", {"video": "a.mp4", "camera": "yard"}, "me").id
            await asyncio.to_thread(until, lambda: jobs.get(second).over, 120)
            keeping.cancel()

        asyncio.run(watch())
        assert "--videos" in jobs.get(first).error
        worker.stop()
        assert not worker.alive

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from tests.gallery.around import fresh_database

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.job import ATTEMPTS, Job
from passerby.gallery.jobs import Jobs


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with fresh_database() as opened:
        yield opened


@pytest.fixture
def jobs(database: Database) -> Jobs:
    with database.engine.begin() as connection:
        connection.execute(text("truncate job restart identity"))
    return Jobs(database)


def claimed(jobs: Jobs, worker: str = "w", lease: float = 60.0, now: float | None = None) -> Job:
    job = jobs.claim(worker, lease, now)
    assert job is not None
    return job


def test_a_job_from_its_beginning_to_its_end(jobs: Jobs) -> None:
    before = time.time()
    made = jobs.add("ingest", {"video": "door.mp4", "fps": 5.0}, by="ada")
    assert (made.state, made.by, made.arguments) == (
        "waiting",
        "ada",
        {"video": "door.mp4", "fps": 5.0},
    )
    assert abs(made.made - before) < 60
    job = claimed(jobs, "worker 1")
    assert (job.id, job.state, job.worker, job.attempt) == (made.id, "running", "worker 1", 1)
    assert jobs.progress(job.id, 3, 10, "looking")
    seen = jobs.get(job.id)
    assert (seen.done, seen.total, seen.text, seen.over) == (3, 10, "looking", False)
    assert jobs.finish(job.id, {"tracklets": 7})
    done = jobs.get(job.id)
    assert (done.state, done.result, done.over) == ("done", {"tracklets": 7}, True)
    assert done.started is not None
    assert done.ended is not None
    assert done.made <= done.started <= done.ended
    assert jobs.claim("w", 60) is None


def test_the_oldest_job_comes_first(jobs: Jobs) -> None:
    ids = [jobs.add("ingest", {"n": n}, "ada").id for n in range(3)]
    assert jobs.waiting() == 3
    assert [claimed(jobs).id for _ in ids] == ids
    assert jobs.claim("w", 60) is None


def test_many_workers_never_get_one_job_twice(database: Database, jobs: Jobs) -> None:
    ids = [jobs.add("ingest", {"n": n}, "ada").id for n in range(60)]
    got: list[int] = []

    def work(name: str) -> None:
        mine = Jobs(database)
        while (job := mine.claim(name, 60)) is not None:
            got.append(job.id)
            assert mine.finish(job.id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(got) == Counter(ids)
    assert {job.attempt for job in jobs.all()} == {1}


def test_a_claim_waits_for_nobody(database: Database, jobs: Jobs) -> None:
    first, second = (jobs.add("ingest", {}, "ada").id for _ in range(2))
    with database.engine.begin() as connection:  # somebody else is just taking the first one
        connection.execute(text("select from job where id = :id for update"), {"id": first})
        begun = time.monotonic()
        assert claimed(jobs).id == second
        assert time.monotonic() - begun < 5


def test_the_job_of_a_dead_worker_goes_to_the_next(database: Database, jobs: Jobs) -> None:
    id = jobs.add("ingest", {}, "ada").id
    claimed(jobs, "first", lease=10, now=1000.0)
    other = Jobs(database)
    assert other.claim("second", 10, now=1009.0) is None
    again = claimed(other, "second", lease=10, now=1010.1)
    assert (again.id, again.worker, again.attempt) == (id, "second", 2)
    # The first one was only slow. It is told, and changes nothing any more.
    assert not jobs.progress(id, 5, 5, now=1011.0)
    assert not jobs.renew(id, now=1011.0)
    assert not jobs.finish(id, "mine")
    assert other.get(id).state == "running"
    assert other.finish(id, "theirs")
    assert jobs.get(id).result == "theirs"


@pytest.mark.parametrize("call", ["progress", "renew"])
def test_whoever_reports_keeps_the_lease(database: Database, jobs: Jobs, call: str) -> None:
    id = jobs.add("ingest", {}, "ada").id
    claimed(jobs, lease=10, now=1000.0)
    for now in (1009.0, 1018.0, 1027.0):
        assert jobs.progress(id, 1, 2, now=now) if call == "progress" else jobs.renew(id, now=now)
    assert Jobs(database).claim("second", 10, now=1036.0) is None


def test_a_job_that_kills_its_workers_fails(database: Database, jobs: Jobs) -> None:
    id = jobs.add("ingest", {}, "ada").id
    now = 0.0
    for attempt in range(1, ATTEMPTS + 1):
        assert claimed(Jobs(database), lease=1, now=now).attempt == attempt
        now += 2
    assert jobs.claim("w", 1, now=now) is None
    assert jobs.get(id).state == "failed"
    assert "its worker died 5 times" in jobs.get(id).error


def test_cancelling(database: Database, jobs: Jobs) -> None:
    waits = jobs.add("ingest", {}, "ada").id
    assert jobs.cancel(waits).state == "cancelled"
    runs = jobs.add("ingest", {}, "ada").id
    assert claimed(jobs).id == runs
    asked = jobs.cancel(runs)
    assert (asked.state, asked.cancelling) == ("running", True)
    assert not jobs.progress(runs, 1, 2)
    assert jobs.fail(runs, "stopped")
    ended = jobs.get(runs)
    assert (ended.state, ended.error) == ("cancelled", "")
    assert jobs.cancel(runs) == ended
    # One whose worker died while it was to stop is not begun again.
    dead = jobs.add("ingest", {}, "ada").id
    claimed(jobs, lease=1, now=0.0)
    jobs.cancel(dead)
    assert Jobs(database).claim("w", 1, now=10.0) is None
    assert jobs.get(dead).state == "cancelled"


def test_what_is_done_is_done_even_if_it_was_to_stop(jobs: Jobs) -> None:
    id = jobs.add("ingest", {}, "ada").id
    claimed(jobs)
    jobs.cancel(id)
    assert jobs.finish(id, 1)
    assert jobs.get(id).state == "done"


def test_an_error_in_words(jobs: Jobs) -> None:
    id = jobs.add("ingest", {}, "ada").id
    claimed(jobs)
    assert jobs.fail(id, "the video\0 is cut short" + "!" * 20_000)
    failed = jobs.get(id)
    assert failed.state == "failed"
    assert failed.error.startswith("the video is cut short!")
    assert len(failed.error) == 10_000


def test_only_the_claimer_reports_unless_it_hands_over(database: Database, jobs: Jobs) -> None:
    job = jobs.add("ingest", {}, "ada")
    held = claimed(jobs)
    other = Jobs(database)
    with pytest.raises(PasserbyError, match=f"job {job.id} was not claimed here"):
        other.progress(job.id, 1, 2)
    other.hold(held)
    assert other.progress(job.id, 1, 2)
    assert other.finish(job.id)


def test_watching_sees_changes_and_then_the_end(jobs: Jobs) -> None:
    id = jobs.add("ingest", {}, "ada").id

    def work() -> None:
        claimed(jobs)
        for done in (1, 2):
            time.sleep(0.15)
            jobs.progress(id, done, 2)
        time.sleep(0.15)
        jobs.finish(id)

    worker = threading.Thread(target=work)
    worker.start()
    seen = list(jobs.watch(id, every=0.01))
    worker.join()
    assert [job.state for job in seen][-1] == "done"
    assert [job.revision for job in seen] == sorted({job.revision for job in seen})
    assert {job.done for job in seen} == {0, 1, 2}
    last = seen[-1].revision
    assert list(jobs.watch(id, after=last)) == []


def test_pages_newest_first(jobs: Jobs) -> None:
    ids = [jobs.add("ingest", {}, "ada").id for _ in range(5)]
    first = jobs.all(limit=2)
    assert [job.id for job in first] == ids[:2:-1]
    assert [job.id for job in jobs.all(before=first[-1].id)] == ids[2::-1]


def test_tidying_removes_what_ended_long_ago(jobs: Jobs) -> None:
    old, new = (jobs.add("ingest", {}, "ada").id for _ in range(2))
    claimed(jobs)
    jobs.finish(old)
    assert jobs.tidy(days=1) == 0
    assert jobs.tidy(days=1, now=time.time() + 2 * 86_400) == 1
    assert [job.id for job in jobs.all()] == [new]
    with pytest.raises(PasserbyError, match=f"there is no job {old}"):
        jobs.get(old)


@pytest.mark.parametrize(
    ("kind", "arguments", "said"),
    [
        ("", {}, "has no kind"),
        ("ingest", {"video": object()}, "cannot be written as JSON"),
        ("ingest", {"fps": float("nan")}, "cannot be written as JSON"),
        ("ingest", {"video": "a\0b"}, "NUL"),
    ],
)
def test_a_wrong_job_has_words(jobs: Jobs, kind: str, arguments: dict, said: str) -> None:
    with pytest.raises(PasserbyError, match=said):
        jobs.add(kind, arguments, "ada")
    with pytest.raises(PasserbyError, match="over at once"):
        jobs.claim("w", 0)
    assert jobs.all() == ()

"""`Jobs`: work in the background that outlives whoever does it."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.job import (
    Job,
    abandoned,
    bury,
    change,
    checked_json,
    clock,
    job_of,
    job_row,
    words,
)
from passerby.gallery.job_table import job

_DAY = 86_400.0


class Jobs:
    """The queue of jobs in a gallery's database. One job is never given to two living workers.

    A worker claims a job for a time, its lease, and renews it by every `progress`. When the worker
    dies, the lease runs out and the next `claim` gives the job to another one; what it does must
    therefore be safe to begin again. A worker that comes back too late is told so (`progress` is
    False), and can no longer finish what is not its own. Which claims are its own an object of
    this class knows by itself, so a worker keeps one for all its calls.

    Progress is looked up (`watch`), not sent by NOTIFY. A notification is lost to whoever was not
    connected, takes a connection to each listener for as long as it listens, does not pass
    poolers that lend connections by the transaction, and makes all commits that notify wait for
    one another. Half a second late is soon enough, and one row by its key costs next to nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claims: dict[int, int] = {}  # job -> the attempt that is ours

    def add(self, kind: str, arguments: Mapping[str, Any], by: str) -> Job:
        """A new job at the end of the queue.

        arguments: what JSON can hold
        Raises PasserbyError when `kind` is empty or `arguments` are not JSON.
        """
        if not kind:
            raise PasserbyError("the job has no kind; say what it is, such as 'ingest'")
        row = {"kind": kind, "arguments": checked_json(arguments, "arguments"), "by": by}

        def work(connection: Connection) -> Job:
            made = insert(job).values(**row, made=clock(connection)).returning(*job.c)
            return job_of(connection.execute(made).one())

        return self._database.write(work)

    def claim(self, worker: str, lease_seconds: float, now: float | None = None) -> Job | None:
        """The oldest job that nobody does, now this worker's; None when there is none.

        lease_seconds: how long the worker may be silent before it is taken for dead
        now: seconds since the epoch; by default the database's clock, which all workers share
        """
        if not lease_seconds > 0:
            raise PasserbyError(f"a lease of {lease_seconds} seconds is over at once; give more")

        def work(connection: Connection) -> Job | None:
            moment = clock(connection) if now is None else now
            bury(connection, moment)
            free = (
                select(job.c.id)
                .where(or_(job.c.state == "waiting", abandoned(moment)))
                .order_by(job.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
                .scalar_subquery()
            )
            row = connection.execute(
                update(job)
                .where(job.c.id == free)
                .values(
                    state="running",
                    worker=worker,
                    started=moment,
                    attempt=job.c.attempt + 1,
                    lease_seconds=lease_seconds,
                    lease_until=moment + lease_seconds,
                    revision=job.c.revision + 1,
                )
                .returning(*job.c)
            ).first()
            return None if row is None else job_of(row)

        claimed = self._database.write(work)
        if claimed is not None:
            self._claims[claimed.id] = claimed.attempt
        return claimed

    def hold(self, claimed: Job) -> None:
        """Go on with a job that was claimed elsewhere, such as by the parent process."""
        self._claims[claimed.id] = claimed.attempt

    def progress(
        self, id: int, done: int, total: int, text: str = "", now: float | None = None
    ) -> bool:
        """Say how far a job is, and renew its lease. False: stop, it was cancelled or is lost."""
        values = {"done": done, "total": total, "text": words(text)}
        return self._touch(id, values, now)

    def renew(self, id: int, now: float | None = None) -> bool:
        """Renew the lease while there is nothing to tell. False as in `progress`."""
        return self._touch(id, {}, now)

    def finish(self, id: int, result: Any = None) -> bool:
        """It is done. False when it was another worker's by now; then nothing changes.

        result: what JSON can hold
        """
        return self._end(id, {"state": "done", "result": checked_json(result, "result")})

    def fail(self, id: int, error: str) -> bool:
        """It cannot be done, and why, in words; a job that was being cancelled is cancelled.

        False when it was another worker's by now; then nothing changes.
        """
        return self._end(id, {"state": "failed", "error": words(error)})

    def cancel(self, id: int) -> Job:
        """Take a job from the queue, or ask its worker to stop. One that is over stays as it is."""

        def work(connection: Connection) -> Job:
            held = job_of(job_row(connection, id, locked=True))
            if held.over:
                return held
            values: dict[str, Any] = {"cancelling": True}
            if held.state == "waiting":
                values = {"state": "cancelled", "ended": clock(connection)}
            return change(connection, id, values)

        return self._database.write(work)

    def get(self, id: int) -> Job:
        """One job. Raises PasserbyError when there is none."""
        return self._database.read(lambda connection: job_of(job_row(connection, id)))

    def all(self, limit: int = 100, before: int | None = None) -> tuple[Job, ...]:
        """The newest jobs, newest first; `before` an id: only older ones, so that pages follow."""
        wanted = select(job).order_by(job.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(job.c.id < before)
        rows = self._database.read(lambda connection: connection.execute(wanted).all())
        return tuple(map(job_of, rows))

    def waiting(self) -> int:
        """How many jobs nobody has begun."""
        wanted = select(func.count()).where(job.c.state == "waiting")
        return self._database.read(lambda connection: connection.execute(wanted).scalar_one())

    def watch(self, id: int, after: int = -1, every: float = 0.5) -> Iterator[Job]:
        """The job whenever it has changed, until it is over.

        after: the last revision that is known already
        every: seconds between looks
        """
        while True:
            seen = self.get(id)
            if seen.revision > after:
                after = seen.revision
                yield seen
            if seen.over:
                return
            time.sleep(every)

    def tidy(self, days: float, now: float | None = None) -> int:
        """Remove jobs that ended more than `days` ago; how many went."""

        def work(connection: Connection) -> int:
            limit = (clock(connection) if now is None else now) - days * _DAY
            return connection.execute(delete(job).where(job.c.ended < limit)).rowcount

        return self._database.write(work)

    def _touch(self, id: int, values: dict[str, Any], now: float | None) -> bool:
        if values:
            values = {**values, "revision": job.c.revision + 1}

        def work(connection: Connection) -> bool:
            held = job_row(connection, id, locked=True)
            if not self._own(held):
                return False
            until = (clock(connection) if now is None else now) + held.lease_seconds
            connection.execute(
                update(job).where(job.c.id == id).values(lease_until=until, **values)
            )
            return not held.cancelling

        return self._database.write(work)

    def _end(self, id: int, values: dict[str, Any]) -> bool:
        def work(connection: Connection) -> bool:
            held = job_row(connection, id, locked=True)
            if not self._own(held):
                return False
            stopped = held.cancelling and values["state"] == "failed"
            outcome = {"state": "cancelled"} if stopped else values
            change(connection, id, {**outcome, "ended": clock(connection)})
            return True

        ended = self._database.write(work)
        del self._claims[id]
        return ended

    def _own(self, held: Any) -> bool:
        if held.id not in self._claims:
            raise PasserbyError(
                f"job {held.id} was not claimed here; only the worker that claimed it may report "
                "on it (`claim`, or `hold` in another process)"
            )
        return held.state == "running" and held.attempt == self._claims[held.id]

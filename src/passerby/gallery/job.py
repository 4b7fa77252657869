"""`Job`: a piece of work in the background, and its row in the database."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, or_, select, text, update

from passerby.core.errors import PasserbyError
from passerby.gallery.job_table import job

ATTEMPTS = 5
"""A job whose workers died so many times fails: it may be what kills them."""

_LONGEST = 10_000  # characters of a message

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Job:
    """A piece of work.

    by:          who asked for it: the name of an access key
    state:       waiting, running, and how it ended: done, failed, cancelled
    made, started, ended: seconds since the epoch
    worker:      who does it, or did it last
    attempt:     how many workers have begun it
    cancelling:  somebody asked for its end, and its worker has not yet obeyed
    done, total: progress in units of its own; total 0 while unknown
    text:        what is being done, in words
    result:      what came of it, once it is done
    error:       why it failed, in words
    revision:    rises with every change
    """

    id: int
    kind: str
    arguments: dict[str, Any]
    by: str
    state: State
    made: float
    started: float | None
    ended: float | None
    worker: str
    attempt: int
    cancelling: bool
    done: int
    total: int
    text: str
    result: Any
    error: str
    revision: int

    @property
    def over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in ("done", "failed", "cancelled")


def clock(connection: Connection) -> float:
    """The database's time: the clocks of workers on several machines may differ."""
    return connection.execute(
        text("select extract(epoch from clock_timestamp())::float8")
    ).scalar_one()


def abandoned(now: float) -> ColumnElement[bool]:
    """Whose worker is taken for dead."""
    return and_(job.c.state == "running", job.c.lease_until < now)


def bury(connection: Connection, now: float) -> None:
    """End the jobs of dead workers that nobody shall begin again."""
    dead = (
        select(job.c.id)
        .where(abandoned(now), or_(job.c.cancelling, job.c.attempt >= ATTEMPTS))
        .with_for_update(skip_locked=True)
    )
    for row in connection.execute(dead.add_columns(job.c.cancelling)).all():
        if row.cancelling:
            values: dict[str, Any] = {"state": "cancelled"}
        else:
            error = f"its worker died {ATTEMPTS} times; look into the log before you add it again"
            values = {"state": "failed", "error": error}
        change(connection, row.id, {**values, "ended": now})


def job_row(connection: Connection, id: int, *, locked: bool = False) -> Any:
    """A job's row, for this transaction alone if `locked`; PasserbyError when there is none."""
    wanted = select(job).where(job.c.id == id)
    row = connection.execute(wanted.with_for_update() if locked else wanted).first()
    if row is None:
        raise PasserbyError(f"there is no job {id}; it may have been removed since it ended")
    return row


def change(connection: Connection, id: int, values: dict[str, Any]) -> Job:
    """Set values of a job."""
    changed = update(job).where(job.c.id == id).values(**values, revision=job.c.revision + 1)
    return job_of(connection.execute(changed.returning(*job.c)).one())


def checked_json(value: Any, what: str) -> Any:
    """What JSON makes of a value: a JSON null where there is none."""
    try:
        written = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise PasserbyError(f"the job's {what} cannot be written as JSON: {error}") from error
    if "\\u0000" in written:
        raise PasserbyError(f"the job's {what} hold a NUL character, which no text may hold")
    return json.loads(written)


def words(message: str) -> str:
    """A message as the database takes it: no NUL characters, and not too long."""
    return message.replace("\0", "")[:_LONGEST]


def job_of(row: Any) -> Job:
    """A row of the table as a `Job`."""
    fields = row._asdict()
    del fields["lease_seconds"], fields["lease_until"]
    return Job(**fields)

"""The table of jobs."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from passerby.gallery.tables import metadata

job = Table(
    "job",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("made", Double, nullable=False),
    Column("started", Double),
    Column("ended", Double),
    Column("worker", Text, nullable=False, server_default=""),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("lease_seconds", Double, nullable=False, server_default="0"),
    Column("lease_until", Double),
    Column("cancelling", Boolean, nullable=False, server_default="false"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("text", Text, nullable=False, server_default=""),
    Column("result", JSONB),
    Column("error", Text, nullable=False, server_default=""),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    CheckConstraint(
        "state in ('waiting', 'running', 'done', 'failed', 'cancelled')", name="job_state"
    ),
    comment="work that is done in the background, and what became of it",
)

# Most jobs have ended: the queue itself stays small however many there were.
Index("job_open", job.c.id, postgresql_where=text("state in ('waiting', 'running')"))

"""The tables of the audit log; `migrations` makes them, and what refuses to change them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from passerby.gallery.tables import metadata

audit_record = Table(
    "audit_record",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("time", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON, kept to the letter: the seal is over it
    Column("seal", LargeBinary, nullable=False),
)

audit_subject = Table(
    "audit_subject",
    metadata,
    Column("record", ForeignKey("audit_record.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("alias", Text, nullable=False),
    PrimaryKeyConstraint("record", "place"),
)

subject = Table(
    "subject",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("person", ForeignKey("person.key", ondelete="CASCADE"), unique=True),
    Column("tracklet", ForeignKey("tracklet.key", ondelete="CASCADE"), unique=True),
    Column("recording", ForeignKey("recording.key", ondelete="CASCADE"), unique=True),
    Column("camera", ForeignKey("camera.key", ondelete="CASCADE"), unique=True),
)

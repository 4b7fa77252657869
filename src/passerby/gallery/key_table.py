"""The table of access keys."""

from sqlalchemy import CheckConstraint, Column, Double, LargeBinary, Table, Text

from passerby.gallery.tables import metadata

access_key = Table(
    "access_key",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("hint", Text, nullable=False),
    Column("made", Double, nullable=False),
    Column("expires", Double),
    Column("revoked", Double),
    Column("last_used", Double),
    CheckConstraint("role in ('viewer', 'operator', 'admin')", name="access_key_role"),
    CheckConstraint("length(digest) = 32", name="access_key_digest"),
    comment="who may use the gallery; the keys themselves are not kept, only their SHA-256",
)

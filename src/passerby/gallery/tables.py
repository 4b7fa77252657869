"""The tables of a gallery; `migrations` makes them.

Features stand in a table of their own for each model, see `feature_table`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

SCHEMA = "passerby"
"""Where all tables are, so that a database may hold others beside them."""

metadata = MetaData()

Name = Text(collation="C")
"""Text that is sorted by its characters' numbers, on every server alike."""

model = Table(
    "model",
    metadata,
    Column("key", Integer, Identity(always=True), primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("searched", Boolean, nullable=False),
    Column("dimensions", Integer),  # null until there are features
    Column("scale", Double),  # what features are multiplied by to be stored as halves
    CheckConstraint("metric IN ('euclidean', 'cosine')", name="model_metric"),
    Index("model_searched", "searched", unique=True, postgresql_where=text("searched")),
)

segment = Table(
    "segment",
    metadata,
    Column("model", ForeignKey("model.key", ondelete="CASCADE"), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("cameras", ARRAY(Integer), comment="null: not noted, it may hold anything"),
    Column("starts", Double),
    Column("ends", Double),
    PrimaryKeyConstraint("model", "first", "last", name="segment_pkey"),
    comment="ranges of feature keys that have an index for approximate search",
)

camera = Table(
    "camera",
    metadata,
    Column("key", Integer, Identity(always=True), primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("zone", Text, nullable=False),
    Column("retention_days", Double),
)

recording = Table(
    "recording",
    metadata,
    Column("key", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Name, nullable=False, unique=True),
    Column("camera", ForeignKey("camera.key"), nullable=False),
    Column("source", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("start", Double),
    Column("duration", Double, nullable=False),
    Column("frames", BigInteger, nullable=False),
    Column("lost", BigInteger, nullable=False),
    Column("settings", JSONB, nullable=False),
    Column("added", Double, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("key", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Name, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("consent IN ('unknown', 'given', 'refused')", name="person_consent"),
    Index("person_refused", "key", postgresql_where=text("consent = 'refused'")),
)

tracklet = Table(
    "tracklet",
    metadata,
    Column("key", BigInteger, Identity(always=True), primary_key=True),
    Column("recording", ForeignKey("recording.key", ondelete="CASCADE"), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("camera", ForeignKey("camera.key"), nullable=False),
    Column("person", ForeignKey("person.key")),
    Column("starts", Double, nullable=False),
    Column("ends", Double, nullable=False),
    Column("clocked", Boolean, nullable=False),
    UniqueConstraint("recording", "number", name="tracklet_recording_number"),
    Index("tracklet_camera_starts", "camera", "starts"),
    Index("tracklet_starts", "starts"),
    Index("tracklet_person", "person", postgresql_where=text("person IS NOT NULL")),
)

crop = Table(
    "crop",
    metadata,
    Column("tracklet", ForeignKey("tracklet.key", ondelete="CASCADE"), nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("jpeg", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tracklet", "place", name="crop_pkey"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("tracklet", ForeignKey("tracklet.key", ondelete="CASCADE"), nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("frame", BigInteger, nullable=False),
    Column("left", Double, nullable=False),
    Column("top", Double, nullable=False),
    Column("right", Double, nullable=False),
    Column("bottom", Double, nullable=False),
    PrimaryKeyConstraint("tracklet", "place", name="sighting_pkey"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("tracklet", ForeignKey("tracklet.key", ondelete="CASCADE"), nullable=False),
    Column("person", ForeignKey("person.key", ondelete="CASCADE"), nullable=False),
    Column("same", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("time", Double, nullable=False),
    PrimaryKeyConstraint("tracklet", "person", name="verdict_pkey"),
    Index("verdict_person", "person"),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("kind", Text, nullable=False),
    Column("id", Name, nullable=False),
    PrimaryKeyConstraint("kind", "id", name="forgotten_pkey"),
    CheckConstraint("kind IN ('recording', 'tracklet', 'person')", name="forgotten_kind"),
    comment="ids of what was forgotten and may not come back, and nothing else of it",
)


def feature_table(model: int) -> str:
    """The name of the table with the features of the model whose key is `model`.

    key      a row's number, rising with the time at which it was added
    tracklet whose feature
    half     half-precision, scaled (see `halves`): what is searched
    feature  as it was given, float32: what distances are computed of in the end
    """
    return f"feature_{int(model)}"

"""The gallery: cameras, recordings, tracklets, crops, people, verdicts, models, the forgotten."""

from alembic import op

revision = "0001"
down_revision = None

_STATEMENTS = (
    """CREATE TABLE model (
        key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        hash text NOT NULL UNIQUE,
        name text NOT NULL,
        metric text NOT NULL CONSTRAINT model_metric CHECK (metric IN ('euclidean', 'cosine')),
        source text NOT NULL,
        searched boolean NOT NULL,
        dimensions integer,
        scale double precision
    )""",
    "CREATE UNIQUE INDEX model_searched ON model (searched) WHERE searched",
    """CREATE TABLE segment (
        model integer NOT NULL REFERENCES model (key) ON DELETE CASCADE,
        first bigint NOT NULL,
        last bigint NOT NULL,
        PRIMARY KEY (model, first, last)
    )""",
    """COMMENT ON TABLE segment IS
        'ranges of feature keys that have an index for approximate search'""",
    """CREATE TABLE camera (
        key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text COLLATE "C" NOT NULL UNIQUE,
        zone text NOT NULL,
        retention_days double precision
    )""",
    """CREATE TABLE recording (
        key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text COLLATE "C" NOT NULL UNIQUE,
        camera integer NOT NULL REFERENCES camera (key),
        source text NOT NULL,
        content text NOT NULL,
        start double precision,
        duration double precision NOT NULL,
        frames bigint NOT NULL,
        lost bigint NOT NULL,
        settings jsonb NOT NULL,
        added double precision NOT NULL
    )""",
    """CREATE TABLE person (
        key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text COLLATE "C" NOT NULL UNIQUE,
        name text NOT NULL,
        consent text NOT NULL CONSTRAINT person_consent
            CHECK (consent IN ('unknown', 'given', 'refused')),
        note text NOT NULL
    )""",
    "CREATE INDEX person_refused ON person (key) WHERE consent = 'refused'",
    """CREATE TABLE tracklet (
        key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        recording bigint NOT NULL REFERENCES recording (key) ON DELETE CASCADE,
        number bigint NOT NULL,
        camera integer NOT NULL REFERENCES camera (key),
        person bigint REFERENCES person (key),
        starts double precision NOT NULL,
        ends double precision NOT NULL,
        clocked boolean NOT NULL,
        CONSTRAINT tracklet_recording_number UNIQUE (recording, number)
    )""",
    "CREATE INDEX tracklet_camera_starts ON tracklet (camera, starts)",
    "CREATE INDEX tracklet_starts ON tracklet (starts)",
    "CREATE INDEX tracklet_person ON tracklet (person) WHERE person IS NOT NULL",
    """CREATE TABLE crop (
        tracklet bigint NOT NULL REFERENCES tracklet (key) ON DELETE CASCADE,
        place smallint NOT NULL,
        jpeg bytea NOT NULL,
        PRIMARY KEY (tracklet, place)
    )""",
    "ALTER TABLE crop ALTER COLUMN jpeg SET STORAGE EXTERNAL",  # a JPEG cannot be compressed
    """CREATE TABLE sighting (
        tracklet bigint NOT NULL REFERENCES tracklet (key) ON DELETE CASCADE,
        place smallint NOT NULL,
        frame bigint NOT NULL,
        "left" double precision NOT NULL,
        top double precision NOT NULL,
        "right" double precision NOT NULL,
        bottom double precision NOT NULL,
        PRIMARY KEY (tracklet, place)
    )""",
    """CREATE TABLE verdict (
        tracklet bigint NOT NULL REFERENCES tracklet (key) ON DELETE CASCADE,
        person bigint NOT NULL REFERENCES person (key) ON DELETE CASCADE,
        same boolean NOT NULL,
        by text NOT NULL,
        time double precision NOT NULL,
        PRIMARY KEY (tracklet, person)
    )""",
    "CREATE INDEX verdict_person ON verdict (person)",
    """CREATE TABLE forgotten (
        kind text NOT NULL CONSTRAINT forgotten_kind
            CHECK (kind IN ('recording', 'tracklet', 'person')),
        id text COLLATE "C" NOT NULL,
        PRIMARY KEY (kind, id)
    )""",
    """COMMENT ON TABLE forgotten IS
        'ids of what was forgotten and may not come back, and nothing else of it'""",
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)

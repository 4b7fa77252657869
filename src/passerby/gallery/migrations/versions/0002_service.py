"""What stands around the gallery: its identity, access keys, jobs, the audit log."""

from alembic import op

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    """CREATE TABLE identity (
        id text NOT NULL,
        one boolean PRIMARY KEY DEFAULT true CONSTRAINT identity_one CHECK (one)
    )""",
    "INSERT INTO identity (id) VALUES (replace(gen_random_uuid()::text, '-', ''))",
    "COMMENT ON TABLE identity IS 'which gallery this is; its backups are it too'",
    """CREATE TABLE access_key (
        name text COLLATE "C" PRIMARY KEY,
        role text NOT NULL CONSTRAINT access_key_role
            CHECK (role IN ('viewer', 'operator', 'admin')),
        digest bytea NOT NULL UNIQUE CONSTRAINT access_key_digest CHECK (length(digest) = 32),
        hint text NOT NULL,
        made double precision NOT NULL,
        expires double precision,
        revoked double precision,
        last_used double precision
    )""",
    """COMMENT ON TABLE access_key IS
        'who may use the gallery; the keys themselves are not kept, only their SHA-256'""",
    """CREATE TABLE job (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL,
        arguments jsonb NOT NULL,
        by text NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CONSTRAINT job_state
            CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
        made double precision NOT NULL,
        started double precision,
        ended double precision,
        worker text NOT NULL DEFAULT '',
        attempt integer NOT NULL DEFAULT 0,
        lease_seconds double precision NOT NULL DEFAULT 0,
        lease_until double precision,
        cancelling boolean NOT NULL DEFAULT false,
        done bigint NOT NULL DEFAULT 0,
        total bigint NOT NULL DEFAULT 0,
        text text NOT NULL DEFAULT '',
        result jsonb,
        error text NOT NULL DEFAULT '',
        revision bigint NOT NULL DEFAULT 0
    )""",
    # Most jobs have ended: the queue itself stays small however many there were.
    "CREATE INDEX job_open ON job (id) WHERE state IN ('waiting', 'running')",
    """CREATE TABLE audit_record (
        id bigint PRIMARY KEY,
        time double precision NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        detail text NOT NULL,
        seal bytea NOT NULL CONSTRAINT audit_record_seal CHECK (length(seal) = 32)
    )""",
    "COMMENT ON TABLE audit_record IS 'who did what; a line is never changed and never removed'",
    "CREATE INDEX audit_record_actor ON audit_record (actor, id)",
    "CREATE INDEX audit_record_time ON audit_record (time)",
    """CREATE TABLE audit_subject (
        record bigint NOT NULL REFERENCES audit_record (id),
        place integer NOT NULL,
        kind text NOT NULL,
        alias text NOT NULL,
        PRIMARY KEY (record, place)
    )""",
    "COMMENT ON TABLE audit_subject IS 'to whom, by random ids; table subject says who they are'",
    "CREATE INDEX audit_subject_alias ON audit_subject (alias, record)",
    """CREATE TABLE subject (
        alias text PRIMARY KEY,
        person bigint UNIQUE REFERENCES person (key) ON DELETE CASCADE,
        tracklet bigint UNIQUE REFERENCES tracklet (key) ON DELETE CASCADE,
        recording bigint UNIQUE REFERENCES recording (key) ON DELETE CASCADE,
        camera integer UNIQUE REFERENCES camera (key) ON DELETE CASCADE,
        CONSTRAINT subject_one CHECK (num_nonnulls(person, tracklet, recording, camera) = 1)
    )""",
    """COMMENT ON TABLE subject IS
        'who is meant by a random id of the audit log; a row goes with whom it is about'""",
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END $$""",
    *(
        statement
        for table in ("audit_record", "audit_subject")
        for statement in (
            f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
            # Also where session_replication_role switches ordinary triggers off.
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only",
        )
    ),
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)

"""Which cameras and times a segment holds, so that searches skip those without anything wanted."""

from alembic import op

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    """ALTER TABLE segment
        ADD COLUMN cameras integer[], ADD COLUMN starts float8, ADD COLUMN ends float8""",
    "COMMENT ON COLUMN segment.cameras IS 'null: not noted, it may hold anything'",
    # What older programs build while this goes on has no note, and is searched as before.
    """DO $$
    DECLARE part record;
    BEGIN
        FOR part IN SELECT model, first, last FROM segment LOOP
            EXECUTE format(
                'UPDATE segment SET (cameras, starts, ends) = (
                    SELECT coalesce(array_agg(DISTINCT t.camera), ''{}''),
                        min(t.starts) FILTER (WHERE t.clocked),
                        max(t.ends) FILTER (WHERE t.clocked)
                    FROM %I f JOIN tracklet t ON t.key = f.tracklet
                    WHERE f.key BETWEEN $2 AND $3)
                WHERE model = $1 AND first = $2 AND last = $3',
                'feature_' || part.model
            ) USING part.model, part.first, part.last;
        END LOOP;
    END $$""",
)


def upgrade() -> None:
    """Add the columns, and note what the segments that stand hold."""
    for statement in _STATEMENTS:
        op.execute(statement)

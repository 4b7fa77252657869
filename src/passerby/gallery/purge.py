"""Getting rid of the bytes of removed rows, as far as that goes while others work.

PostgreSQL keeps a removed row until no transaction can see it, and its bytes until something else
is written in their place. Vacuuming blanks the vectors in the search index and gives the room of
the rows to new ones; at a checkpoint the log of changes is cut off. What is still in the room of
removed rows goes when it is used again, or at once when the tables are rewritten (see `scrub`).
"""

import logging

from passerby.gallery.database import Database
from passerby.gallery.migrate import SCHEMA

log = logging.getLogger(__name__)

_EMPTIED = "'tracklet', 'crop', 'sighting', 'verdict', 'recording', 'person', 'subject'"


def purge(database: Database) -> None:
    """Vacuum every table that rows were removed from, then cut off the log of changes.

    A table whose index is being built by another process is left out: that process does it when
    it is done. Nothing is raised: what was removed has been removed, and the server's own
    vacuuming comes round later.
    """
    from sqlalchemy.exc import DBAPIError

    try:
        with database.engine.connect() as opened:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            tables = connection.exec_driver_sql(
                f"SELECT tablename FROM pg_tables WHERE schemaname = '{SCHEMA}' AND (tablename IN "
                f"({_EMPTIED}) OR starts_with(tablename, 'feature_')) ORDER BY tablename"
            )
            for table in tables.scalars().all():
                connection.exec_driver_sql(
                    f"VACUUM (INDEX_CLEANUP ON, SKIP_LOCKED) {SCHEMA}.{table}"
                )
            may = "SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')"
            if connection.exec_driver_sql(may).scalar():
                connection.exec_driver_sql("CHECKPOINT")
    except DBAPIError as error:
        log.warning("the room of removed rows was not given back yet: %s", error.orig)

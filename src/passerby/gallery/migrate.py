"""Bringing a database to the shape that this version of Passerby needs."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from passerby.core.errors import PasserbyError
from passerby.gallery.extras import require

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

STEPS = Path(__file__).parent / "migrations" / "versions"
SCHEMA = "passerby"
NEEDS = (0, 8, 0)
"""The oldest pgvector that goes on searching until a filter has let enough through."""

_LOCK = 0x70617373  # any number that all processes of ours agree on


def newest() -> str:
    """The revision of the last step that this version of Passerby knows."""
    return max(file.stem.partition("_")[0] for file in STEPS.glob("[0-9]*_*.py"))


def migrate(engine: "Engine", place: str) -> bool:
    """Make or change what is in the database until it is of the newest revision; whether it was.

    Of many processes one does it, and the others wait. Either all of it is done or nothing.

    place: what the database is called in messages
    Raises PasserbyError when the database is newer than this version of Passerby, or pgvector is
    missing, older than 0.8, or may not be installed by this user.
    """
    with engine.connect() as connection:
        if _revision(connection, place) == newest():
            return False
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if _revision(connection, place) == newest():
            return False
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        _require_vectors(connection, place)
        _upgrade(connection)
    return True


def _revision(connection: "Connection", place: str) -> str | None:
    """The revision of the database; None when it is empty."""
    table = f"{SCHEMA}.alembic_version"
    if connection.exec_driver_sql(f"SELECT to_regclass('{table}')").scalar() is None:
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {table}").scalar()
    if found is not None and found > newest():
        raise PasserbyError(
            f"the gallery {place} was written by a newer Passerby (revision {found}, this one "
            f"knows {newest()}); run: pip install --upgrade passerby"
        )
    return found


def _require_vectors(connection: "Connection", place: str) -> None:
    from sqlalchemy.exc import DBAPIError

    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")
    except DBAPIError as error:
        raise PasserbyError(
            f"the database {place} has no pgvector, and it cannot be added: "
            f"{str(error.orig).splitlines()[0]}. Have its administrator install pgvector and run "
            "CREATE EXTENSION vector in it"
        ) from error
    version = connection.exec_driver_sql(
        "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    ).scalar_one()
    if tuple(int(part) for part in version.split(".")) < NEEDS:
        raise PasserbyError(
            f"the database {place} has pgvector {version}; 0.8.0 or newer is needed: have it "
            "upgraded and run ALTER EXTENSION vector UPDATE in it"
        )


def _upgrade(connection: "Connection") -> None:
    require("alembic")
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(STEPS.parent), version_locations=[str(STEPS)])

    def steps(revision: Any, context: MigrationContext) -> Any:
        return script._upgrade_revs("head", revision)

    context = MigrationContext.configure(
        connection, opts={"fn": steps, "version_table_schema": SCHEMA}
    )
    with Operations.context(context):
        context.run_migrations()

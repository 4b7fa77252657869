"""The list of the forgotten that lives outside the database, so that a backup can be told of it.

A backup that is older than a forgetting still holds who was forgotten. This list does not travel
with backups; restoring replays it. It says nothing of anybody: ids, which were random or made from
the content of a video, and which gallery they were in.
"""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.gallery.database import Database, is_url
from passerby.gallery.tables import forgotten

Gone: TypeAlias = frozenset[tuple[str, str]]
"""What was forgotten: kind ("recording", "tracklet" or "person") and id."""

_FORMAT = "passerby-forgotten-1"
_LOCK = 0x676F6E65  # any number that all processes of ours agree on


def list_of(place: Path | str) -> Path:
    """Where the list of the gallery at `place` is.

    Beside its folder or, where it is in a server of its own, in the folder `PASSERBY_STATE`, by
    default ~/.local/state/passerby.

    >>> list_of("towns/berne").as_posix()
    'towns/berne.forgotten.json'
    """
    if not is_url(place):
        folder = Path(place)
        folder = folder if folder.name not in ("", "..") else folder.resolve()
        return folder.with_name(f"{folder.name}.forgotten.json")
    url = urlsplit(str(place))
    name = f"{url.hostname or 'local'}-{url.port or 5432}{url.path}"  # no user, no password
    state = Path(os.environ.get("PASSERBY_STATE") or Path.home() / ".local/state/passerby")
    return state / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)}.forgotten.json"


def identity(database: Database) -> str:
    """Which gallery this is, in hexadecimal; a backup of it says the same."""
    return database.read(
        lambda connection: connection.execute(text("select id from identity")).scalar_one()
    )


def gone_from(database: Database) -> Gone:
    """What the database itself knows to have been forgotten."""
    return database.read(_gone)


def note_gone(database: Database, gone: Iterable[tuple[str, str]]) -> None:
    """Have the database refuse these for good, as if they had been forgotten in it."""
    rows = [{"kind": kind, "id": id} for kind, id in sorted(gone)]
    if rows:
        wanted = insert(forgotten).on_conflict_do_nothing()
        database.write(lambda connection: connection.execute(wanted, rows))


def keep_list(database: Database, file: Path) -> Path:
    """Bring the list in `file` up to date; it is made if there is none, its owner's only.

    Nothing ever leaves a list. Raises PasserbyError when it is another gallery's.
    """

    def work(connection: Connection) -> None:
        connection.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))
        whose = connection.execute(text("select id from identity")).scalar_one()
        _add(file, whose, _gone(connection))

    database.write(work)
    return file


def read_list(file: Path) -> tuple[str, Gone]:
    """The identity of the gallery that a list is of, and what was forgotten in it.

    Raises PasserbyError when there is none, or it is damaged.
    """
    try:
        about = json.loads(file.read_text())
        if about["format"] != _FORMAT:
            raise ValueError(f"format {about['format']!r}, wanted {_FORMAT!r}")
        whose, gone = about["gallery"], [(kind, id) for kind, id in about["gone"]]
        if not all(isinstance(word, str) for word in (whose, *sum(gone, ()))):
            raise ValueError("an id is no text")
        if unknown := {kind for kind, _ in gone} - {"recording", "tracklet", "person"}:
            raise ValueError(f"kind {min(unknown)!r}")
    except FileNotFoundError:
        raise PasserbyError(
            f"there is no list of the forgotten at {file}; check the path"
        ) from None
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise PasserbyError(f"the list of the forgotten {file} is damaged: {error}") from error
    return whose, frozenset(gone)


def _gone(connection: Connection) -> Gone:
    rows = connection.execute(select(forgotten.c.kind, forgotten.c.id))
    return frozenset((row.kind, row.id) for row in rows)


def _add(file: Path, whose: str, gone: Gone) -> None:
    if file.exists():
        listed, held = read_list(file)
        if listed != whose:
            raise PasserbyError(
                f"{file} lists who was forgotten in another gallery ({listed[:8]}, this one is "
                f"{whose[:8]}); move it to where that gallery is, and run this again"
            )
        if gone <= held:
            return
        gone |= held
    about = {"format": _FORMAT, "gallery": whose, "gone": sorted(gone)}

    def write(to: Path) -> None:
        to.touch(mode=0o600)
        to.write_text(json.dumps(about, indent=0) + "\n")

    write_atomically(file, write)

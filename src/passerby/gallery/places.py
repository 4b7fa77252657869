"""Where a gallery may be: a folder, or a URL."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.core.errors import PasserbyError
from passerby.gallery.cluster import OWNER
from passerby.gallery.embedded import PORT

if TYPE_CHECKING:
    from sqlalchemy import URL


def is_url(place: Path | str) -> bool:
    """Whether a place is a server's URL, not a folder.

    >>> is_url("postgresql://localhost/town"), is_url("galleries/town")
    (True, False)
    """
    return isinstance(place, str) and re.match(r"postgres(ql)?(\+\w+)?://", place) is not None


def require_gallery(folder: Path, create: bool) -> None:
    """Raise PasserbyError unless a gallery is in `folder`, or may be made there."""
    try:
        if (folder / "postgres").is_dir():
            return
        if any(part.is_file() for part in (folder, *folder.parents)):
            raise NotADirectoryError
        found = sorted(file.name for file in folder.iterdir()) if folder.exists() else []
        foreign = [
            name for name in found
            if not name.startswith(".postgres-")
            and name not in ("users.lock", "server.lock", "server.log")
        ]  # fmt: skip
        if "gallery.json" in foreign:
            raise PasserbyError(
                f"the gallery {folder} was written by an early version of Passerby; ingest its "
                "videos again into a new folder"
            )
        if foreign:
            raise PasserbyError(
                f"{folder} holds other files and no gallery; "
                + ("give a new folder" if create else "check the path")
            )
        if not create:
            raise PasserbyError(
                f"there is no gallery at {folder}; make one with `passerby ingest VIDEO "
                f"--camera NAME --gallery {folder}`"
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except NotADirectoryError:
        raise PasserbyError(
            f"{folder} is a file or below one, and a gallery is a folder; check the path"
        ) from None
    except OSError as error:
        raise PasserbyError(
            f"no gallery can be made or read at {folder}: {error.strerror or error}; choose a "
            "folder that you may write to"
        ) from error


def local_url(socket: str) -> "URL":
    """The URL of the embedded server that listens in the folder `socket`."""
    from sqlalchemy import URL

    query = {"host": socket, "port": str(PORT)}
    return URL.create("postgresql+psycopg", username=OWNER, database="postgres", query=query)


def server_url(place: str) -> "URL":
    """A URL as SQLAlchemy takes it. Raises PasserbyError when it is none."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(place).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise PasserbyError(
            f"{without_password(place)!r} is no URL of a database; write "
            "postgresql://USER:PASSWORD@HOST/NAME"
        ) from error


def without_password(place: str) -> str:
    """A URL that may be shown.

    >>> without_password("postgresql://ann:secret@host/town")
    'postgresql://ann:***@host/town'
    """
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1:***@", place)

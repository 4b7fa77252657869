"""A whole gallery -> one file, and back, without bringing back who was forgotten since."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit
from passerby.gallery.database import Database, is_url
from passerby.gallery.dump import clear, dump, load
from passerby.gallery.filter import Filter
from passerby.gallery.forgotten import (
    Gone,
    gone_from,
    identity,
    keep_list,
    list_of,
    note_gone,
    read_list,
)
from passerby.gallery.keys import Keys
from passerby.gallery.opening import open_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.scrub import scrub


@dataclass(frozen=True)
class Restored:
    """What came back.

    tracklets: how many are there now
    forgotten: tracklets of the backup that were forgotten since it was made, and are again
    expired:   tracklets that are older than their cameras keep, and went
    revoked:   names of the access keys that hold no more
    """

    tracklets: int
    forgotten: int
    expired: int
    revoked: tuple[str, ...]


def backup(gallery: Path | str, to: Path, by: str = "command line") -> Path:
    """Write a whole gallery into one file, as it is at one moment, while it is in use.

    It holds everything: pictures, vectors, people, access keys (hashed), the audit log. Keep it as
    safe as the gallery itself, and no longer than what is in it may be kept.

    Args:
        gallery: folder of the gallery, or postgresql://USER:PASSWORD@HOST/NAME
        to: the file, which is not there yet; its owner's only
        by: who makes it, for the audit log

    Raises:
        PasserbyError: there is no gallery, or the file is there already or cannot be written.
    """
    to = Path(to)
    if to.exists():
        raise PasserbyError(f"{to} is there already; choose another name, or remove it first")
    with open_gallery(gallery) as store:
        keep_list(store.database, list_of(gallery))
        Audit(store.database).write(by, "backup")
        return dump(store.database, to)


def restore(
    backup: Path,
    gallery: Path | str,
    forgotten: Path | None = None,
    nobody_forgotten: bool = False,
    keep_keys: bool = False,
    by: str = "command line",
) -> Restored:
    """Make a gallery out of a backup, without who was forgotten since.

    Access keys may have been revoked since, too: all are, unless told otherwise.

    Args:
        backup: the file
        gallery: a folder that is not there yet or is empty, or the URL of a database without a
            gallery
        forgotten: the list of the forgotten of the gallery that the backup is of; by default the
            one beside `gallery`
        nobody_forgotten: nobody was forgotten since, so there is no list
        keep_keys: access keys hold again that held when the backup was made
        by: who restores it, for the audit log

    Raises:
        PasserbyError: the backup is missing, damaged or newer than this Passerby, there is a
            gallery already, or no list of the forgotten. Then nothing was restored.
    """
    if not Path(backup).is_file():
        raise PasserbyError(f"there is no backup {backup}; check the path")
    whose, gone = _listed(gallery, forgotten, nobody_forgotten)
    with _room(gallery) as room, Database.open(room, create=True) as database:
        _require_empty(database)
        load(Path(backup), database)
        try:
            with open_gallery(room) as store:  # brings an older backup up to date
                _require_same(identity(store.database), whose)
                restored = _finish(store, gone, keep_keys=keep_keys, by=by)
                keep_list(store.database, list_of(gallery))
        except BaseException:  # nobody who was forgotten may be left of a half restored one
            clear(database)
            raise
    return restored


def _require_same(held: str, whose: str | None) -> None:
    if whose is not None and whose != held:
        raise PasserbyError(
            f"the list of the forgotten is of another gallery ({whose[:8]}) than the backup "
            f"({held[:8]}); give the right one with --forgotten. Nothing was restored"
        )


def _listed(place: Path | str, file: Path | None, nobody: bool) -> tuple[str | None, Gone]:
    """Whose list there is, and who is on it."""
    default = list_of(place)
    if file is not None or default.exists():
        return read_list(default if file is None else Path(file))
    if nobody:
        return None, frozenset()
    raise PasserbyError(
        f"there is no list of the forgotten at {default}: whoever was forgotten since the backup "
        "would come back. Give the list of the gallery that it is of with --forgotten FILE, or say "
        "--nobody_forgotten true. Nothing was restored"
    )


@contextmanager
def _room(place: Path | str) -> Iterator[Path | str]:
    """Where to restore to; a folder becomes `place` when all is well, and else goes again."""
    if is_url(place):
        yield place
        return
    target = Path(place).absolute()
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise PasserbyError(
                f"{target} is there already; a backup is restored into a new folder. Move that "
                "away first"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        if os.geteuid() == 0:
            room.chmod(0o711)  # PostgreSQL, which does not run as root, must get inside
    except OSError as error:
        raise PasserbyError(
            f"no gallery can be made at {target}: {error.strerror or error}; choose a folder that "
            "you may write to"
        ) from error
    try:
        yield room
        room.chmod(0o700)
        room.rename(target)  # over an empty folder, too
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _require_empty(database: Database) -> None:
    held = text(
        "select exists (select from model) or exists (select from audit_record)"
        " or exists (select from access_key)"
    )
    if database.read(lambda connection: connection.execute(held).scalar_one()):
        raise PasserbyError(
            f"there is a gallery at {database.place} already; restore the backup into another "
            "database. Nothing was restored"
        )


def _finish(store: PostgresGallery, gone: Gone, *, keep_keys: bool, by: str) -> Restored:
    database = store.database
    forgotten = _forget_again(store, gone - gone_from(database))
    expired = store.expire(time.time())
    revoked = []
    if not keep_keys:
        keys = Keys(database)
        revoked = [keys.revoke(key.name).name for key in keys.all() if key.revoked is None]
    if forgotten or expired:
        scrub(database.engine)
    about = {"forgotten": forgotten, "expired": expired, "revoked": len(revoked)}
    Audit(database).write(by, "restore", detail=about)
    return Restored(store.stats().tracklets, forgotten, expired, tuple(revoked))


def _forget_again(store: PostgresGallery, gone: Gone) -> int:
    """Forget what was forgotten since the backup; how many tracklets went.

    Who has no tracklet left then goes too: he or she may have become one with somebody who was
    forgotten.
    """
    if not gone:
        return 0
    note_gone(store.database, gone)
    there = {
        "recording": {recording.id for recording in store.recordings()},
        "person": {person.id for person in store.people()},
        "tracklet": set(),
    }
    shown: dict[str, str] = {}
    for entry in store.entries():
        there["tracklet"].add(entry.id)
        shown[entry.id] = entry.person
    back = {
        kind: sorted(ids & {id for of, id in gone if of == kind}) for kind, ids in there.items()
    }
    touched = {shown[id] for id in back["tracklet"]} - {"", *back["person"]}
    went = store.forget(back["recording"], back["tracklet"], back["person"])
    empty = [id for id in sorted(touched) if not store.entries(Filter(people=(id,)), limit=1)]
    if empty:
        store.forget(people=empty)
    return went

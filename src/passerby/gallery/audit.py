"""`Audit`: who looked at whom, and who changed what. It grows; nothing in it changes."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import Connection, exists, insert, select, text

from passerby.core.errors import PasserbyError
from passerby.gallery.audit_names import WORD, without_names
from passerby.gallery.audit_seal import NOTHING, broken, seal_of
from passerby.gallery.audit_subject import (
    Kind,
    Mention,
    Subject,
    aliases_of,
    mentions_in,
    mentions_of,
)
from passerby.gallery.audit_tables import audit_record, audit_subject
from passerby.gallery.database import Database

_LOCK = 0x61756474  # any number that all processes of ours agree on


@dataclass(frozen=True)
class Record:
    """Something that was done.

    id:      counts from 1 without a gap
    time:    seconds since the epoch
    actor:   the name of an access key, or whoever was at the machine
    detail:  what else is known; never a name of whom it was about
    """

    id: int
    time: float
    actor: str
    action: str
    subjects: tuple[Mention, ...]
    detail: dict[str, Any]


class Audit:
    """The log of a gallery. The database refuses to change or remove a record, its owner too.

    Records hold random ids of their subjects. Who is meant stands in a table of its own, out of
    which a row goes in the moment in which that person, tracklet or recording is forgotten (or a
    person becomes one with another). What is left says that something was done, not to whom.

    Each record is sealed with a hash over itself and the seal before it, so that whoever can make
    the database forget its rules, such as its administrator, cannot change a record unnoticed
    without changing all that follow. Cutting off the end can only be seen by whoever knows
    a later seal; `head` is what to note elsewhere.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self,
        actor: str,
        action: str,
        subjects: Sequence[Subject] = (),
        detail: Mapping[str, Any] = {},
        now: float | None = None,
    ) -> int:
        """Add a record; it is on disk when this returns, and its id is returned.

        Words in `detail` that name a person, or hold the id of one or of a recording, are
        replaced; whom it is about belongs into `subjects`. A subject that the gallery does not
        know gets a random id that is nobody's.

        action: lower-case words, such as "search"
        detail: numbers, truth values, text, and lists and dictionaries of them
        Raises PasserbyError when it cannot be written; what was to be logged must then not be done.
        """
        if not WORD.fullmatch(action):
            raise PasserbyError(f"{action!r} is no action; write lower-case words, such as search")
        if unknown := [s.kind for s in subjects if s.kind not in get_args(Kind)]:
            raise PasserbyError(f"the audit log knows no subjects of the kind {unknown[0]!r}")
        if not actor or len(actor) > 100 or not actor.isprintable():
            raise PasserbyError(f"{actor!r} is no actor; write the name of the key that was used")
        now = time.time() if now is None else now

        def work(connection: Connection) -> int:
            words = json.dumps(without_names(connection, detail), allow_nan=False)
            mentions = mentions_of(connection, subjects)
            # One writer at a time: numbers without a gap, in the order in which they can be read.
            connection.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))
            last = connection.execute(
                select(audit_record.c.id, audit_record.c.seal)
                .order_by(audit_record.c.id.desc())
                .limit(1)
            ).first()
            id, before = (last.id + 1, bytes(last.seal)) if last else (1, NOTHING)
            row = {"id": id, "time": now, "actor": actor, "action": action, "detail": words}
            pairs = [(mention.kind, mention.alias) for mention in mentions]
            seal = seal_of(before, (id, now, actor, action, words), pairs)
            connection.execute(insert(audit_record).values(**row, seal=seal))
            if pairs:
                rows = [
                    {"record": id, "place": place, "kind": kind, "alias": alias}
                    for place, (kind, alias) in enumerate(pairs)
                ]
                connection.execute(insert(audit_subject), rows)
            return id

        try:
            return self._database.write(work)
        except (TypeError, ValueError) as error:
            if isinstance(error, PasserbyError):
                raise
            raise PasserbyError(f"the audit log cannot hold these details: {error}") from error

    def read(
        self,
        after: int = 0,
        limit: int = 100,
        *,
        before: int | None = None,
        newest_first: bool = False,
        actor: str | None = None,
        action: str | None = None,
        about: Subject | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> tuple[Record, ...]:
        """A page of records, oldest first.

        after, before: only records with a greater, or a smaller, id
        newest_first:  the other way round; `before` the last one's id then gives the next page
        actor, action: only these
        about:         only those about this subject; none once it is forgotten
        since, until:  seconds since the epoch, both included
        """
        record = audit_record.c
        wanted = select(audit_record).where(record.id > after).limit(limit)
        wanted = wanted.order_by(record.id.desc() if newest_first else record.id)
        if before is not None:
            wanted = wanted.where(record.id < before)
        if actor is not None:
            wanted = wanted.where(record.actor == actor)
        if action is not None:
            wanted = wanted.where(record.action == action)
        if since is not None:
            wanted = wanted.where(record.time >= since)
        if until is not None:
            wanted = wanted.where(record.time <= until)

        def work(connection: Connection) -> tuple[Record, ...]:
            chosen = wanted
            if about is not None:
                aliases = list(aliases_of(connection, [about]).values())
                mention = audit_subject.c
                chosen = chosen.where(
                    exists().where(mention.record == record.id, mention.alias.in_(aliases))
                )
            rows = connection.execute(chosen).all()
            subjects = mentions_in(connection, [row.id for row in rows])
            return tuple(
                Record(
                    row.id,
                    row.time,
                    row.actor,
                    row.action,
                    subjects.get(row.id, ()),
                    json.loads(row.detail),
                )
                for row in rows
            )

        return self._database.read(work)

    def head(self) -> tuple[int, str]:
        """The last record's id and seal in hexadecimal; (0, "") while there is none."""

        def work(connection: Connection) -> tuple[int, str]:
            newest = select(audit_record).order_by(audit_record.c.id.desc()).limit(1)
            row = connection.execute(newest).first()
            return (row.id, bytes(row.seal).hex()) if row else (0, "")

        return self._database.read(work)

    def check(self) -> tuple[str, ...]:
        """What is wrong with the log, in words; nothing where every seal holds."""
        return self._database.read(lambda connection: tuple(broken(connection)))

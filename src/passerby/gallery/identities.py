"""People in the database, and whom tracklets are said to show."""

import math
import secrets
from collections.abc import Collection, Sequence
from typing import Any, get_args

from sqlalchemy import Connection, and_, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from passerby.core.errors import PasserbyError
from passerby.gallery.assigning import locked
from passerby.gallery.conditions import keys_of
from passerby.gallery.entries import keys_by_id, one_of
from passerby.gallery.people import Consent, Person, Verdict
from passerby.gallery.tables import person, recording, tracklet, verdict


def people(connection: Connection, after: str, limit: int | None) -> tuple[Person, ...]:
    """All people behind `after`, by id."""
    rows = select(person).where(person.c.id > after).order_by(person.c.id).limit(limit)
    return tuple(_person(row) for row in connection.execute(rows))


def one_person(connection: Connection, id: str) -> Person:
    """One person, by id."""
    keys_of(connection, person, person.c.id, [id])
    return _person(connection.execute(select(person).where(person.c.id == id)).one())


def add_person(connection: Connection, name: str, consent: Consent, note: str) -> Person:
    """Somebody new, with a random id."""
    new = Person(secrets.token_hex(8), name, _consent(consent), note)
    connection.execute(insert(person).values(id=new.id, name=name, consent=new.consent, note=note))
    return new


def change_person(connection: Connection, new: Person) -> None:
    """Set name, consent and note."""
    changed = update(person).where(person.c.id == new.id)
    values = {"name": new.name, "consent": _consent(new.consent), "note": new.note}
    if connection.execute(changed.values(**values)).rowcount == 0:
        keys_of(connection, person, person.c.id, [new.id])


def merge(connection: Connection, into: str, others: Collection[str]) -> None:
    """Give tracklets and verdicts of `others` to `into`; of two verdicts the later one counts.

    Who refused consent under one name has refused under all.
    """
    if into in others:
        raise PasserbyError(f"person {into!r} cannot be merged with himself; nothing was changed")
    keys = locked(connection, [into, *others])
    gone = sorted({keys[name] for name in others})
    if not gone:
        return
    stays = keys[into]
    connection.execute(
        update(tracklet).where(tracklet.c.person == one_of(gone)).values(person=stays)
    )
    _move_verdicts(connection, verdict.c.person == one_of(gone), stays)
    refused = select(person.c.key).where(
        person.c.key == one_of(gone), person.c.consent == "refused"
    )
    if connection.execute(refused.limit(1)).first() is not None:
        connection.execute(update(person).where(person.c.key == stays).values(consent="refused"))
    connection.execute(delete(person).where(person.c.key == one_of(gone)))


def split(connection: Connection, tracklets: Collection[str]) -> Person:
    """Tracklets of one person become somebody's who is new; what confirmed them goes with them.

    Who is split off from somebody who refused consent has refused, too, until told otherwise.
    """
    keys = sorted(keys_by_id(connection, set(tracklets), lock=True).values())
    owners = connection.execute(
        select(tracklet.c.person).where(tracklet.c.key == one_of(keys)).distinct()
    ).scalars().all()  # fmt: skip
    if len(owners) != 1 or owners[0] is None:
        raise PasserbyError(
            f"{len(keys)} tracklets are of {len(owners)} people or of nobody; split tracklets that "
            "are said to show one person"
        )
    old = connection.execute(select(person).where(person.c.key == owners[0])).one()
    new = add_person(connection, "", "refused" if old.consent == "refused" else "unknown", "")
    key = keys_of(connection, person, person.c.id, [new.id])[new.id]
    connection.execute(update(tracklet).where(tracklet.c.key == one_of(keys)).values(person=key))
    confirmed = and_(
        verdict.c.tracklet == one_of(keys), verdict.c.person == owners[0], verdict.c.same
    )
    _move_verdicts(connection, confirmed, key)
    return new


def judge(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Keep the last word on each pair, and do what it says."""
    for one in verdicts:
        if not math.isfinite(one.time):
            raise PasserbyError(f"the verdict on {one.tracklet} has no time; nothing was changed")
    people = locked(connection, {one.person for one in verdicts}, strong=False)
    tracklets = keys_by_id(connection, {one.tracklet for one in verdicts}, lock=True)
    for one in sorted(verdicts, key=lambda one: one.time):
        said = {"same": one.same, "by": one.by, "time": one.time}
        key, whom = tracklets[one.tracklet], people[one.person]
        kept = connection.execute(
            upsert(verdict)
            .values(tracklet=key, person=whom, **said)
            .on_conflict_do_update(
                constraint="verdict_pkey", set_=said, where=verdict.c.time <= one.time
            )
            .returning(verdict.c.tracklet)
        )
        if kept.first() is None:  # something later was said about the two
            continue
        shown = update(tracklet).where(tracklet.c.key == key)
        if one.same:
            connection.execute(shown.values(person=whom))
        else:
            connection.execute(shown.where(tracklet.c.person == whom).values(person=None))


def verdicts(connection: Connection) -> tuple[Verdict, ...]:
    """The last words, in the order of time."""
    rows = (
        select(
            recording.c.id, tracklet.c.number, person.c.id, verdict.c.same, verdict.c.by,
            verdict.c.time,
        )
        .select_from(verdict)
        .join(tracklet, verdict.c.tracklet == tracklet.c.key)
        .join(recording, tracklet.c.recording == recording.c.key)
        .join(person, verdict.c.person == person.c.key)
        .order_by(verdict.c.time, recording.c.id, tracklet.c.number, person.c.id)
    )  # fmt: skip
    return tuple(
        Verdict(f"{name}/{number}", whom, same, by, time)
        for name, number, whom, same, by, time in connection.execute(rows)
    )


def _move_verdicts(connection: Connection, which: Any, to: int) -> None:
    """Make `which` verdicts those on the person with key `to`; the later of two stays."""
    moved = (
        select(
            verdict.c.tracklet, verdict.c.same, verdict.c.by, verdict.c.time,
        )
        .where(or_(which, verdict.c.person == to))
        .distinct(verdict.c.tracklet)
        .order_by(verdict.c.tracklet, verdict.c.time.desc())
    )  # fmt: skip
    latest = connection.execute(moved).all()
    tracklets = sorted({row.tracklet for row in latest})
    connection.execute(delete(verdict).where(which))
    connection.execute(
        delete(verdict).where(verdict.c.person == to, verdict.c.tracklet == one_of(tracklets))
    )
    if latest:
        connection.execute(
            insert(verdict),
            [
                {"tracklet": row.tracklet, "person": to, "same": row.same, "by": row.by,
                 "time": row.time}
                for row in latest
            ],
        )  # fmt: skip


def _person(row: Any) -> Person:
    return Person(row.id, row.name, row.consent, row.note)


def _consent(consent: Consent) -> Consent:
    if consent not in get_args(Consent):
        raise PasserbyError(f"consent is {consent!r}; it is one of {', '.join(get_args(Consent))}")
    return consent

"""Whom the audit log is about: random ids, and who is behind them until he or she is forgotten."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Connection, text

Kind = Literal["person", "tracklet", "recording", "camera"]


@dataclass(frozen=True)
class Subject:
    """Whom or what an action was about; `id` as the gallery has it, of a camera its name."""

    kind: Kind
    id: str


@dataclass(frozen=True)
class Mention:
    """A subject as the log knows it.

    alias: random; the same in all records, and nowhere outside of this gallery
    id:    who that is; None once it was forgotten, and from then on for good
    """

    kind: Kind
    alias: str
    id: str | None


_WHO = text("""
    select m.record, m.kind, m.alias, coalesce(p.id, c.name, r.id, tr.id || '/' || t.number) as id
    from audit_subject m
    left join subject s on s.alias = m.alias
    left join person p on p.key = s.person
    left join camera c on c.key = s.camera
    left join recording r on r.key = s.recording
    left join tracklet t on t.key = s.tracklet
    left join recording tr on tr.key = t.recording
    where m.record = any(:records) order by m.record, m.place
""")


def mentions_in(connection: Connection, records: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
    """The subjects of records, by the record's id."""
    found: dict[int, tuple[Mention, ...]] = {}
    for row in connection.execute(_WHO, {"records": list(records)}):
        mention = Mention(row.kind, row.alias, row.id)
        found[row.record] = (*found.get(row.record, ()), mention)
    return found


_KEYS: dict[Kind, str] = {
    "person": "select t.id, t.key from person t where t.id = any(:ids)",
    "camera": "select t.name as id, t.key from camera t where t.name = any(:ids)",
    "recording": "select t.id, t.key from recording t where t.id = any(:ids)",
    "tracklet": """
        select r.id || '/' || t.number as id, t.key from tracklet t
        join recording r on r.key = t.recording
        join unnest(cast(:recordings as text[]), cast(:numbers as bigint[])) w (recording, number)
            on w.recording = r.id and w.number = t.number""",
}


def _keys(connection: Connection, kind: Kind, ids: Sequence[str], lock: str = "") -> dict[str, int]:
    """The keys of what is known of `ids`."""
    given: dict[str, Any] = {"ids": list(ids)}
    if kind == "tracklet":
        parts = [id.rpartition("/") for id in ids]
        parts = [part for part in parts if part[2].isdecimal() and len(part[2]) <= 18]
        given = {
            "recordings": [part[0] for part in parts],
            "numbers": [int(part[2]) for part in parts],
        }
    wanted = text(f"{_KEYS[kind]} order by t.key {lock}")
    return {row.id: row.key for row in connection.execute(wanted, given)}


def aliases_of(connection: Connection, subjects: Sequence[Subject]) -> dict[Subject, str]:
    """The aliases of subjects that have one."""
    found: dict[Subject, str] = {}
    for kind in _kinds(subjects):
        ids = sorted({subject.id for subject in subjects if subject.kind == kind})
        keys = _keys(connection, kind, ids)
        rows = connection.execute(
            text(f"select {kind} as key, alias from subject where {kind} = any(:keys)"),
            {"keys": list(keys.values())},
        )
        aliases: dict[int, str] = {row.key: row.alias for row in rows}
        found |= {Subject(kind, id): aliases[key] for id, key in keys.items() if key in aliases}
    return found


def mentions_of(connection: Connection, subjects: Sequence[Subject]) -> list[Mention]:
    """Subjects with their aliases; those that are mentioned for the first time get one."""
    for kind in _kinds(subjects):
        ids = sorted({subject.id for subject in subjects if subject.kind == kind})
        # Nobody can be forgotten between this and the record.
        keys = sorted(_keys(connection, kind, ids, "for key share of t").values())
        connection.execute(
            text(
                f"insert into subject (alias, {kind}) select replace(gen_random_uuid()::text, '-',"
                " ''), key from unnest(cast(:keys as bigint[])) key on conflict do nothing"
            ),
            {"keys": keys},
        )
    known = aliases_of(connection, subjects)
    return [
        Mention(subject.kind, known.get(subject) or secrets.token_hex(16), subject.id)
        for subject in subjects
    ]


def _kinds(subjects: Sequence[Subject]) -> list[Kind]:
    """The kinds that occur, always in the same order: locks are taken in it."""
    held = {subject.kind for subject in subjects}
    return [kind for kind in get_args(Kind) if kind in held]

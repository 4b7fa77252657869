"""The seals of the audit log: each record's hash is over itself and the hash before it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from passerby.gallery.audit_tables import audit_record, audit_subject

NOTHING = bytes(32)
"""The seal before the first one."""


def seal_of(before: bytes, row: tuple[Any, ...], pairs: Sequence[tuple[str, str]]) -> bytes:
    """SHA-256 over the seal before, the record and the kinds and random ids of its subjects.

    >>> len(seal_of(NOTHING, (1, 0.0, "ada", "search", "{}"), [("person", "1f")]))
    32
    """
    return hashlib.sha256(before + json.dumps([row, pairs]).encode()).digest()


def broken(connection: Connection) -> Iterator[str]:
    """What is wrong with the log, in words: rules that are missing, the first broken seal."""
    enabled = text(
        "select count(*) from pg_trigger where tgenabled = 'A' and tgrelid in"
        " ('audit_record'::regclass, 'audit_subject'::regclass) and not tgisinternal"
    )
    if connection.execute(enabled).scalar_one() < 2:
        yield "the triggers that keep the audit log from being changed are missing or disabled"
    before, expected = NOTHING, 1
    while True:
        page = select(audit_record).where(audit_record.c.id >= expected)
        rows = connection.execute(page.order_by(audit_record.c.id).limit(1000)).all()
        if not rows:
            return
        pairs = _pairs_of(connection, [row.id for row in rows])
        for row in rows:
            if row.id != expected:
                yield f"the audit log lacks record {expected}"
                return
            fields = (row.id, row.time, row.actor, row.action, row.detail)
            if seal_of(before, fields, pairs.get(row.id, [])) != bytes(row.seal):
                yield f"record {row.id} of the audit log, or one before it, was changed"
                return
            before, expected = bytes(row.seal), row.id + 1


def _pairs_of(connection: Connection, records: list[int]) -> dict[int, list[tuple[str, str]]]:
    mention = audit_subject.c
    rows = connection.execute(
        select(audit_subject)
        .where(mention.record.in_(records))
        .order_by(mention.record, mention.place)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row.record, []).append((row.kind, row.alias))
    return found

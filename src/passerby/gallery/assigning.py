"""Whom tracklets are said to show, one group or many at once."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, Connection, cast, func, insert, select, update

from passerby.core.errors import PasserbyError
from passerby.gallery.conditions import keys_of
from passerby.gallery.entries import keys_by_id, one_of
from passerby.gallery.tables import person, tracklet


def assign(connection: Connection, tracklets: Collection[str], to: str | None) -> None:
    """Say that tracklets show somebody, or nobody any more."""
    key = None if to is None else locked(connection, [to], strong=False)[to]
    keys = sorted(keys_by_id(connection, set(tracklets), lock=True).values())
    connection.execute(update(tracklet).where(tracklet.c.key == one_of(keys)).values(person=key))


def assign_all(
    connection: Connection, groups: Sequence[tuple[Collection[str], str | None]]
) -> tuple[str, ...]:
    """See `Gallery.assign_all`; a few statements, however many groups there are."""
    twice = [name for name, count in Counter(t for part, _ in groups for t in set(part)).items()
             if count > 1]  # fmt: skip
    if twice:
        raise PasserbyError(
            f"tracklet {twice[0]!r} is in two groups, which show different people; nothing was "
            "changed"
        )
    said = [secrets.token_hex(8) if to is None else to for _, to in groups]
    new = [whom for whom, (_, to) in zip(said, groups, strict=True) if to is None]
    if new:
        unknown = {"name": "", "consent": "unknown", "note": ""}
        connection.execute(insert(person), [{"id": id, **unknown} for id in new])
    people = locked(connection, set(said), strong=False)
    whom = {name: people[to] for (part, _), to in zip(groups, said, strict=True) for name in part}
    keys = keys_by_id(connection, whom, lock=True)
    pairs = (
        func.unnest(
            cast([keys[name] for name in whom], ARRAY(BigInteger)),
            cast(list(whom.values()), ARRAY(BigInteger)),
        )
        .table_valued("tracklet", "person")
        .render_derived()
    )
    shown = update(tracklet).where(tracklet.c.key == pairs.c.tracklet)
    connection.execute(shown.values(person=pairs.c.person))
    return tuple(said)


def locked(
    connection: Connection, ids: Collection[str], *, strong: bool = True
) -> Mapping[str, int]:
    """id -> key of people who stay as they are until the transaction ends.

    strong: nobody else may say of a tracklet that it shows them, either
    """
    keys = keys_of(connection, person, person.c.id, ids)
    rows = (
        select(person.c.id, person.c.key)
        .where(person.c.key == one_of(sorted(set(keys.values()))))
        .order_by(person.c.key)
        .with_for_update(read=not strong, key_share=not strong)
    )
    held: dict[str, int] = {row.id: row.key for row in connection.execute(rows)}
    keys_of(connection, person, person.c.id, [id for id in ids if id not in held])
    return held

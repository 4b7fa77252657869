"""What a database holds of people, tracklets and recordings, to look for when they are gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text

from passerby.gallery.database import Database
from passerby.gallery.migrate import SCHEMA
from passerby.gallery.pages import Trace, trace_of
from passerby.gallery.tables import crop, feature_table, model, person, recording, tracklet

MOST = 1000
"""So many tracklets' bytes are looked for; of more, every so-manieth."""


@dataclass(frozen=True)
class Marks:
    """What to look for.

    keys: table -> keys of the rows that go
    ids:  of them, as people and files write them
    """

    keys: Mapping[str, tuple[int, ...]]
    ids: tuple[str, ...]


def marks_of(
    database: Database, recordings: Sequence[str], tracklets: Sequence[str], people: Sequence[str]
) -> Marks:
    """The rows that forgetting these removes."""

    def work(connection: Connection) -> Marks:
        shows = select(recording.c.id, tracklet.c.number, tracklet.c.key, person.c.id)
        shows = shows.join(recording, tracklet.c.recording == recording.c.key)
        shows = shows.outerjoin(person, tracklet.c.person == person.c.key)
        gone = [
            (f"{whole}/{number}", key)
            for whole, number, key, whom in connection.execute(
                shows.where(
                    recording.c.id.in_([*recordings, *(id.rpartition("/")[0] for id in tracklets)])
                    | person.c.id.in_(people)
                ).order_by(tracklet.c.key)
            )
            if whole in recordings or whom in people or f"{whole}/{number}" in tracklets
        ]
        whole = connection.execute(
            select(recording.c.key).where(recording.c.id.in_(recordings))
        ).scalars()
        shown = connection.execute(select(person.c.key).where(person.c.id.in_(people))).scalars()
        keys = {
            "tracklet": tuple(key for _, key in gone),
            "recording": tuple(whole),
            "person": tuple(shown),
        }
        return Marks(keys, (*recordings, *people, *(id for id, _ in gone)))

    return database.read(work)


def bytes_of(database: Database, marks: Marks) -> tuple[Trace, ...]:
    """The bytes of vectors, of all models, and pictures of the tracklets that go."""
    keys = marks.keys["tracklet"]
    some = list(keys[:: max(1, -(-len(keys) // MOST))])

    def work(connection: Connection) -> tuple[Trace, ...]:
        vectors: list[bytes] = []
        for row in connection.execute(select(model.c.key).where(model.c.dimensions.is_not(None))):
            held = connection.execute(
                text(
                    f"select half, feature from {feature_table(row.key)} where tracklet = any(:k)"
                ),
                {"k": some},
            )
            for half, feature in held:
                vectors.append(half.to_numpy().astype("<f2").tobytes())
                vectors.append(feature.to_numpy().astype("<f4").tobytes())
        wanted = select(crop.c.jpeg).where(crop.c.tracklet.in_(some))
        pictures = [bytes(jpeg) for jpeg in connection.execute(wanted).scalars()]
        return (trace_of("vectors", vectors), trace_of("pictures", pictures))

    return database.read(work)


def rows_left(database: Database, marks: Marks) -> dict[str, int]:
    """Rows that are still there, or still refer to what is gone: table -> count.

    Every table is looked at that refers to tracklets, recordings or people, whichever these are,
    and every column of text and JSON, for the ids; but for the list of the forgotten itself.
    """

    def work(connection: Connection) -> dict[str, int]:
        counts: dict[str, int] = {}
        for name, keys in marks.keys.items():
            counts[name] = _with(connection, name, "key", keys)
        for name, column, target in connection.execute(text(_REFERENCES), {"schema": SCHEMA}):
            if target in marks.keys:
                found = _with(connection, name, column, marks.keys[target])
                counts[name] = counts.get(name, 0) + found
        for name, column in _written(connection):
            naming = text(
                f"select count(*) from {name} t where exists (select from"
                " unnest(cast(:ids as text[])) sought (word)"
                f' where position(sought.word in t."{column}"::text) > 0)'
            )
            found = connection.execute(naming, {"ids": list(marks.ids)}).scalar_one()
            counts[name] = counts.get(name, 0) + found
        return dict(sorted(counts.items()))

    return database.read(work)


def others_have(database: Database, piece: bytes) -> bool:
    """Whether a picture that is still in the gallery holds these bytes too."""
    wanted = text("select exists (select from crop where position(:piece in jpeg) > 0)")
    return database.read(
        lambda connection: connection.execute(wanted, {"piece": piece}).scalar_one()
    )


def blank_jobs(database: Database, marks: Marks) -> int:
    """Take the ids out of jobs that are over: what they were given, and what came of them."""
    blank = text("""
        update job set arguments = '{}', result = null, text = '', error = '',
            revision = revision + 1
        where ended is not null and exists (
            select from unnest(cast(:ids as text[])) sought (word)
            where position(sought.word in
                concat_ws(' ', arguments::text, result::text, text, error)) > 0
        )""")
    given: dict[str, Any] = {"ids": list(marks.ids)}
    return database.write(lambda connection: connection.execute(blank, given).rowcount)


_REFERENCES = """
    select c.conrelid::regclass::text, a.attname, t.relname
    from pg_constraint c
    join pg_class t on t.oid = c.confrelid
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and t.relnamespace = cast(:schema as regnamespace)
    order by 1, 2"""


def _with(connection: Connection, table: str, column: str, keys: Sequence[int]) -> int:
    count = text(f'select count(*) from {table} where "{column}" = any(cast(:keys as bigint[]))')
    return connection.execute(count, {"keys": list(keys)}).scalar_one()


def _written(connection: Connection) -> Iterator[tuple[str, str]]:
    """Tables and their columns of text and JSON."""
    columns = text(
        "select format('%I', table_name), column_name from information_schema.columns"
        " where table_schema = :schema and data_type in ('text', 'json', 'jsonb')"
        " and table_name not in ('forgotten', 'alembic_version') order by 1, 2"
    )
    for row in connection.execute(columns, {"schema": SCHEMA}):
        yield row[0], row[1]

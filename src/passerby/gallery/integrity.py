"""Whether a database holds together, whatever its tables are."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from passerby.gallery.database import Database
from passerby.gallery.forgotten import Gone
from passerby.gallery.migrate import SCHEMA

_FOREIGN = text("""
    select c.conname, c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
        array(select a.attname::text from unnest(c.conkey) with ordinality k (n, i)
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n
            order by k.i) as own,
        array(select a.attname::text from unnest(c.confkey) with ordinality k (n, i)
            join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n
            order by k.i) as theirs
    from pg_constraint c
    where c.contype = 'f' and c.connamespace = cast(:schema as regnamespace) order by 1
""")

_INVALID = text("""
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = cast(:schema as regnamespace) and not (i.indisvalid and i.indisready)
    order by 1
""")

_BACK = text("""
    select g.kind, g.id from unnest(cast(:kinds as text[]), cast(:ids as text[])) g (kind, id)
    where (g.kind = 'person' and exists (select from person p where p.id = g.id))
    or (g.kind = 'recording' and exists (select from recording r where r.id = g.id))
    or (g.kind = 'tracklet' and exists (
        select from tracklet t join recording r on r.key = t.recording
        where r.id = regexp_replace(g.id, '/[^/]*$', '')
        and t.number::text = substring(g.id from '[^/]*$')))
    order by 1, 2
""")


def orphans(database: Database) -> tuple[str, ...]:
    """Rows that refer to something that is not there, in words."""
    return database.read(lambda connection: tuple(_orphans(connection)))


def unfinished_indexes(database: Database) -> tuple[str, ...]:
    """Indexes that are no use: their building was interrupted."""
    return database.read(
        lambda connection: tuple(connection.execute(_INVALID, {"schema": SCHEMA}).scalars())
    )


def forgotten_but_there(database: Database, gone: Gone) -> tuple[tuple[str, str], ...]:
    """Of what was forgotten, what is there all the same: kind and id."""
    pairs = sorted(gone)
    given = {"kinds": [kind for kind, _ in pairs], "ids": [id for _, id in pairs]}
    return database.read(
        lambda connection: tuple((kind, id) for kind, id in connection.execute(_BACK, given))
    )


def _orphans(connection: Connection) -> Iterator[str]:
    for name, child, parent, own, theirs in connection.execute(_FOREIGN, {"schema": SCHEMA}).all():
        same = " and ".join(f'p."{b}" = c."{a}"' for a, b in zip(own, theirs, strict=True))
        given = " and ".join(f'c."{column}" is not null' for column in own)
        lost = connection.execute(
            text(
                f"select count(*) from {child} c where {given}"
                f" and not exists (select from {parent} p where {same})"
            )
        ).scalar_one()
        if lost:
            yield f"{lost} rows of {child} refer to {parent} that is not there ({name})"

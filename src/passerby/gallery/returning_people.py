"""People who come back with the ids that they had, out of an export."""

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from passerby.gallery.database import Database
from passerby.gallery.people import Person
from passerby.gallery.tables import forgotten, person


def return_people(database: Database, people: Sequence[Person]) -> frozenset[str]:
    """Add people who are neither there nor forgotten; the ids of those who are new.

    Who is there already stays as he or she is.
    """
    rows = [
        {"id": one.id, "name": one.name, "consent": one.consent, "note": one.note} for one in people
    ]

    def work(connection: Connection) -> frozenset[str]:
        new = set[str]()
        for row in rows:
            added = insert(person).values(**row).on_conflict_do_nothing().returning(person.c.id)
            new.update(connection.execute(added).scalars())
        # Looked for last: who forgets somebody while this waits has written so by now.
        gone = select(forgotten.c.id).where(forgotten.c.kind == "person")
        back = new.intersection(connection.execute(gone).scalars())
        connection.execute(person.delete().where(person.c.id.in_(back)))
        return frozenset(new - back)

    return database.write(work)

import re
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.gallery.around import fresh_database
from tests.gallery.filled import fill, gallery_in

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit, Mention, Subject
from passerby.gallery.postgres import PostgresGallery


@pytest.fixture
def store() -> Iterator[PostgresGallery]:
    with fresh_database() as database:
        yield gallery_in(database)


def test_what_is_written_is_read(store: PostgresGallery) -> None:
    anna = fill(store)["anna"]
    audit = Audit(store.database)
    subjects = [Subject("person", anna), Subject("tracklet", "cafe01/0"), Subject("camera", "door")]
    assert audit.write("ada", "search", subjects, {"top": 10, "kind": "picture"}, now=5.0) == 1
    assert audit.write("bo", "look", now=6.0) == 2
    first, second = audit.read()
    assert (first.id, first.time, first.actor, first.action) == (1, 5.0, "ada", "search")
    assert first.detail == {"top": 10, "kind": "picture"}
    assert [(m.kind, m.id) for m in first.subjects] == [(s.kind, s.id) for s in subjects]
    assert (second.id, second.subjects, second.detail) == (2, (), {})
    assert audit.check() == ()


def test_the_log_holds_random_ids_and_the_same_for_the_same_one(store: PostgresGallery) -> None:
    anna = fill(store)["anna"]
    audit = Audit(store.database)
    for _ in range(2):
        audit.write("ada", "look", [Subject("person", anna), Subject("recording", "cafe01")])
    one, two = audit.read()
    assert one.subjects == two.subjects
    assert len({mention.alias for mention in one.subjects}) == 2
    with store.database.engine.connect() as connection:
        kept = repr(connection.execute(text("select * from audit_record")).all())
        kept += repr(connection.execute(text("select * from audit_subject")).all())
    for secret in (anna, "cafe01", "Anna"):
        assert secret not in kept


def test_after_forgetting_the_log_says_that_but_not_to_whom(store: PostgresGallery) -> None:
    anna = fill(store)["anna"]
    audit = Audit(store.database)
    about = [
        Subject("person", anna),
        Subject("tracklet", "cafe02/0"),
        Subject("recording", "cafe02"),
    ]
    audit.write("ada", "look", about)
    before = audit.read()[0].subjects
    store.forget(people=[anna])
    after = audit.read()[0]
    assert [(m.kind, m.alias) for m in after.subjects] == [(m.kind, m.alias) for m in before]
    assert [m.id for m in after.subjects] == [None, None, "cafe02"]
    assert audit.read(about=Subject("person", anna)) == ()
    assert audit.check() == ()
    # What comes later about an id that nobody has is nobody's either.
    audit.write("ada", "look", [Subject("person", anna)])
    again = audit.read(after=1)[0].subjects[0]
    assert again.id is None
    assert again.alias != before[0].alias


def test_two_who_become_one_keep_the_ones_history(store: PostgresGallery) -> None:
    people = fill(store)
    audit = Audit(store.database)
    audit.write("ada", "look", [Subject("person", id) for id in people.values()])
    store.merge_people(people["anna"], [people["boris"]])
    assert [mention.id for mention in audit.read()[0].subjects] == [people["anna"], None]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_record set actor = 'somebody else'",
        "delete from audit_record",
        "delete from audit_subject",
        "update audit_subject set alias = 'x'",
        "truncate audit_subject",
        "truncate audit_record cascade",
        "delete from audit_record where false",
    ],
)
def test_the_database_refuses_to_change_it(store: PostgresGallery, statement: str) -> None:
    fill(store)
    audit = Audit(store.database)
    audit.write("ada", "look", [Subject("camera", "door")])
    kept = audit.read()
    for settings in ("select 1", "set local session_replication_role = replica"):
        with store.database.engine.connect() as connection:  # as the owner, and a superuser
            connection.execute(text(settings))
            with pytest.raises(DBAPIError, match="the audit log is append-only"):
                connection.execute(text(statement))
    assert audit.read() == kept


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update audit_record set detail = '{}' where id = 2", "record 2 .* was changed"),
        ("update audit_subject set alias = 'x' where record = 3", "record 3 .* was changed"),
        ("delete from audit_subject where record = 2; delete from audit_record where id = 2",
         "lacks record 2"),
    ],
)  # fmt: skip
def test_who_switches_the_rules_off_is_seen(
    store: PostgresGallery, statement: str, said: str
) -> None:
    fill(store)
    audit = Audit(store.database)
    for number in range(4):
        audit.write("ada", "look", [Subject("camera", "door")], {"number": number})
    assert audit.check() == ()
    with store.database.engine.begin() as connection:
        connection.execute(text("alter table audit_record disable trigger all"))
        connection.execute(text("alter table audit_subject disable trigger all"))
        connection.execute(text(statement))
    found = audit.check()
    assert "missing or disabled" in found[0]
    assert len(found) == 2
    assert re.search(said, found[1])


def test_names_are_kept_out_of_details(store: PostgresGallery) -> None:
    anna = fill(store)["anna"]
    audit = Audit(store.database)
    detail = {
        "note": "looked for anna_berg.jpg",
        "who": anna,
        "where": ["cafe01/3", "door"],
        "other": {"name": "ANNA BERG", "near": "Annabelle Bergstein"},
        "score": 0.25,
        "sure": True,
        "none": None,
    }
    audit.write("ada", "search", detail=detail)
    assert audit.read()[0].detail == {
        "note": "(removed)",
        "who": "(removed)",
        "where": ["(removed)", "door"],
        "other": {"name": "(removed)", "near": "Annabelle Bergstein"},
        "score": 0.25,
        "sure": True,
        "none": None,
    }
    assert audit.check() == ()


def test_pages_and_questions(store: PostgresGallery) -> None:
    anna = fill(store)["anna"]
    audit = Audit(store.database)
    for number in range(1, 8):
        about = [Subject("person", anna)] if number % 2 else []
        audit.write("ada" if number < 5 else "bo", "look", about, now=10.0 * number)

    def ids(**wanted) -> list[int]:
        return [record.id for record in audit.read(**wanted)]

    assert ids(limit=3) == [1, 2, 3]
    assert ids(after=3, limit=3) == [4, 5, 6]
    assert ids(after=6, limit=3) == [7]
    assert ids(newest_first=True, limit=2) == [7, 6]
    assert ids(newest_first=True, before=6, limit=2) == [5, 4]
    assert ids(actor="bo") == [5, 6, 7]
    assert ids(action="search") == []
    assert ids(since=20.0, until=40.0) == [2, 3, 4]
    assert ids(about=Subject("person", anna)) == [1, 3, 5, 7]
    assert ids(about=Subject("tracklet", "cafe01/0")) == []
    assert audit.head()[0] == 7
    assert len(audit.head()[1]) == 64


def test_many_writers_leave_no_gap(store: PostgresGallery) -> None:
    fill(store)
    audit = Audit(store.database)

    def work(name: str) -> None:
        for _ in range(10):
            audit.write(name, "look", [Subject("tracklet", f"cafe01/{n}") for n in range(4)])

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = audit.read(limit=1000)
    assert [record.id for record in records] == list(range(1, 41))
    assert len({mention for record in records for mention in record.subjects}) == 4
    assert audit.check() == ()


def test_writing_beside_forgetting(store: PostgresGallery) -> None:
    people = fill(store)
    audit = Audit(store.database)
    stop = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        about = [Subject("tracklet", f"cafe01/{n}") for n in (3, 1, 0, 2)]
        about += [Subject("person", id) for id in people.values()]
        while not stop.is_set():
            try:
                audit.write("ada", "look", about)
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for person in people.values():
        store.forget(people=[person])
    store.forget(recordings=["cafe01"])
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    audit.write("ada", "look", [Subject("tracklet", "cafe01/0")])
    assert {m.id for m in audit.read(after=audit.head()[0] - 1)[0].subjects} == {None}
    assert audit.check() == ()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"action": "Search!"}, "is no action"),
        ({"actor": ""}, "is no actor"),
        ({"actor": "a\nb"}, "is no actor"),
        ({"subjects": [Subject("animal", "x")]}, "no subjects of the kind 'animal'"),  # pyright: ignore[reportArgumentType]
        ({"detail": {"x": float("nan")}}, "cannot hold these details"),
        ({"detail": {"x": object()}}, "cannot hold these details"),
        ({"detail": {"Anna Berg": 1}}, "cannot hold these details"),
    ],
)
def test_a_wrong_record_has_words(store: PostgresGallery, wanted: dict, said: str) -> None:
    audit = Audit(store.database)
    with pytest.raises(PasserbyError, match=said):
        audit.write(**{"actor": "ada", "action": "look", **wanted})
    assert audit.read() == ()


@pytest.mark.parametrize(
    "id", ["", "nobody", "a/b", "cafe01/", "cafe01/99999999999999999999", "/1"]
)
def test_who_is_unknown_gets_an_id_that_is_nobodys(store: PostgresGallery, id: str) -> None:
    fill(store)
    audit = Audit(store.database)
    for kind in ("person", "tracklet", "recording", "camera"):
        audit.write("ada", "look", [Subject(kind, id)])  # pyright: ignore[reportArgumentType]
    mentions: list[Mention] = [m for record in audit.read() for m in record.subjects]
    assert [mention.id for mention in mentions] == [None] * 4
    assert len({mention.alias for mention in mentions}) == 4

import hashlib
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from tests.gallery.around import fresh_database

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.keys import PREFIX, ROLES, Key, Keys

DAY = 86_400.0


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with fresh_database() as opened:
        yield opened


@pytest.fixture
def keys(database: Database) -> Keys:
    with database.engine.begin() as connection:
        connection.execute(text("delete from access_key"))
    return Keys(database)


def test_a_key_is_known_by_its_secret_alone(keys: Keys) -> None:
    key, secret = keys.make("reception", "viewer", now=1000.0)
    assert secret.startswith(PREFIX)
    assert len(secret) == len(PREFIX) + 43  # 32 bytes in base64
    assert key == Key("reception", "viewer", secret[: len(PREFIX) + 4], 1000.0, 1000.0 + 90 * DAY)
    assert keys.check(secret, now=2000.0) == key
    other = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for wrong in (other, secret[:-1], secret + "A", secret.upper(), "", "passerby_", "é" * 20):
        assert keys.check(wrong, now=2000.0) is None


def test_the_secret_is_nowhere_in_the_database(database: Database, keys: Keys) -> None:
    _, secret = keys.make("reception", "viewer")
    with database.engine.connect() as connection:
        row = connection.execute(text("select * from access_key")).one()
    assert bytes(row.digest) == hashlib.sha256(secret.encode()).digest()
    assert secret[len(PREFIX) + 4 :] not in repr(row)


def test_secrets_differ(keys: Keys) -> None:
    secrets = {keys.make(f"key {number}", "viewer")[1] for number in range(20)}
    assert len(secrets) == 20


def test_a_key_expires(keys: Keys) -> None:
    _, secret = keys.make("guest", "viewer", days=1, now=0.0)
    assert keys.check(secret, now=DAY - 0.01) is not None
    assert keys.check(secret, now=DAY) is None
    _, lasting = keys.make("camera room", "viewer", days=None, now=0.0)
    assert keys.check(lasting, now=1e12) is not None


def test_a_revoked_key_is_refused_at_once_and_its_name_stays_taken(keys: Keys) -> None:
    _, secret = keys.make("guest", "operator", now=0.0)
    assert keys.revoke("guest", now=5.0).revoked == 5.0
    assert keys.check(secret, now=5.0) is None
    with pytest.raises(PasserbyError, match=r"revoked at 1970-01-01T00:00:05\.0Z already"):
        keys.revoke("guest")
    with pytest.raises(PasserbyError, match="there is, or was, a key named 'guest'"):
        keys.make("guest", "operator")
    with pytest.raises(PasserbyError, match="no key named 'nobody'"):
        keys.revoke("nobody")


def test_last_use_is_noted_once_a_minute(keys: Keys) -> None:
    _, secret = keys.make("guest", "viewer", now=0.0)
    assert keys.all()[0].last_used is None
    for now, noted in ((10.0, 10.0), (40.0, 10.0), (69.9, 10.0), (70.0, 70.0)):
        assert keys.check(secret, now=now) is not None
        assert keys.all()[0].last_used == noted


def test_all_keys_by_name(keys: Keys) -> None:
    for name, role in (("zoe", "viewer"), ("ada", "admin"), ("Bo", "operator")):
        keys.make(name, role)  # pyright: ignore[reportArgumentType]
    keys.revoke("ada")
    assert [(key.name, key.role) for key in keys.all()] == [
        ("Bo", "operator"),
        ("ada", "admin"),
        ("zoe", "viewer"),
    ]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_smaller_ones_may(role: str) -> None:
    key = Key("k", role, "", 0.0)  # pyright: ignore[reportArgumentType]
    assert [key.may(other) for other in ROLES] == [
        ROLES.index(other) <= ROLES.index(role)  # pyright: ignore[reportArgumentType]
        for other in ROLES
    ]


@pytest.mark.parametrize(
    ("name", "role", "days", "said"),
    [
        ("", "viewer", 1, "cannot name a key"),
        (" \t", "viewer", 1, "cannot name a key"),
        ("a\nb", "viewer", 1, "cannot name a key"),
        ("a\0b", "viewer", 1, "cannot name a key"),
        ("x" * 101, "viewer", 1, "cannot name a key"),
        ("a", "owner", 1, "no role 'owner'; choose one of viewer, operator, admin"),
        ("a", "viewer", 0, "more than 0 days"),
        ("a", "viewer", -1, "more than 0 days"),
        ("a", "viewer", float("nan"), "more than 0 days"),
        ("a", "viewer", float("inf"), "more than 0 days"),
    ],
)
def test_a_wrong_key_has_words(keys: Keys, name: str, role: str, days: float, said: str) -> None:
    with pytest.raises(PasserbyError, match=said):
        keys.make(name, role, days)  # pyright: ignore[reportArgumentType]
    assert keys.all() == ()


def test_of_two_who_take_a_name_at_once_one_gets_it(keys: Keys) -> None:
    made: list[str] = []
    refused: list[PasserbyError] = []

    def make() -> None:
        try:
            made.append(keys.make("same", "viewer")[1])
        except PasserbyError as error:
            refused.append(error)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (1, 7)
    assert keys.check(made[0]) is not None

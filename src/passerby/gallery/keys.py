"""`Keys`: who may use a gallery, and how much of it."""

import hashlib
import hmac
import math
import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.key_table import access_key
from passerby.gallery.times import format_time

Role = Literal["viewer", "operator", "admin"]
"""A viewer searches and looks, an operator also changes what is held, an admin also makes keys."""

ROLES: tuple[Role, ...] = get_args(Role)
"""From the smallest to the greatest; each may do what those before it may."""

PREFIX = "passerby_"
"""How every secret begins, so that people and secret scanners see what they have found."""

_DAY = 86_400.0
_NOTED_EVERY = 60.0  # seconds: a write at every request would only say the same again


@dataclass(frozen=True)
class Key:
    """A key, without its secret.

    name:      unique for good, that of a revoked key too: the audit log tells actors by it
    role:      how much it may do
    hint:      the beginning of its secret, to tell which one it is
    made:      seconds since the epoch
    expires:   seconds since the epoch, None for never
    revoked:   seconds since the epoch, None while it holds
    last_used: seconds since the epoch, to a minute; None for never
    """

    name: str
    role: Role
    hint: str
    made: float
    expires: float | None = None
    revoked: float | None = None
    last_used: float | None = None

    def may(self, role: Role) -> bool:
        """Whether it may do what `role` may.

        >>> key = Key("ada", "operator", "passerby_7Qx2", made=0.0)
        >>> key.may("viewer"), key.may("admin")
        (True, False)
        """
        return ROLES.index(self.role) >= ROLES.index(role)

    def holds(self, now: float) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Keys:
    """The access keys of a gallery.

    A secret is 256 random bits and is shown once; its SHA-256 is kept. A slow, salted hash, as
    passwords need, would guard nothing here: nobody guesses 256 bits, however fast a guess is, and
    no two secrets are alike. What it would do is to slow down every request.

    The first key is made on the machine itself (`passerby keys make`), by whoever may open the
    database; there is none that comes with the gallery.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self, name: str, role: Role, days: float | None = 90, now: float | None = None
    ) -> tuple[Key, str]:
        """A new key, and its secret, which nobody can show again.

        days: how long it holds; None for ever
        now:  seconds since the epoch, the clock's by default
        Raises PasserbyError when the name was used before, the role is none, or `days` is below 0.
        """
        name = name.strip()
        if not name or len(name) > 100 or not name.isprintable():
            raise PasserbyError(
                f"{name!r} cannot name a key; write up to 100 printable characters, as in reception"
            )
        if role not in ROLES:
            raise PasserbyError(f"there is no role {role!r}; choose one of {', '.join(ROLES)}")
        if days is not None and not (days > 0 and math.isfinite(days)):
            raise PasserbyError(f"days is {days}; a key holds for more than 0 days, or for ever")
        now = time.time() if now is None else now
        secret = PREFIX + secrets.token_urlsafe(32)
        expires = None if days is None else now + days * _DAY
        key = Key(name, role, secret[: len(PREFIX) + 4], now, expires)
        row = {"name": name, "role": role, "hint": key.hint, "made": now, "expires": expires}
        added = (
            insert(access_key)
            .values(**row, digest=_digest(secret))
            .on_conflict_do_nothing(index_elements=["name"])
            .returning(access_key.c.name)
        )
        if self._database.write(lambda connection: connection.execute(added).first()) is None:
            raise PasserbyError(
                f"there is, or was, a key named {name!r}; the audit log tells people apart by "
                "these names, so choose another one"
            )
        return key, secret

    def check(self, secret: str, now: float | None = None) -> Key | None:
        """The key of a secret; None where there is none, or it has expired or was revoked."""
        if not secret.startswith(PREFIX) or len(secret) > 100 or not secret.isascii():
            return None
        now = time.time() if now is None else now
        digest = _digest(secret)

        def work(connection: Connection) -> Key | None:
            wanted = select(access_key).where(access_key.c.digest == digest)
            row = connection.execute(wanted).first()
            # The index finds a row by a digest that no caller can choose; the secret itself is
            # then compared in constant time.
            if row is None or not hmac.compare_digest(bytes(row.digest), digest):
                return None
            key = _key(row)
            if not key.holds(now):
                return None
            if key.last_used is None or now - key.last_used >= _NOTED_EVERY:
                used = access_key.c.last_used
                stale = or_(used.is_(None), used <= now - _NOTED_EVERY)
                connection.execute(
                    update(access_key)
                    .where(access_key.c.name == key.name, stale)
                    .values(last_used=now)
                )
            return key

        return self._database.write(work)

    def revoke(self, name: str, now: float | None = None) -> Key:
        """End a key for good, from its next use on.

        Raises PasserbyError when there is no such key, or it was revoked before.
        """
        revoked = (
            update(access_key)
            .where(access_key.c.name == name, access_key.c.revoked.is_(None))
            .values(revoked=time.time() if now is None else now)
            .returning(*access_key.c)
        )
        if row := self._database.write(lambda connection: connection.execute(revoked).first()):
            return _key(row)
        wanted = select(access_key).where(access_key.c.name == name)
        held = self._database.read(lambda connection: connection.execute(wanted).first())
        if held is None:
            raise PasserbyError(f"there is no key named {name!r}; `passerby keys list` shows all")
        raise PasserbyError(f"the key {name!r} was revoked at {format_time(held.revoked)} already")

    def all(self) -> tuple[Key, ...]:
        """All keys, by name; revoked and expired ones too."""
        wanted = select(access_key).order_by(access_key.c.name)
        rows = self._database.read(lambda connection: connection.execute(wanted).all())
        return tuple(map(_key, rows))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _key(row: Any) -> Key:
    return Key(row.name, row.role, row.hint, row.made, row.expires, row.revoked, row.last_used)

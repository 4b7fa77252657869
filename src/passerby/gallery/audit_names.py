"""Keeping names out of the audit log's details."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

REMOVED = "(removed)"
"""What stands in a record's details in place of words that would name somebody."""

_NO_WORD = re.compile(r"[\W_]+")
WORD = re.compile(r"[a-z][a-z0-9_ -]{0,63}")
"""A word of a program: an action, the name of a detail."""

_NAMING = text(r"""
    select w.word from unnest(cast(:words as text[]), cast(:plain as text[])) w (word, plain)
    where exists (
        select from person p where p.name <> ''
        and position(' ' || regexp_replace(lower(p.name), '[\W_]+', ' ', 'g') || ' ' in w.plain) > 0
    ) or exists (select from person p where position(p.id in w.word) > 0)
    or exists (select from recording r where position(r.id in w.word) > 0)
""")


def without_names(connection: Connection, detail: Mapping[str, Any]) -> dict[str, Any]:
    """`detail`, in which text that names a person of the gallery, or holds the id of one or of a
    recording, is `REMOVED`. Raises ValueError when a name of a detail is no word of a program.
    """
    words = sorted({word for word in _words(detail) if word})
    naming: set[str] = set()
    if words:
        plain = [_NO_WORD.sub(" ", f" {word.lower()} ") for word in words]
        given = {"words": words, "plain": plain}
        naming = set(connection.execute(_NAMING, given).scalars())

    def kept(value: Any) -> Any:
        if isinstance(value, str):
            return REMOVED if value in naming else value
        if isinstance(value, Mapping):
            return {key: kept(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [kept(inner) for inner in value]
        return value

    return kept(detail)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str) or not WORD.fullmatch(key):
                raise ValueError(f"{key!r} is no word of a program")
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)

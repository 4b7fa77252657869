"""Values of options, checked against the annotations of whoever takes them."""

import re
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from passerby.core.errors import PasserbyError

_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    Path: "a path",
    NoneType: "nothing",
}


def typed(what: str, value: Any, kind: Any) -> Any:
    """`value` as the annotation `kind` asks for; text that says a value of that kind becomes it.

    kind: int, float, bool, str, Path, a Literal, or a union of those; any other takes all values
    what: begins the sentence of the error

    Raises PasserbyError when `value` is of another kind.

    >>> typed("split", "3", int), typed("file", "a.mat", Path | None)
    (3, PosixPath('a.mat'))
    """
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    for one in kinds:
        for found in _values(value, one):
            return found
    wanted = " or ".join(
        f"one of {', '.join(map(str, get_args(one)))}"
        if get_origin(one) is Literal
        else _WORDS.get(one, str(one))
        for one in kinds
        if one is not NoneType
    )
    raise PasserbyError(f"{what} is {value!r}; it takes {wanted}")


def _values(value: Any, kind: Any) -> list[Any]:
    """`value` as a `kind`, alone in a list; an empty list where it is none."""
    if get_origin(kind) is Literal:
        return [choice for choice in get_args(kind) if str(choice) == str(value)]
    if kind not in _WORDS:
        return [value]
    if type(value) is kind or (kind is Path and isinstance(value, Path)):
        return [value]
    if kind is float and type(value) is int:
        return [float(value)]
    if not isinstance(value, str):
        return []
    text = value.strip()
    if kind is int and re.fullmatch(r"[+-]?\d+", text):
        return [int(text)]
    if kind is float and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text.lower()):
        return [float(text)]
    if kind is bool and text.lower() in ("true", "false"):
        return [text.lower() == "true"]
    return [Path(value)] if kind is Path else []

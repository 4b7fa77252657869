"""Numbers for the names that people give to persons and cameras."""

import re
from collections.abc import Iterable

from passerby.core.sample import DISTRACTOR, JUNK

_SPECIAL = {"junk": JUNK, "-1": JUNK, "distractor": DISTRACTOR}


def number_persons(names: Iterable[str]) -> dict[str, int]:
    """A person number for each name.

    "junk" and "-1" are `JUNK`, "distractor" and zeros are `DISTRACTOR`. If the other names are
    whole numbers, all different, these stand; otherwise the names are counted from 1 in natural
    order ("p9" before "p10").

    >>> number_persons(["0007", "0002", "junk"])
    {'0002': 2, '0007': 7, 'junk': -1}
    >>> number_persons(["eve", "adam"])
    {'adam': 1, 'eve': 2}
    """
    names = sorted(set(names), key=_natural)
    special = {n: DISTRACTOR if not n.strip("0") else _SPECIAL.get(n.lower()) for n in names}
    plain = [name for name in names if special[name] is None]
    numbers = _number(plain, re.compile(r"(\d+)"))
    return {name: numbers[name] if number is None else number for name, number in special.items()}


def number_cameras(names: Iterable[str]) -> dict[str, int]:
    """A camera number for each name.

    Whole numbers stand, also after c, cam or camera ("c3", "cam-3"), if all names are such and
    all different; otherwise the names are counted from 1 in natural order.

    >>> number_cameras(["c10", "c2"])
    {'c2': 2, 'c10': 10}
    >>> number_cameras(["lobby", "gate"])
    {'gate': 1, 'lobby': 2}
    """
    return _number(
        sorted(set(names), key=_natural), re.compile(r"(?:c|cam|camera)?[-_ ]?(\d+)", re.I)
    )


def _number(names: list[str], pattern: re.Pattern[str]) -> dict[str, int]:
    stated = [int(match[1]) for name in names if (match := pattern.fullmatch(name))]
    if len(set(stated)) == len(names):
        return dict(zip(names, stated, strict=True))
    return {name: number for number, name in enumerate(names, start=1)}


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sort key under which "p9" stands before "p10"."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(p), p) if p.isdecimal() else (1, 0, p.lower()) for p in parts] + [(2, 0, name)]

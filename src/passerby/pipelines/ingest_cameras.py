"""A list of cameras in a YAML file."""

import difflib
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.pipelines.ingest_plan import CameraPlan
from passerby.video.source import is_live

KEYS = ("name", "source", "zone", "start", "retention", "fps")
_LENGTH = re.compile(
    r"(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)?"
)
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


def read_cameras(file: Path) -> tuple[CameraPlan, ...]:
    """The cameras that a YAML file lists, in its order.

    The file holds `cameras:`, a list; each has a `name` and a `source` (a file, a folder of images,
    a URL, webcam:0, or a list of these that follow one another), and may have `zone`, `start` (a
    time, "container" or "name:PATTERN"; a list where `source` is one), `retention` (days, or
    such as "12 hours") and `fps`. Files are looked for beside the YAML file.

    Raises PasserbyError when the file is missing or no such list: the message says where.
    """
    import yaml

    try:
        text = Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PasserbyError(f"there is no list of cameras at {file}; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PasserbyError(f"{file} cannot be read as text: {error}") from error
    try:
        held = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PasserbyError(f"{file} is no YAML: {' '.join(str(error).split())}") from error
    if isinstance(held, Mapping):
        _known(held, ("cameras",), str(file))
        held = held.get("cameras")
    if not isinstance(held, list) or not held:
        raise PasserbyError(
            f"{file} lists no cameras; it must hold `cameras:` and below it, for each, "
            "`- name: entrance` and `source: entrance.mp4`"
        )
    found = tuple(
        _camera(row, f"camera {place} of {file}", Path(file).parent)
        for place, row in enumerate(held, 1)
    )
    seen: set[str] = set()
    for camera in found:
        if camera.name in seen:
            raise PasserbyError(
                f"{file} has two cameras called {camera.name!r}; give each a name of its own, or "
                "list the sources of one camera under one `source:`"
            )
        seen.add(camera.name)
    return found


def seconds_of(text: str | float, unit: str = "s") -> float:
    """A length of time in words, as seconds.

    unit: what a bare number counts: s, m(inutes), h, d or w
    Raises PasserbyError when it is none, or not above 0.

    >>> seconds_of("10min"), seconds_of("1.5 hours"), seconds_of(2, "d")
    (600.0, 5400.0, 172800.0)
    """
    match = _LENGTH.fullmatch(str(text).strip().lower())
    if match is None or float(match[1]) == 0:
        raise PasserbyError(f"{text!r} is no length of time; write it as 30s, 10min, 2h or 7days")
    return float(match[1]) * _UNITS[(match[2] or unit)[0]]


def _camera(row: Any, where: str, folder: Path) -> CameraPlan:
    if not isinstance(row, Mapping):
        raise PasserbyError(f"{where} is {row!r}; it must have a `name:` and a `source:`")
    _known(row, KEYS, where)
    name = row.get("name")
    if not isinstance(name, str | int) or not str(name).strip():
        raise PasserbyError(f"{where} has no name; add `name: entrance`")
    where = f"{where} ({str(name).strip()!r})"
    sources = _list(row.get("source"))
    if not sources or not all(isinstance(source, str) and source.strip() for source in sources):
        raise PasserbyError(
            f"{where} has no source; add `source: entrance.mp4`, or rtsp://..., or webcam:0"
        )
    starts = tuple(_time(start) for start in _list(row.get("start")))
    if len(starts) == 1 and len(sources) > 1 and _asked(starts[0]):
        starts *= len(sources)  # a pattern serves them all
    if starts and len(starts) != len(sources):
        raise PasserbyError(
            f"{where} has {len(sources)} sources and {len(starts)} start times; give one for each, "
            "in their order, or none"
        )
    zone = row.get("zone")
    if zone is not None and not isinstance(zone, str | int):
        raise PasserbyError(f"{where}: zone is {zone!r}; it is a word, such as `zone: hall`")
    retention = row.get("retention")
    try:
        days = None if retention is None else seconds_of(retention, "d") / 86_400
    except PasserbyError as error:
        raise PasserbyError(f"{where}: retention: {error}; a bare number is days") from error
    fps = row.get("fps")
    if fps is not None and (isinstance(fps, bool) or not isinstance(fps, int | float) or fps <= 0):
        raise PasserbyError(f"{where}: fps is {fps!r}; it is a number above 0")
    return CameraPlan(
        name=str(name).strip(),
        sources=tuple(_place(source.strip(), folder) for source in sources),
        starts=starts,
        zone=None if zone is None else str(zone),
        retention=days,
        fps=None if fps is None else float(fps),
    )


def _known(row: Mapping[Any, Any], keys: tuple[str, ...], where: str) -> None:
    for key in row:
        if key not in keys:
            near = difflib.get_close_matches(str(key), keys, n=1)
            guess = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(keys)}"
            raise PasserbyError(f"{where} has an unknown entry {key!r}; {guess}")


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _time(value: Any) -> str:
    """YAML makes dates of what looks like one; a time as people write it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _asked(start: str) -> bool:
    return start == "container" or start.startswith("name:")


def _place(source: str, folder: Path) -> str:
    if is_live(source) or "://" in source:
        return source
    return str(folder / Path(source).expanduser())

"""Reader of a user's own crops, listed in a CSV file."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.numbering import number_cameras, number_persons
from passerby.data.splits import Splits

_REQUIRED = ("path", "person", "camera", "split")
_SPLITS = ("train", "query", "gallery", "val")


def csv_file(root: Path) -> Splits:
    """Your own crops, listed in a CSV file with the columns path, person, camera and split.

    `root` is the file, or a folder with one CSV file in it. Paths are relative to the file's
    folder. split is train, val, query or gallery. Optional columns: time, in seconds or as ISO
    8601 with a time zone (2026-05-17T12:00:00+02:00), and tracklet, a whole number. Columns may be
    parted by commas or semicolons, and further columns are ignored.

    Persons and cameras may be names or numbers: whole numbers stand, names are counted from 1 in
    natural order; person junk (or -1) and distractor (or 0) are special.

    Raises PasserbyError naming the file and the line when a column or a value is missing, cannot
    be understood, or a picture is not there.
    """
    path = _file(Path(root))
    rows = list(_rows(path))
    if not rows:
        raise PasserbyError(f"'{path}' lists no crops; add a line for each below its heading")
    persons = number_persons(row["person"] for _, row in rows)
    cameras = number_cameras(row["camera"] for _, row in rows)
    found: dict[str, list[Sample]] = {split: [] for split in _SPLITS}
    for line, row in rows:
        pixels = path.parent / row["path"]
        if not pixels.is_file():
            raise _error(path, line, f"there is no file '{pixels}'; paths start at '{path.parent}'")
        if row["split"] not in found:
            raise _error(path, line, f"split is {row['split']!r}; use one of {', '.join(_SPLITS)}")
        found[row["split"]].append(
            Sample(
                pixels,
                person=persons[row["person"]],
                camera=cameras[row["camera"]],
                tracklet=_tracklet(path, line, row.get("tracklet", "")),
                time=_time(path, line, row.get("time", "")),
                dataset=path.stem,
            )
        )
    return Splits(
        name=path.stem,
        **{
            split: tuple(sorted(samples, key=lambda sample: sample.key))
            for split, samples in found.items()
        },
    )


def _file(root: Path) -> Path:
    if root.is_file():
        return root
    if not root.is_dir():
        raise PasserbyError(f"there is no file '{root}'; give the CSV file that lists the crops")
    files = sorted(root.glob("*.csv"))
    if len(files) != 1:
        held = "no CSV file" if not files else f"{len(files)} CSV files"
        raise PasserbyError(f"'{root}' holds {held}; give the file itself that lists the crops")
    return files[0]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and values, stripped, of each line below the heading."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PasserbyError(f"'{path}' is not UTF-8 text ({error}); save it as CSV UTF-8") from None
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    columns = [name.strip().lower() for name in next(reader, [])]
    _require_columns(path, columns)
    for values in reader:
        if not any(value.strip() for value in values):
            continue
        row = {name: value.strip() for name, value in zip(columns, values, strict=False)}
        for name in _REQUIRED:
            if not row.get(name):
                raise _error(path, reader.line_num, f"{name} is empty; fill it in")
        yield reader.line_num, row


def _require_columns(path: Path, columns: Sequence[str]) -> None:
    if missing := [name for name in _REQUIRED if name not in columns]:
        raise _error(
            path,
            1,
            f"the column {missing[0]!r} is missing; the first line must name the columns "
            f"{', '.join(_REQUIRED)} (and may name time and tracklet), it names "
            f"{', '.join(columns) or 'nothing'}",
        )


def _tracklet(path: Path, line: int, value: str) -> int:
    try:
        return int(value) if value else -1
    except ValueError:
        raise _error(
            path, line, f"tracklet is {value!r}; use a whole number or leave it empty"
        ) from None


def _time(path: Path, line: int, value: str) -> float | None:
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    # Without a zone the same file would mean other moments on other machines.
    if moment is None or moment.tzinfo is None:
        raise _error(
            path,
            line,
            f"time is {value!r}; use seconds, or a moment as 2026-05-17T12:00:00+02:00",
        )
    return moment.timestamp()


def _error(path: Path, line: int, what: str) -> PasserbyError:
    return PasserbyError(f"'{path}', line {line}: {what}")

"""Answers of a human study: one file an annotator, which only grows."""

import errno
import fcntl
import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.pipelines.human_study_folder import Question, Study


class RefusedError(PasserbyError):
    """An answer that does not fit what was answered before; nothing was written."""


@dataclass(frozen=True)
class Answer:
    """What an annotator chose.

    question: the question's id
    chosen:   name of the picture's file
    seconds:  how long the question was looked at; None where unknown
    when:     time of the answer, ISO 8601, UTC
    """

    question: str
    chosen: str
    seconds: float | None
    when: str


def answers(folder: Path, annotator: str) -> dict[str, Answer]:
    """Question's id -> answer, in the order of answering; what was undone is not there.

    A line that a crash cut short was never acknowledged, and does not count. Raises PasserbyError
    when the file is damaged.
    """
    path = _file(folder, annotator)
    try:
        return _standing(path.read_bytes(), path)
    except FileNotFoundError:
        return {}


def in_order(study: Study, annotator: str) -> list[Question]:
    """The questions in the annotator's own order, the same every time.

    >>> study = Study("s", 0, tuple(Question(str(n), "", ()) for n in range(9)))
    >>> in_order(study, "Ada") == in_order(study, "ada")
    True
    >>> in_order(study, "Ada") == in_order(study, "Ben")
    False
    """
    questions = sorted(study.questions, key=lambda question: question.id)
    random.Random(f"{study.seed} {annotator.casefold()}").shuffle(questions)
    return questions


def current(study: Study, annotator: str, given: dict[str, Answer]) -> Question | None:
    """The first question that the annotator has not answered; None at the end."""
    return next((q for q in in_order(study, annotator) if q.id not in given), None)


def record(
    folder: Path,
    study: Study,
    annotator: str,
    question: str,
    chosen: str,
    seconds: float | None = None,
) -> None:
    """Add an answer; it is on the disk when this returns.

    The same answer given twice counts once. Raises RefusedError when the question was answered
    otherwise before (`undo` comes first) or is not the annotator's next, and PasserbyError when
    `chosen` is not among its candidates.
    """
    with _alone(folder, annotator) as (given, write):
        if question in given:
            if given[question].chosen == chosen:
                return
            raise RefusedError("this question has an answer already; take that back first")
        asked = current(study, annotator, given)
        if asked is None or asked.id != question:
            raise RefusedError("this is not the question that comes next; nothing was changed")
        if chosen not in asked.candidates:
            raise PasserbyError("that picture is not one of those to choose from; choose again")
        write(asdict(Answer(question, chosen, seconds, now())))


def undo(folder: Path, annotator: str, question: str) -> None:
    """Take back the annotator's last answer, which is the one to `question`.

    Doing it twice is doing it once. Raises RefusedError when another answer came after it.
    """
    with _alone(folder, annotator) as (given, write):
        if question not in given:
            return
        if next(reversed(given)) != question:
            raise RefusedError(
                "only the last answer can be taken back, and another came after this"
            )
        write({"question": question, "undone": True, "when": now()})


def log_view(folder: Path, annotator: str, question: str) -> None:
    """Add a line to access.log: who looked at the pictures of which question, and when."""
    line = json.dumps({"annotator": annotator, "question": question, "when": now()})
    handle = os.open(folder / "access.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)


def now() -> str:
    """The time, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _file(folder: Path, annotator: str) -> Path:
    return folder / "answers" / f"{annotator}.jsonl"


def _standing(written: bytes, path: Path) -> dict[str, Answer]:
    given: dict[str, Answer] = {}
    *lines, _ = written.split(b"\n")  # the last part is empty, or was cut short
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            if entry.get("undone"):
                given.pop(entry["question"], None)
            else:
                given[entry["question"]] = Answer(**entry)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PasserbyError(
                f"line {number} of {path} is damaged ({error}); mend it or remove it"
            ) from error
    return given


@contextmanager
def _alone(folder: Path, annotator: str) -> Iterator[tuple[dict[str, Answer], Any]]:
    """An annotator's answers, and a function that adds one, while nobody else can."""
    path = _file(folder, annotator)
    try:
        new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            written = path.read_bytes()
            whole = written[: written.rfind(b"\n") + 1]

            def write(entry: dict[str, Any]) -> None:
                # Whatever a crash or a full disk cut short was never acknowledged.
                os.ftruncate(handle, len(whole))
                line = json.dumps(entry, ensure_ascii=False, allow_nan=False).encode() + b"\n"
                if os.write(handle, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(handle)
                if new:
                    _sync_folder(path.parent)

            yield _standing(whole, path), write
        finally:
            os.close(handle)
    except OSError as error:
        raise PasserbyError(
            f"the answer could not be kept in {path}: {error.strerror or error}; free some space "
            "or mend the folder's permissions, and answer again"
        ) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

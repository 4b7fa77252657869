"""`Study` and `Solution`: the questions of a human study, and apart from them what is right."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically

_FORMAT = "passerby-human-study-1"
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Question:
    """One query and the pictures to choose from.

    id:         random letters and digits, which tell nothing
    query:      name of the query's file in the study's folder `pictures`
    candidates: names of the files to choose from, shuffled
    """

    id: str
    query: str
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """All that the server of a study knows: neither what is right nor what the model says.

    id:        random letters and digits
    seed:      of the order in which each annotator sees the questions
    questions: in any order

    >>> Study("s", 0, (Question("q", "a.jpg", ("b.jpg", "c.jpg")),)).pictures == {
    ...     "a.jpg", "b.jpg", "c.jpg"}
    True
    """

    id: str
    seed: int
    questions: tuple[Question, ...]

    @property
    def pictures(self) -> frozenset[str]:
        """Names of all files that an annotator may see."""
        return frozenset(name for q in self.questions for name in (q.query, *q.candidates))

    def save(self, folder: Path) -> None:
        """Write study.json, readable by its owner only."""
        _write(folder / "study.json", asdict(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What `save` wrote. Raises PasserbyError when `folder` holds no study."""
        return _read(
            folder,
            "study.json",
            lambda values: cls(
                id=values["id"],
                seed=values["seed"],
                questions=tuple(
                    Question(q["id"], q["query"], tuple(q["candidates"]))
                    for q in values["questions"]
                ),
            ),
        )


@dataclass(frozen=True)
class MachineAnswer:
    """What stands first in a ranking of the whole gallery.

    picture: name of its file; it need not be among the candidates
    right:   whether it is a right answer
    """

    picture: str
    right: bool


@dataclass(frozen=True)
class Truth:
    """What is known of one question.

    right:    names of the right answers' files, those nearest to the query first
    model:    the model's answer
    reranked: the answer after k-reciprocal re-ranking
    """

    right: tuple[str, ...]
    model: MachineAnswer
    reranked: MachineAnswer


@dataclass(frozen=True)
class Origin:
    """Where a picture comes from: `key`, `person` and `camera`, as in `Sample`."""

    key: str
    person: int
    camera: int


@dataclass(frozen=True)
class Solution:
    """What scoring needs and no annotator may see.

    dataset, options, protocol, metric, model, model_hash: as in the evaluation's `About`
    evaluation: name of the evaluation
    truths:     question's id -> what is known of it
    origins:    picture's file name -> where it comes from
    """

    dataset: str
    options: Mapping[str, Any]
    protocol: str
    metric: str
    model: str
    model_hash: str
    evaluation: str
    truths: Mapping[str, Truth]
    origins: Mapping[str, Origin]

    def save(self, folder: Path) -> None:
        """Write solution.json, readable by its owner only."""
        _write(folder / "solution.json", asdict(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What `save` wrote. Raises PasserbyError when `folder` holds no study."""

        def parse(values: dict[str, Any]) -> Self:
            truths = {
                question: Truth(
                    right=tuple(truth["right"]),
                    model=MachineAnswer(**truth["model"]),
                    reranked=MachineAnswer(**truth["reranked"]),
                )
                for question, truth in values.pop("truths").items()
            }
            origins = {name: Origin(**origin) for name, origin in values.pop("origins").items()}
            return cls(**values, truths=truths, origins=origins)

        return _read(folder, "solution.json", parse)


def _write(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps({"format": _FORMAT, **values}, indent=1, allow_nan=False) + "\n"
    write_atomically(path, lambda to: (to.touch(0o600), to.write_text(text, encoding="utf-8")))


def _read(folder: Path, name: str, parse: Callable[[dict[str, Any]], _Value]) -> _Value:
    path = folder / name
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values.pop("format") != _FORMAT:
            raise ValueError("it was written by another version of Passerby")
        return parse(values)
    except (FileNotFoundError, NotADirectoryError):
        raise PasserbyError(
            f"there is no human study in '{folder}' ({name} is not there); build one with "
            f"`passerby human-study build RUN --out {folder}`"
        ) from None
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise PasserbyError(
            f"{path} cannot be read ({error!r}); build the study again in a new folder"
        ) from error

"""What the actions of `passerby identities` are given: the gallery, and what they go by."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser, Namespace

    from passerby.metrics.calibration import Calibration
    from passerby.pipelines.identities import Rules
    from passerby.pipelines.identity_times import CameraTimes


def gallery_parser(action: str, about: str) -> "ArgumentParser":
    """A parser of `passerby identities ACTION GALLERY`."""
    from jsonargparse import ArgumentParser

    parser = ArgumentParser(prog=f"passerby identities {action}", description=about)
    parser.add_argument("gallery", type=str, help="the gallery: a folder, or postgresql://...")
    return parser


def add_knowledge(parser: "ArgumentParser") -> None:
    """What associating and suggesting go by."""
    from passerby.pipelines.identities import Rules

    parser.add_argument(
        "--calibration", type=Path | None,
        help="file of `identities calibrate`; by default calibration.json in the gallery's folder",
    )  # fmt: skip
    parser.add_argument(
        "--times", type=Path | None, help="file of `identities times`; without it only looks count"
    )
    parser.add_argument(
        "--overlapping", action="append", default=[], metavar="CAMERA,CAMERA",
        help="two cameras whose views overlap; repeat it for each two",
    )  # fmt: skip
    parser.add_class_arguments(Rules, "rules", skip={"overlapping"})


def given_rules(given: "Namespace") -> "Rules":
    """The rules that `add_knowledge` asked for."""
    from dataclasses import replace

    from passerby.pipelines.identities import Rules

    rules = given.rules if isinstance(given.rules, Rules) else Rules(**vars(given.rules))
    return replace(rules, overlapping=pairs_of(given.overlapping))


def pairs_of(words: list[str]) -> tuple[tuple[str, str], ...]:
    """Camera names, two by two."""
    from passerby.core.errors import PasserbyError

    pairs = []
    for word in words:
        first, comma, second = (part.strip() for part in word.partition(","))
        if not (first and comma and second):
            raise PasserbyError(f"{word!r} is no two cameras; write --overlapping door,hall")
        pairs.append((first, second))
    return tuple(pairs)


def named_file(given: Path | None, gallery: str, name: str) -> Path:
    """The file that was named, or the one in the gallery's folder."""
    from passerby.core.errors import PasserbyError

    if given is not None:
        return Path(given)
    if "://" in gallery:
        raise PasserbyError(f"{gallery} is no folder; say which file with --{Path(name).stem}")
    return Path(gallery) / name


def knowledge(given: "Namespace") -> "tuple[Calibration, CameraTimes | None]":
    """The calibration and the times that `add_knowledge` asked for."""
    from passerby.metrics.calibration import Calibration
    from passerby.pipelines.identity_times import CameraTimes

    calibration = Calibration.load(named_file(given.calibration, given.gallery, "calibration.json"))
    return calibration, None if given.times is None else CameraTimes.load(given.times)

"""Names of annotators, which are names of files as well."""

import unicodedata
from pathlib import Path

from passerby.core.errors import PasserbyError

LONGEST_NAME = 40
MODEL, RERANKING = "model", "re-ranking"
"""What the scores call the two machines, so no annotator may."""


def annotator_named(folder: Path, name: str) -> str:
    """A name as it is written in the study: somebody known is found in any case and spacing.

    Raises PasserbyError when it is empty, too long, or holds more than letters of any language,
    digits, spaces and . ' - _

    >>> annotator_named(Path("nowhere"), "  Zoë   O'Neill ")
    "Zoë O'Neill"
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise PasserbyError("a name is needed, so that your answers are kept together")
    if len(name) > LONGEST_NAME or not name[0].isalnum() or not all(map(_allowed, name)):
        raise PasserbyError(
            f"a name has at most {LONGEST_NAME} letters, digits, spaces and . ' - _, and begins "
            "with a letter or digit; choose another"
        )
    if name.casefold() in (MODEL, RERANKING):
        raise PasserbyError(f"{name!r} is what the scores call a machine; choose another name")
    known = {other.casefold(): other for other in annotators(folder)}
    return known.get(name.casefold(), name)


def annotators(folder: Path) -> list[str]:
    """Names of all who have answered, sorted."""
    return sorted(path.stem for path in (folder / "answers").glob("*.jsonl"))


def _allowed(character: str) -> bool:
    # M: the vowel signs of many scripts are no letters of their own.
    return unicodedata.category(character)[0] in "LMN" or character in " .'’-_"

"""Looking into data set folders: finding the layout, listing and naming images."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from passerby.core.errors import PasserbyError

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
"""Endings, in lower case, of the files that count as images."""


def image_files(folder: Path) -> list[Path]:
    """The images directly inside `folder`, sorted by name; hidden and other files are left out.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("b.JPG", "a.png", "._a.png", "Thumbs.db"):
    ...     (folder / name).touch()
    >>> [path.name for path in image_files(folder)]
    ['a.png', 'b.JPG']
    """
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
    )


def subfolders(folder: Path) -> list[Path]:
    """The folders directly inside `folder`, sorted by name; hidden ones are left out."""
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def named_images(
    folder: Path, pattern: re.Pattern[str], example: str
) -> Iterator[tuple[Path, re.Match[str]]]:
    """The images of `folder`, sorted, with what `pattern` finds at the start of their names.

    Raises PasserbyError when there is no image, or a name does not follow the pattern, of which
    `example` is an instance.
    """
    paths = image_files(folder)
    if not paths:
        raise PasserbyError(
            f"there is no image in '{folder}'; unpack the data set again, images have names like "
            f"{example}"
        )
    found = [(path, pattern.match(path.name)) for path in paths]
    strange = [path for path, match in found if match is None]
    if strange:
        raise PasserbyError(
            f"{len(strange)} of {len(paths)} images in '{folder}' have names unlike {example}, "
            f"the first is '{strange[0].name}'; is this another data set? Otherwise move what "
            "does not belong there"
        )
    return ((path, match) for path, match in found if match is not None)


def require_layout(root: Path, dataset: str, layouts: Sequence[Sequence[str]]) -> int:
    """Which of the layouts, each a list of files and folders that must be there, `root` has.

    Returns the number of the first that fits. Raises PasserbyError when none does: it says what
    was expected, what was found, and when the right folder is next to here, where.

    >>> require_layout(Path("/nowhere"), "Market-1501", [["query"]])
    Traceback (most recent call last):
    ...
    passerby.core.errors.PasserbyError: there is no folder '/nowhere'; give the folder ...
    """
    root = Path(root)
    expected = ", or ".join(_listed(layout) for layout in layouts)
    if not root.exists():
        raise PasserbyError(
            f"there is no folder '{root}'; give the folder of {dataset} that holds {expected}"
        )
    if not root.is_dir():
        raise PasserbyError(
            f"'{root}' is a file; unpack it, then give the folder of {dataset} that holds "
            f"{expected}"
        )
    if (fit := _fitting(root, layouts)) is not None:
        return fit
    for near in [*subfolders(root), root.absolute().parent]:
        if _fitting(near, layouts) is not None:
            where = "one level up" if near == root.absolute().parent else "one level down"
            raise PasserbyError(
                f"'{root}' does not hold {dataset}, but the folder {where} does: give '{near}'"
            )
    raise PasserbyError(
        f"'{root}' does not hold {dataset}: expected {expected} in it, found {_found(root)}; "
        "give the folder that the data set was unpacked into"
    )


def _fitting(folder: Path, layouts: Sequence[Sequence[str]]) -> int | None:
    for number, layout in enumerate(layouts):
        if all((folder / name).exists() for name in layout):
            return number
    return None


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _found(folder: Path, most: int = 8) -> str:
    names = sorted(p.name + "/" * p.is_dir() for p in folder.iterdir())
    if not names:
        return "nothing"
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

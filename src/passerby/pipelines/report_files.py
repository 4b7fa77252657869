"""Figures and numbers of a report as files beside its page."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from passerby.core.files import write_atomically
from passerby.reports.html import Section, render


def files_folder(page: Path) -> Path:
    """The folder that belongs to a page.

    >>> files_folder(Path("runs/tiny/report.html")).as_posix()
    'runs/tiny/report'
    """
    return page.with_suffix("") if page.suffix else page.with_name(f"{page.name}-files")


def save_files(sections: Sequence[Section], folder: Path) -> list[Path]:
    """Write each figure as PNG and SVG and each section's numbers as JSON; return their paths.

    Raises PasserbyError when the folder cannot be written.
    """
    paths: list[Path] = []
    for section in sections:
        for figure in section.figures:
            paths += figure.save(folder)
        for name, numbers in section.numbers.items():
            text = json.dumps(numbers, indent=1, allow_nan=False) + "\n"
            paths.append(
                write_atomically(
                    folder / f"{name}.json",
                    lambda to, text=text: to.write_text(text, encoding="utf-8"),
                )
            )
    return paths


def files_section(saved: Mapping[str, Sequence[Path]], page: Path) -> Section:
    """What was saved beside a page.

    saved: data set -> its files
    """
    files = []
    for paths in saved.values():
        kinds: dict[Path, list[str]] = {}
        for path in paths:
            kinds.setdefault(path.with_suffix(""), []).append(path.suffix[1:].upper())
        files += [
            [stem.relative_to(page.parent).as_posix(), ", ".join(found)]
            for stem, found in kinds.items()
        ]
    return Section(
        "Files",
        render("files.html", files=files),
        "Beside this page stand its figures, for papers and slides, and their numbers, for "
        "programs. The page itself needs none of them.",
    )

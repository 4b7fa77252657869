"""Report: the evaluations of a run -> one HTML page, with figures and numbers beside it."""

from collections.abc import Sequence
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.pipelines.report_files import files_folder, files_section, save_files
from passerby.pipelines.report_runs import grouped
from passerby.pipelines.report_sections import evaluation_sections
from passerby.reports.html import Section, page


def report(
    run: Path,
    compare: Sequence[Path] = (),
    out: Path | None = None,
    root: Path | None = None,
    lists: int = 6,
) -> Path:
    """Turn a run's evaluations into one self-contained HTML page, and return its path.

    Beside the page, in a folder named like it, each measurement gets a folder with its figures as
    PNG and SVG and their numbers as JSON. A re-ranked evaluation stands beside the plain one.

    Raises PasserbyError when a run has not been evaluated (naming the command), when one of
    `compare` shares no evaluation with it, when `lists` is negative, and when the extra `reports`
    is not installed. Pictures that cannot be read become placeholders, with a warning.

    Args:
        run: a run folder, filled by `passerby evaluate`
        compare: other run folders, to show beside it
        out: the page to write; RUN/report.html when left out
        root: the data set's folder now, where it was moved since
        lists: ranked lists of the hardest queries, and as many of the easiest; half as many of
            those that another run answers better, and worse
    """
    if lists < 0:
        raise PasserbyError(f"lists is {lists}; ask for 0 (none) or more")
    run, compare = Path(run), [Path(other) for other in compare]
    groups = grouped(run, compare)
    target = Path(out) if out else run / "report.html"
    sections: list[Section] = []
    saved: dict[str, list[Path]] = {}
    for measurement, runs in groups.items():
        about_it = evaluation_sections(
            runs, dataset=measurement if len(groups) > 1 else "", root=root, lists=lists
        )
        saved[measurement] = save_files(about_it, files_folder(target) / measurement)
        sections += about_it
    sections.append(files_section(saved, target))
    models = list(
        dict.fromkeys(found.about.model for runs in groups.values() for found in runs.values())
    )
    subtitle = f"{_joined(models)} measured on {_joined(list(groups))}."
    text = page(run.resolve().name, subtitle, sections)
    return write_atomically(target, lambda to: to.write_text(text, encoding="utf-8"))


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

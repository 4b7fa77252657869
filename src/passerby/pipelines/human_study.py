"""Human study: a run's evaluation -> questions that people answer, as the model did.

After the fifth section of: Zhang et al., AlignedReID: Surpassing Human-Level Performance in
Person Re-Identification, 2017.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.gallery.jpeg import Jpeg
from passerby.pipelines.album import Album
from passerby.pipelines.evaluation import Evaluation, evaluations
from passerby.pipelines.human_study_folder import Solution, Study
from passerby.pipelines.human_study_questions import questions_of


def build_study(
    run: Path,
    evaluation: str | None = None,
    *,
    out: Path,
    candidates: int | None = None,
    queries: int | None = None,
    seed: int = 0,
    root: Path | None = None,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Study:
    """Make a folder of questions: which of these pictures shows the same person as the query?

    The candidates are the model's nearest; every missing right answer replaces the lowest-ranked
    wrong one. They stand in random order, under random names. What the protocol leaves out is
    never among them, and a query without a right answer is never asked. The folder appears in one
    step and can be read by its owner only.

    Raises PasserbyError when the run has not been evaluated, has several evaluations and none is
    named, no query has a right answer, a picture cannot be read, or `out` is in use.

    Args:
        run: a run folder, filled by `passerby evaluate`
        evaluation: which of the run's evaluations; needed where there are several
        out: the folder to make
        candidates: pictures to choose from; 10 where every query has one right answer, else 50,
            when left out
        queries: how many queries to ask, drawn at random; all of them when left out
        seed: of the draw of queries and of all orders
        root: the data set's folder now, where it was moved since
        progress: called with pictures done and pictures in all
    """
    for name, value, least in (("candidates", candidates, 2), ("queries", queries, 1)):
        if value is not None and value < least:
            raise PasserbyError(f"{name} is {value}; it must be at least {least}")
    out = Path(out)
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise PasserbyError(
            f"'{out}' is there already; name a new folder, or go on with that study: "
            f"passerby human-study serve {out}"
        )
    name, found = _named(Path(run), evaluation)
    study, solution = questions_of(found, name, candidates, queries, seed)
    with _made(out) as folder:
        _write_pictures(folder / "pictures", solution, Album(found.about, root), progress)
        (folder / "answers").mkdir(mode=0o700)
        solution.save(folder)
        study.save(folder)
    return study


def _named(run: Path, name: str | None) -> tuple[str, Evaluation]:
    found = evaluations(run)
    if name is None and len(found) == 1:
        return next(iter(found.items()))
    if name not in found:
        wrong = "has several evaluations" if name is None else f"has no evaluation '{name}'"
        raise PasserbyError(f"run '{run}' {wrong}; name one by --evaluation: {', '.join(found)}")
    return name, found[name]


@contextmanager
def _made(out: Path) -> Iterator[Path]:
    """A folder of its owner's only that becomes `out` when all went well, and else goes away."""
    folder = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        yield folder
        folder.rename(out)
    except OSError as error:
        raise PasserbyError(
            f"no study can be written to '{out}' ({error.strerror or error}); free some space or "
            "choose a folder that you may write to"
        ) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _write_pictures(
    folder: Path, solution: Solution, album: Album, progress: Callable[[int, int], object]
) -> None:
    folder.mkdir(mode=0o700)
    # By their random names: not even the order on the disk tells what belongs together.
    for done, (name, origin) in enumerate(sorted(solution.origins.items()), start=1):
        pixels = album.read(origin.key)
        if pixels is not None:
            to = folder / name
            to.touch(0o600)
            to.write_bytes(Jpeg.of(name, pixels).encoded)
        progress(done, len(solution.origins))
    if album.missing:
        first = next(iter(album.missing.values()))
        raise PasserbyError(
            f"{len(album.missing)} of {len(solution.origins)} pictures cannot be read; the first: "
            f"{first}\nIf the data set was moved, say where it is now: --root FOLDER"
        )

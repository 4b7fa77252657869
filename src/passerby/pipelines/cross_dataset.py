"""Cross-dataset: several runs, each measured on several data sets, as one matrix."""

from collections.abc import Sequence
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.core.scores import Scores
from passerby.engine.recipes import settings_in
from passerby.engine.run_folder import CONFIG, measurable
from passerby.metrics.cross_dataset import CrossDataset, matrix
from passerby.pipelines.about import About, abouts
from passerby.pipelines.evaluation import scores_in


def cross_dataset(runs: Sequence[Path], protocol: str = "", rerank: str = "") -> CrossDataset:
    """Scores of runs by the data set that each learnt from and those that it was measured on.

    A run without settings of its own, such as a public model's, goes by its folder's name. A run
    may be measured on a data set in several ways: the one with the fewest options is taken.

    protocol: only evaluations under these rules; "" takes any, but not several on one data set
    rerank:   only evaluations by these re-ranking steps; "" is none

    Raises PasserbyError when there is no run, a run has not been measured so, or two runs learnt
    from the same data set.
    """
    if not runs:
        raise PasserbyError("which runs? passerby cross-dataset RUN RUN ...")
    scores: dict[tuple[str, str], Sequence[Scores]] = {}
    learnt: dict[str, Path] = {}
    for run in map(Path, runs):
        trained = _learnt_from(run)
        if trained in learnt:
            raise PasserbyError(
                f"runs '{learnt[trained]}' and '{run}' both learnt from {trained}; name one of "
                "them, or compare them by passerby report RUN --compare RUN"
            )
        learnt[trained] = run
        for dataset, folder in _measured(run, protocol, rerank).items():
            scores[trained, dataset] = scores_in(folder)
    return matrix(scores)


def write_cross_dataset(found: CrossDataset, page: Path) -> Path:
    """The matrix as one HTML page with two heat maps: rank-1 and mAP.

    Raises PasserbyError when the extra `reports` is not installed.
    """
    from passerby.reports.cross_dataset import cross_dataset_page

    text = cross_dataset_page(found)
    return write_atomically(page, lambda to: to.write_text(text, encoding="utf-8"))


def _measured(run: Path, protocol: str, rerank: str) -> dict[str, Path]:
    """Data set -> the folder of the run's evaluation on it, the one with the fewest options."""
    found = [
        (about, folder)
        for folder, about in abouts(run).items()
        if about.rerank == rerank and protocol in ("", about.protocol)
    ]
    if not found:
        asked = f" --protocol {protocol}" * bool(protocol) + f" --rerank {rerank}" * bool(rerank)
        raise PasserbyError(
            f"run '{run}' has not been measured so; run first: passerby evaluate {measurable(run)} "
            f"DATASET ROOT{asked}"
        )
    chosen: dict[str, tuple[About, Path]] = {}
    for about, folder in sorted(found, key=lambda one: len(one[0].options)):
        first, _ = chosen.setdefault(about.dataset, (about, folder))
        if (one := first.protocol) != (other := about.protocol):
            raise PasserbyError(
                f"run '{run}' was measured on {about.dataset} under {one} and {other}; "
                "choose one by --protocol"
            )
    return {dataset: folder for dataset, (_, folder) in chosen.items()}


def _learnt_from(run: Path) -> str:
    settings = settings_in(run / CONFIG) if (run / CONFIG).is_file() else {}
    return (settings.get("data") or {}).get("dataset") or run.resolve().name

"""Compare: two evaluations of the same queries, and which queries changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.engine.run_folder import measurable
from passerby.metrics.bootstrap import Difference, differences
from passerby.metrics.changes import Changes, changes
from passerby.pipelines.about import About, abouts
from passerby.pipelines.evaluation import Evaluation, plain_options


@dataclass(frozen=True, eq=False)
class Comparison:
    """One evaluation beside another of the same queries under the same rules.

    name:        what the other one is called
    other:       the other evaluation
    differences: each of `FIGURES`, this evaluation's less the other's in the first draw, with
                 people drawn; None where the queries show one person alone
    changes:     the queries that changed from the other to this one, in the first draw
    """

    name: str
    other: Evaluation
    differences: dict[str, Difference | None]
    changes: Changes


def compare(evaluation: Evaluation, run: Path) -> Comparison:
    """An evaluation beside that of another run, or of the same run without re-ranking.

    Taken is one on the same data set, with the same options and protocol: the one with the same
    re-ranking steps, else the plain one, else the first; the evaluation itself comes last.

    Raises PasserbyError naming the command to run first when there is none.
    """
    about = evaluation.about
    alike = measured_alike(run, about.dataset, about.options, about.protocol)

    def unlikeness(folder: Path) -> tuple[bool, bool, bool]:
        other = alike[folder]
        steps = (other.rerank, other.rerank_options) == (about.rerank, about.rerank_options)
        return other == about, not steps, bool(other.rerank)

    other = Evaluation.load(min(alike, key=unlikeness))
    ours, theirs = evaluation.scores, other.scores
    return Comparison(
        name=" · ".join(filter(None, (run.name, other.about.rerank))),
        other=other,
        differences=differences(theirs, ours, evaluation.asked.persons),
        changes=changes(theirs, ours, (other.asked.keys, evaluation.asked.keys)),
    )


def measured_alike(
    run: Path, dataset: str, options: Mapping[str, Any], protocol: str
) -> dict[Path, About]:
    """The folders of a run's evaluations that `compare` takes, sorted, and what was measured there.

    options: as the reader takes them, see `passerby.data.readers.checked_options`

    Raises PasserbyError naming the command to run first when there is none; so one learns it before
    hours of embedding.
    """
    asked = (dataset, plain_options(options), protocol)
    alike = {
        folder: about
        for folder, about in abouts(run).items()
        if (about.dataset, about.options, about.protocol) == asked
    }
    if not alike:
        raise PasserbyError(
            f"run '{run}' has not been measured on {dataset} with the same options and "
            f"protocol; run first: passerby evaluate {measurable(run)} {dataset} ROOT "
            f"--protocol {protocol}"
        )
    return alike

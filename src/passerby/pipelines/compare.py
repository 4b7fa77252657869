"""Compare: two evaluations of the same queries, and which queries changed."""

from dataclasses import dataclass
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.metrics.bootstrap import Difference, differences
from passerby.metrics.changes import Changes, changes
from passerby.pipelines.evaluation import Evaluation, evaluations


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
    alike = [
        found
        for found in evaluations(run).values()
        if (found.about.dataset, found.about.options, found.about.protocol)
        == (about.dataset, about.options, about.protocol)
    ]

    def unlikeness(candidate: Evaluation) -> tuple[bool, bool, bool]:
        other = candidate.about
        steps = (other.rerank, other.rerank_options) == (about.rerank, about.rerank_options)
        return other == about, not steps, bool(other.rerank)

    if not alike:
        raise PasserbyError(
            f"run '{run}' has not been measured on {about.dataset} with the same options and "
            f"protocol; run first: passerby evaluate {run} {about.dataset} ROOT "
            f"--protocol {about.protocol}"
        )
    other = min(alike, key=unlikeness)
    ours, theirs = evaluation.scores, other.scores
    return Comparison(
        name=" · ".join(filter(None, (run.name, other.about.rerank))),
        other=other,
        differences=differences(theirs, ours, evaluation.asked.persons),
        changes=changes(theirs, ours, (other.asked.keys, evaluation.asked.keys)),
    )

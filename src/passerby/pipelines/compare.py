"""Compare: two evaluations of the same queries, and which queries changed."""

from dataclasses import dataclass
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.metrics.bootstrap import Difference, difference
from passerby.metrics.changes import Changes, changes
from passerby.metrics.protocols import protocol_named
from passerby.metrics.repeats import FIGURES
from passerby.pipelines.evaluation import Evaluation, evaluations
from passerby.pipelines.ranked import ranked_labels


@dataclass(frozen=True, eq=False)
class Comparison:
    """One evaluation beside another of the same queries under the same rules.

    name:        what the other one is called
    keys:        keys of the queries, as the protocol ranks them
    other:       the other evaluation
    differences: for each of `FIGURES` this evaluation's less the other's, in the first draw
    changes:     the queries that changed from the other to this one, in the first draw
    """

    name: str
    keys: tuple[str, ...]
    other: Evaluation
    differences: dict[str, Difference]
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
    rules = protocol_named(about.protocol)
    ours, theirs = evaluation.scores, other.scores
    keys, their_keys = (
        ranked_labels(found.query, found.gallery, rules, 0)[0].keys for found in (evaluation, other)
    )
    return Comparison(
        name=" · ".join(filter(None, (run.name, other.about.rerank))),
        keys=keys,
        other=other,
        differences={figure: difference(theirs, ours, figure) for figure in FIGURES},
        changes=changes(theirs, ours, (their_keys, keys)),
    )

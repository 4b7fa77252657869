"""Which evaluations stand beside each other in a report."""

import json
from collections.abc import Sequence
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.pipelines.about import About
from passerby.pipelines.evaluation import Evaluation, evaluations

Groups = dict[str, dict[str, Evaluation]]
"""Name of a measurement -> label of a run -> its evaluation; the one looked at comes first."""


def grouped(run: Path, compare: Sequence[Path] = ()) -> Groups:
    """The evaluations of a run and of others by what was measured, re-rankings side by side.

    Evaluations on the same data set with the same options and protocol are one group. It is named
    as the folder of its first evaluation; first is the run's own, without re-ranking if there is
    one.

    Raises PasserbyError when a run has not been evaluated (naming the command), or when one of
    `compare` shares no measurement with the run.
    """
    own = _by_measurement(run)
    groups: Groups = {}
    for found in own.values():
        first, *_ = found
        groups[first] = {label(run.name, one.about): one for one in found.values()}
    names = {measured: next(iter(found)) for measured, found in own.items()}
    for other in compare:
        theirs = _by_measurement(other)
        if not set(theirs) & set(own):
            measured = [
                ", ".join(next(iter(found)) for found in each.values()) for each in (theirs, own)
            ]
            raise PasserbyError(
                f"run '{other}' was evaluated on {measured[0]}, and run '{run}' on "
                f"{measured[1]}; to compare them, evaluate both on the same data set, with the "
                "same options and protocol"
            )
        called = other.name if other.name != run.name else str(other)
        for measured in sorted(set(theirs) & set(own)):
            for one in theirs[measured].values():
                groups[names[measured]][label(called, one.about)] = one
    return groups


def label(run: str, about: About) -> str:
    """A run's name with its re-ranking, if there is one.

    >>> about = About("toy", {}, "", "m", "00", "market1501", "cosine", True, 1, 1)
    >>> label("osnet", about)
    'osnet'
    """
    if not about.rerank:
        return run
    options = ", ".join(f"{name} {value}" for name, value in about.rerank_options.items())
    return f"{run} · {about.rerank}" + (f" ({options})" if options else "")


def _by_measurement(run: Path) -> dict[str, dict[str, Evaluation]]:
    """What was measured -> folder -> evaluation; those without re-ranking first."""
    found: dict[str, dict[str, Evaluation]] = {}
    for folder, one in sorted(
        evaluations(run).items(), key=lambda item: (bool(item[1].about.rerank), item[0])
    ):
        about = one.about
        several = len(one.repeats) > 1
        measured = (about.dataset, dict(about.options), about.protocol, several)
        found.setdefault(json.dumps(measured, sort_keys=True), {})[folder] = one
    return found

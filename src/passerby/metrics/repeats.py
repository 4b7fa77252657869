"""Scores over repeated random draws: mean and standard deviation."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.figures import FIGURES, figure


@dataclass(frozen=True)
class Spread:
    """A figure in [0, 1] over repeats.

    mean: of the repeats
    std:  sample standard deviation (n - 1); None for a single draw, which has none

    >>> str(Spread(0.5, 0.012)), str(Spread(0.5, None))
    ('50.0 ± 1.2', '50.0')
    """

    mean: float
    std: float | None

    def __str__(self) -> str:
        percent = f"{100 * self.mean:.1f}"
        return percent if self.std is None else f"{percent} ± {100 * self.std:.1f}"


def over_repeats(repeats: Sequence[Scores]) -> dict[str, Spread]:
    """Each of `FIGURES` over the scores of one or more draws.

    Raises PasserbyError when there are none.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> one = scores_of_ranks(Lists.of([[2]]), "p", gallery=9)
    >>> over_repeats([one, one])["mean_ap"]
    Spread(mean=0.5, std=0.0)
    """
    if not repeats:
        raise PasserbyError("there are no scores to average; measure at least one draw")
    spreads = {}
    for name in FIGURES:
        values = [figure(name, scores) for scores in repeats]
        std = statistics.stdev(values) if len(values) > 1 else None
        spreads[name] = Spread(statistics.fmean(values), std)
    return spreads

"""Confidence intervals over queries, by drawing them again and again (the bootstrap).

Every figure is a mean over queries, so a draw is a count for each query and a matrix product:
nothing is ranked again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.changes import require_same_queries
from passerby.metrics.figures import FIGURES

RESAMPLES = 1000
LEVEL = 0.95
_ENTRIES = 2**22
"""Counts held at a time: 32 MiB."""


@dataclass(frozen=True)
class Interval:
    """Where a figure lies, with the confidence that was asked for.

    >>> str(Interval(0.512, 0.548))
    '51.2 to 54.8'
    """

    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.low:.1f} to {100 * self.high:.1f}"


@dataclass(frozen=True)
class Difference:
    """How much better run b is than run a.

    estimate: figure of b less figure of a, over all queries
    interval: of that difference; where it holds 0, the runs cannot be told apart
    better:   share of the draws in which b is better, equal ones not among them
    """

    estimate: float
    interval: Interval
    better: float


def interval(
    scores: Scores,
    figure: str,
    *,
    groups: Tensor | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """Interval of one of `FIGURES`; see `intervals`."""
    return intervals(scores, (figure,), groups=groups, resamples=resamples, level=level, seed=seed)[
        figure
    ]


def intervals(
    scores: Scores,
    figures: tuple[str, ...] = tuple(FIGURES),
    *,
    groups: Tensor | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> dict[str, Interval]:
    """Percentile intervals of figures (Efron, "Bootstrap Methods: Another Look at the Jackknife",
    1979), all from the same draws.

    groups:    (Q,) int64, such as the person of each query: whole groups are drawn instead of
               queries. Queries of one person are alike, and drawing them one by one promises
               intervals that are too narrow.
    resamples: number of draws
    level:     confidence, in (0, 1)
    seed:      the same seed gives the same intervals

    Queries without a right answer are not drawn. Memory: 32 MiB of counts.

    Raises PasserbyError for an unknown figure, when fewer than two queries (or groups) count, and
    when `groups` is not of one number for each query.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> scores = scores_of_ranks(Lists.of([[1]] * 80 + [[2]] * 20), "p", gallery=9)
    >>> found = intervals(scores)["rank_1"]
    >>> 0.70 < found.low < 0.75, 0.85 < found.high < 0.90
    (True, True)
    """
    values = _values(scores, figures)
    drawn = _draws(values, _counted(scores), groups, resamples, seed)
    low, high = _percentiles(drawn, level)
    return {figure: Interval(low[at].item(), high[at].item()) for at, figure in enumerate(figures)}


def difference(
    a: Scores,
    b: Scores,
    figure: str = "mean_ap",
    *,
    groups: Tensor | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Difference:
    """How much better b is than a over the same queries, drawn in pairs.

    Far sharper than comparing two intervals: what makes a query hard is hard for both runs.

    The arguments and errors are those of `intervals`; besides, PasserbyError when the runs are of
    different queries or protocols.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> a = scores_of_ranks(Lists.of([[2], [1], [4]]), "p", gallery=9)
    >>> b = scores_of_ranks(Lists.of([[1], [1], [4]]), "p", gallery=9)
    >>> found = difference(a, b)
    >>> round(found.estimate, 4), found.interval.low, found.interval.high
    (0.1667, 0.0, 0.5)
    """
    require_same_queries(a, b)
    counted = _counted(a)
    apart = _values(b, (figure,)) - _values(a, (figure,))
    drawn = _draws(apart, counted, groups, resamples, seed)
    low, high = _percentiles(drawn, level)
    return Difference(
        estimate=float(apart[:, counted].mean()),
        interval=Interval(low.item(), high.item()),
        better=float((drawn > 0).double().mean()),
    )


def differences(
    a: Scores, b: Scores, groups: Tensor, **settings: Any
) -> dict[str, Difference | None]:
    """Each of `FIGURES` by `difference`, with groups drawn; None each where only one group counts.

    settings: `resamples`, `level` and `seed` of `difference`
    """
    require_same_queries(a, b)
    several = len(groups[_counted(a)].unique()) > 1
    return {
        name: difference(a, b, name, groups=groups, **settings) if several else None
        for name in FIGURES
    }


def _values(scores: Scores, figures: tuple[str, ...]) -> Tensor:
    """(F, Q) float64, what each figure is the mean of."""
    for figure in figures:
        if figure not in FIGURES:
            raise PasserbyError(f"there is no figure {figure!r}; choose from {', '.join(FIGURES)}")
    return torch.stack([FIGURES[figure][1](scores) for figure in figures])


def _counted(scores: Scores) -> Tensor:
    return scores.first_hit > 0


def _draws(
    values: Tensor, counted: Tensor, groups: Tensor | None, resamples: int, seed: int
) -> Tensor:
    """Means (R, F) of the values (F, Q) over drawn queries."""
    if resamples < 1:
        raise PasserbyError(
            f"resamples is {resamples}; draw at least once, better a thousand times"
        )
    if groups is not None and len(groups) != len(counted):
        raise PasserbyError(
            f"{len(groups)} groups came with {len(counted)} queries; give one for each query"
        )
    sums, sizes = values[:, counted], torch.ones(int(counted.sum()), dtype=torch.float64)
    if groups is not None:
        names, group = groups[counted].unique(return_inverse=True)
        sums = sums.new_zeros(len(values), len(names)).index_add_(1, group, sums)
        sizes = sizes.new_zeros(len(names)).index_add_(0, group, sizes)
    if len(sizes) < 2:
        raise PasserbyError(
            f"{len(sizes)} {'queries' if groups is None else 'groups of queries'} count; an "
            "interval needs two at least"
        )
    parts = [
        (counts @ sums.T) / (counts @ sizes)[:, None]  # (r, n) @ (n, F) -> (r, F)
        for counts in _counts(len(sizes), resamples, seed)
    ]
    return torch.cat(parts)


def _counts(members: int, resamples: int, seed: int) -> Iterator[Tensor]:
    """How often each member is drawn, (r, n) float64, until there are `resamples` draws."""
    generator = torch.Generator().manual_seed(seed)
    at_once = max(1, _ENTRIES // members)
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        drawn = torch.randint(members, (rows, members), generator=generator)
        ones = torch.ones((), dtype=torch.float64).expand(rows, members)
        yield torch.zeros(rows, members, dtype=torch.float64).scatter_add_(1, drawn, ones)


def _percentiles(drawn: Tensor, level: float) -> tuple[Tensor, Tensor]:
    """Lower and upper end (F,) of the draws (R, F)."""
    if not 0 < level < 1:
        raise PasserbyError(f"a confidence of {level} does not exist; give one between 0 and 1")
    ends = torch.tensor([(1 - level) / 2, (1 + level) / 2], dtype=torch.float64)
    low, high = torch.quantile(drawn, ends, dim=0)
    return low, high

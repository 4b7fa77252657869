"""Which queries changed between two runs: gained, lost, better and worse."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores

Keys = tuple[Sequence[str], Sequence[str]]
"""Names of the queries of two runs, such as their `Embeddings.keys`."""


@dataclass(frozen=True, eq=False)
class Changes:
    """Places (M,) int64 of the queries that changed, the greatest change first.

    gained:   the first answer became right; sorted by the places that the first right one rose
    lost:     the first answer was right and no longer is; sorted by the places that it fell
    improved: average precision rose; sorted by how much
    worsened: average precision fell; sorted by how much
    by:       (Q,) float64, change of average precision of each query; NaN where it does not count

    Equal changes stand in the order of the queries.
    """

    gained: Tensor
    lost: Tensor
    improved: Tensor
    worsened: Tensor
    by: Tensor


def changes(before: Scores, after: Scores, keys: Keys | None = None) -> Changes:
    """The queries that changed from one run to another over the same queries.

    keys: names of the queries of both runs, to make sure that they are the same

    Raises PasserbyError when the runs differ in queries, in those that count, or in protocol.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> before = scores_of_ranks(Lists.of([[1], [4], [3]]), "p", gallery=9)
    >>> after = scores_of_ranks(Lists.of([[2], [1], [1]]), "p", gallery=9)
    >>> found = changes(before, after)
    >>> found.gained.tolist(), found.lost.tolist(), found.improved.tolist()
    ([1, 2], [0], [1, 2])
    """
    require_same_queries(before, after, keys)
    rose = before.first_hit - after.first_hit
    first_before, first_after = before.first_hit == 1, after.first_hit == 1
    by = after.average_precision - before.average_precision
    return Changes(
        gained=_sorted(first_after & ~first_before, rose),
        lost=_sorted(first_before & ~first_after, -rose),
        improved=_sorted(by > 0, by),
        worsened=_sorted(by < 0, -by),
        by=by,
    )


def require_same_queries(a: Scores, b: Scores, keys: Keys | None = None) -> None:
    """Raise PasserbyError unless both scores are of the same queries under the same rules."""
    if a.protocol != b.protocol:
        raise PasserbyError(
            f"one run was measured under protocol {a.protocol!r} and the other under "
            f"{b.protocol!r}; measure both under the same one to compare them query by query"
        )
    if len(a.first_hit) != len(b.first_hit):
        raise PasserbyError(
            f"one run has {len(a.first_hit)} queries and the other {len(b.first_hit)}; measure "
            "both on the same data set, with the same options, to compare them query by query"
        )
    if keys is not None and tuple(keys[0]) != tuple(keys[1]):
        pairs = list(zip(*keys, strict=False))
        apart = [(one, other) for one, other in pairs if one != other]
        where = f"'{apart[0][0]}' in one and '{apart[0][1]}' in the other" if apart else "in number"
        raise PasserbyError(
            f"the runs have different queries: {len(apart)} of {len(pairs)} differ, the first is "
            f"{where}; measure both on the same queries, in the same order"
        )
    differ = (a.first_hit > 0) != (b.first_hit > 0)
    if differ.any():
        raise PasserbyError(
            f"{int(differ.sum())} queries have a right answer in only one of the runs, the first "
            f"is query {int(differ.nonzero()[0])}; measure both on the same query and gallery sets"
        )


def _sorted(which: Tensor, size: Tensor) -> Tensor:
    """Places (M,) of `which` (Q,), the largest first."""
    places = which.nonzero().flatten()
    return places[torch.argsort(size[places], descending=True, stable=True)]

"""k-reciprocal neighbours and their sparse encodings.

Two pictures are k-reciprocal neighbours when each is among the other's first k. Pictures of one
person mostly are, and have the same others in common ("Re-ranking Person Re-identification with
k-reciprocal Encoding", Zhong, Zheng, Cao, Li, 2017). Re-ranking and clustering both build on it.

A row's neighbours are counted as the paper's published program counts them: the row itself is
the first, and "the first k" are k + 1 entries, itself included. An encoding has some tens of
entries in N, so nothing here is quadratic.
"""

import torch
from torch import Tensor

from passerby.core.encodings import ONE, Encodings
from passerby.core.neighbours import Neighbours, squares_of_pairs

_ROWS = 1024  # rows whose sets are compared at a time, some 10,000 comparisons each


def mutual(indices: Tensor) -> Tensor:
    """Which entries of the rows' lists (N, k) hold the row in their own list: (N, k) bool.

    >>> mutual(torch.tensor([[0, 1], [1, 2], [2, 1]])).tolist()
    [[True, False], [True, True], [True, True]]
    """
    parts = []
    for start in range(0, len(indices), _ROWS):
        near = indices[start : start + _ROWS]
        own = torch.arange(start, start + len(near), device=near.device)
        parts.append((indices[near] == own[:, None, None]).any(2))  # (r, k, k) -> (r, k)
    return torch.cat(parts)


def expanded_sets(indices: Tensor, k1: int) -> tuple[Tensor, Tensor]:
    """Each row's k-reciprocal neighbours, and theirs where the two sets agree.

    R(i, k) are the rows j with j among the first k of i and i among the first k of j. The set of
    i is R(i, k1), joined with R(j, k1 / 2) of each j in R(i, k1) of which more than two thirds
    lie in R(i, k1). The joined ones are not asked for theirs.

    indices: (N, K) int64 of `Neighbours`; the first k1 + 1 are used, fewer where there are fewer
    k1:      k1 / 2 is rounded half to even, as numpy does

    Returns rows and members, (M,) int64 each, by row, then by member, each pair once.

    >>> near = torch.tensor([[0, 1], [1, 0], [2, 3], [3, 2]])
    >>> [part.tolist() for part in expanded_sets(near, k1=1)]
    [[0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 0, 1, 2, 3, 2, 3]]
    """
    n = len(indices)
    near, close = indices[:, : k1 + 1], indices[:, : round(k1 / 2) + 1]
    reciprocal, closely = mutual(near), mutual(close)
    # -1 and -2 for who does not return it: equal to nobody.
    sets = near.masked_fill(~reciprocal, -1).int()  # (N, k)
    halves = close.masked_fill(~closely, -2).int()  # (N, h)
    sizes = closely.sum(1)
    keys = []
    for start in range(0, n, _ROWS):
        own, asked = sets[start : start + _ROWS], reciprocal[start : start + _ROWS]
        offered = halves[near[start : start + _ROWS]]  # (r, k, h)
        inside = torch.zeros_like(offered, dtype=torch.bool)
        for member in own.unbind(1):  # one after the other: all at once would not fit a cache
            inside |= offered == member[:, None, None]
        shared = inside.sum(2)  # (r, k)
        joins = asked & (3 * shared > 2 * sizes[near[start : start + _ROWS]])
        joined = offered.masked_fill(~joins[..., None], -2).flatten(1)  # (r, k, h) -> (r, k h)
        members = torch.cat([own, joined], dim=1).long()
        at, which = (members >= 0).nonzero(as_tuple=True)
        keys.append(((at + start) * n + members[at, which]).unique())
    found = torch.cat(keys)
    return found // n, found % n


def encode(features: Tensor, nearest: Neighbours, k1: int = 20, k2: int = 6) -> Encodings:
    """The k-reciprocal encoding of each row: (N, N), sparse, each row summing to 1.

    A row's weights are exp(-d) over its expanded set, d being the squared distance over the
    row's furthest, scaled to sum 1; then each row becomes the mean over its first k2 neighbours,
    itself the first (k2 = 1 changes nothing).

    features: (N, D) float32, those of `nearest`
    nearest:  of K >= max(k1 + 1, k2), or of all N

    Defaults are the paper's.

    >>> from passerby.core.neighbours import neighbours
    >>> line = torch.tensor([[0.0], [1.0], [8.0], [9.0]])
    >>> encode(line, neighbours(line, 2), k1=1, k2=1).matrix()
    tensor([[0.5031, 0.4969, 0.0000, 0.0000],
            [0.4961, 0.5039, 0.0000, 0.0000],
            [0.0000, 0.0000, 0.5039, 0.4961],
            [0.0000, 0.0000, 0.4969, 0.5031]])
    """
    n = len(nearest)
    rows, members = expanded_sets(nearest.indices, k1)
    squares = squares_of_pairs(features.detach().float().contiguous(), rows, members)
    weights = torch.exp(-over_furthest(squares, nearest.furthest[rows]))
    sets = Encodings.of_entries(rows, members, weights, n, n)
    lengths = sets.starts.diff()
    sums = torch.segment_reduce(weights, "sum", lengths=lengths)
    # A row among many equal to it may have an empty set: it then stands in no other either.
    sets = Encodings(sets.starts, members, weights / sums[rows], n)
    return sets if k2 == 1 else _averaged(sets, nearest.indices[:, :k2])


def over_furthest(squares: Tensor, furthest: Tensor) -> Tensor:
    """Squares over the row's furthest, in [0, 1]; 0 where everything is at distance 0."""
    return torch.where(furthest > 0, squares / furthest, 0.0)


def _averaged(sets: Encodings, near: Tensor) -> Encodings:
    """Each row (N, width) as the mean over the rows `near` (N, k2)."""
    parts = []
    for start in range(0, len(near), _ROWS):
        wanted = near[start : start + _ROWS].reshape(-1)
        lengths = sets.starts.diff()[wanted]
        ends = lengths.cumsum(0)
        order = torch.arange(len(wanted), device=near.device).repeat_interleave(lengths)
        at = torch.arange(len(order), device=near.device) - (ends - lengths)[order]
        at += sets.starts[wanted][order]
        keys, place = ((order // near.shape[1] + start) * sets.width + sets.columns[at]).unique(
            return_inverse=True
        )
        whole = (sets.weights[at].double() * ONE).round().long()
        sums = torch.zeros_like(keys).index_add_(0, place, whole)
        parts.append((keys, (sums.double() / (ONE * near.shape[1])).float()))
    keys, weights = (torch.cat(each) for each in zip(*parts, strict=True))
    rows, columns = keys // sets.width, keys % sets.width
    return Encodings.of_entries(rows, columns, weights, len(near), sets.width)

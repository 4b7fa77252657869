"""The rank of each right answer: how many entries stand before it, counted without sorting.

Where Numba is installed, a plain loop counts the smaller distances of each right answer's row,
which a processor does for sixteen at a time. Elsewhere, and on a GPU, each wrong answer is dropped
into the gap between the two right answers that it falls between.
"""

import numpy as np
import torch
from torch import Tensor

from passerby.core.compiled import available, compiled, spread
from passerby.core.errors import PasserbyError
from passerby.metrics.relevance import Lists, Relevance

_LAST = torch.iinfo(torch.int64).max
_FEW = 96
"""Right answers of a query up to which counting for each beats sorting the row: measured."""


def hit_ranks(distances: Tensor, relevance: Relevance) -> Lists:
    """Ranks of the right answers of a block of queries, from 1, rising within each query.

    distances: (q, G) float; equal distances stand in gallery order
    relevance: of these q queries to this gallery

    Returns lists of the same lengths as `relevance.right`, on the CPU. Raises PasserbyError when
    a distance is NaN.

    >>> relevance = Relevance.of_masks(right=torch.tensor([[True, False, False, True]]),
    ...                                ignored=torch.tensor([[False, False, True, False]]))
    >>> hit_ranks(torch.tensor([[0.4, 0.1, 0.2, 0.3]]), relevance).places
    tensor([2, 3])
    """
    distances = distances.detach().float()
    right = relevance.right
    if distances.device.type == "cpu" and available():
        return Lists(right.offsets, _counted(distances.contiguous(), relevance))
    return Lists(right.offsets, _dropped(distances, relevance))


def _counted(distances: Tensor, relevance: Relevance) -> Tensor:
    """Ranks (L,) by the compiled loop."""
    right, ignored = relevance.right, relevance.ignored
    ranks = np.empty(len(right.places), dtype=np.int64)
    spoilt = np.zeros(len(relevance), dtype=np.bool_)
    hides = relevance.hidden.any(1)[relevance.kind]
    kinds = torch.where(hides, relevance.kind, -1).numpy()
    arrays = (
        distances.numpy(),
        right.offsets.numpy(),
        right.places.numpy(),
        ignored.offsets.numpy(),
        ignored.places.numpy(),
        relevance.hidden.numpy(),
        kinds,
        ranks,
        spoilt,
    )
    loop = compiled(_count)
    spread(lambda start, stop: loop(*arrays, _FEW, start, stop), len(relevance))
    if spoilt.any():
        _refuse_nan()
    return torch.from_numpy(ranks)


def _count(
    distances, offsets, places, i_offsets, i_places, hidden, kinds, ranks, spoilt, few, start, stop
):
    """Ranks of the right answers of the queries start .. stop - 1. kinds: -1 if nothing hides."""
    gallery = distances.shape[1]
    for query in range(start, stop):
        row = distances[query]
        nan = False
        for place in range(gallery):
            nan |= row[place] != row[place]
        spoilt[query] = nan
        first, end = offsets[query], offsets[query + 1]
        if nan or first == end:
            continue
        unseen = hidden[max(kinds[query], 0)]
        if end - first > few:
            # Many right answers: sort once, then walk.
            order = np.argsort(row, kind="mergesort")
            good = np.zeros(gallery, dtype=np.uint8)  # 0 wrong, 1 right, 2 without a rank
            for hit in range(first, end):
                good[places[hit]] = 1
            for skip in range(i_offsets[query], i_offsets[query + 1]):
                good[i_places[skip]] = 2
            rank, hit = 0, first
            for place in order:
                if good[place] == 2 or (kinds[query] >= 0 and unseen[place]):
                    continue
                rank += 1
                if good[place] == 1:
                    ranks[hit] = rank
                    hit += 1
            continue
        for hit in range(first, end):
            here = places[hit]
            distance = row[here]
            # 32 bits: sixteen of them are counted at a time.
            before = np.int32(0)
            if kinds[query] < 0:
                for place in range(here):
                    before += np.int32(row[place] <= distance)
                for place in range(here + 1, gallery):
                    before += np.int32(row[place] < distance)
            else:
                for place in range(here):
                    before += np.int32((row[place] <= distance) & ~unseen[place])
                for place in range(here + 1, gallery):
                    before += np.int32((row[place] < distance) & ~unseen[place])
            for skip in range(i_offsets[query], i_offsets[query + 1]):
                there = i_places[skip]
                if row[there] < distance or (row[there] == distance and there < here):
                    before -= np.int32(1)
            ranks[hit] = before + 1
        ranks[first:end].sort()


def _dropped(distances: Tensor, relevance: Relevance) -> Tensor:
    """Ranks (L,) by tensor operations alone, on any device."""
    keys = _sortable(distances)
    match, ignored = (mask.to(keys.device) for mask in relevance.masks())
    wrong = ~(match | ignored)
    counts = match.sum(1)
    most = int(counts.max()) if len(counts) else 0
    # Right answers side by side: (q, G) -> (q, P), rising, shorter rows padded with _LAST.
    row, column = match.nonzero(as_tuple=True)
    place = torch.arange(len(row), device=row.device) - (counts.cumsum(0) - counts)[row]
    hits = keys.new_full((len(keys), most), _LAST)
    hits[row, place] = keys[row, column]
    hits = hits.sort(dim=1).values
    gaps = torch.searchsorted(hits, keys)  # (q, G), right answers before each entry: 0 .. P
    in_gap = keys.new_zeros(len(keys), most + 1).scatter_add_(1, gaps, wrong.long())
    ranks = in_gap.cumsum(1)[:, :most] + torch.arange(1, most + 1, device=keys.device)
    return ranks[row, place].cpu()


def _sortable(distances: Tensor) -> Tensor:
    """(q, G) float32 -> int64 that rises with (distance, place in the gallery): no two equal."""
    if distances.isnan().any():
        _refuse_nan()
    # The bits of a float32 rise with its value; below zero they fall, so those are turned over.
    # Adding 0 turns -0.0 into 0.0.
    bits = (distances + 0.0).view(torch.int32)
    bits = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    return bits.long() * 2**32 + torch.arange(bits.shape[1], device=bits.device)


def _refuse_nan() -> None:
    raise PasserbyError(
        "some distances are NaN, so there is no ranking. Features were probably too large for "
        "float32: normalise them, or rank by metric 'cosine'."
    )

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
_FEW = 512
"""Right answers of a query up to which counting beats sorting a row of 16,000: measured."""


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
        raise nan_error()
    return torch.from_numpy(ranks)


def _count(
    distances, offsets, places, i_offsets, i_places, hidden, kinds, ranks, spoilt, few, start, stop
):
    """Ranks of the right answers of the queries start .. stop - 1. kinds: -1 if nothing hides."""
    gallery = distances.shape[1]
    kept = np.empty(gallery, dtype=np.float32)
    for query in range(start, stop):
        first, end = offsets[query], offsets[query + 1]
        own = i_places[i_offsets[query] : i_offsets[query + 1]]
        row = distances[query]
        nan = False
        for place in range(gallery):
            nan |= row[place] != row[place]
        spoilt[query] = nan
        if nan or first == end:
            continue
        if kinds[query] >= 0:
            # What is hidden goes to infinity, where it is nearer than nothing.
            for place in range(gallery):
                kept[place] = np.inf if hidden[kinds[query], place] else row[place]
            row = kept
        hits = np.sort(row[places[first:end]])
        clear = end - first <= few
        for hit in range(1, len(hits)):
            clear &= hits[hit - 1] != hits[hit]
        equal = 0
        if clear:
            for hit in range(0, len(hits), 4):
                # Four at a time, so that the row is read a fourth as often.
                a = hits[hit]
                b = hits[hit + 1] if hit + 1 < len(hits) else np.float32(-np.inf)
                c = hits[hit + 2] if hit + 2 < len(hits) else np.float32(-np.inf)
                d = hits[hit + 3] if hit + 3 < len(hits) else np.float32(-np.inf)
                # 32 bits: sixteen of them are counted at a time.
                before_a = before_b = before_c = before_d = same = np.int32(0)
                for place in range(gallery):
                    distance = row[place]
                    before_a += np.int32(distance < a)
                    before_b += np.int32(distance < b)
                    before_c += np.int32(distance < c)
                    before_d += np.int32(distance < d)
                    same += np.int32(
                        (distance == a) | (distance == b) | (distance == c) | (distance == d)
                    )
                equal += same
                ranks[first + hit] = before_a + 1
                if hit + 1 < len(hits):
                    ranks[first + hit + 1] = before_b + 1
                if hit + 2 < len(hits):
                    ranks[first + hit + 2] = before_c + 1
                if hit + 3 < len(hits):
                    ranks[first + hit + 3] = before_d + 1
            # What is ignored for this query alone was counted like the rest.
            for place in own:
                for hit in range(len(hits)):
                    ranks[first + hit] -= row[place] < hits[hit]
                    equal -= row[place] == hits[hit]
        if clear and equal == len(hits):
            continue
        if end - first <= few:
            # Somebody else is as near as a right answer: who stands before it in the gallery?
            for hit in range(first, end):
                here = places[hit]
                distance = distances[query, here]
                before = np.int32(0)
                for place in range(here):
                    before += np.int32(row[place] <= distance)
                for place in range(here + 1, gallery):
                    before += np.int32(row[place] < distance)
                if distance == np.inf and kinds[query] >= 0:
                    for place in range(here):
                        before -= np.int32(hidden[kinds[query], place])
                for place in own:
                    before -= row[place] < distance or (row[place] == distance and place < here)
                ranks[hit] = before + 1
            ranks[first:end].sort()
            continue
        # Very many: sort and walk.
        standing = np.zeros(gallery, dtype=np.uint8)  # 0 wrong, 1 right, 2 without a rank
        for place in places[first:end]:
            standing[place] = 1
        for place in own:
            standing[place] = 2
        rank, hit = 0, first
        for place in np.argsort(distances[query], kind="mergesort"):
            if standing[place] == 2 or (kinds[query] >= 0 and hidden[kinds[query], place]):
                continue
            rank += 1
            if standing[place] == 1:
                ranks[hit] = rank
                hit += 1


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
        raise nan_error()
    # The bits of a float32 rise with its value; below zero they fall, so those are turned over.
    # Adding 0 turns -0.0 into 0.0.
    bits = (distances + 0.0).view(torch.int32)
    bits = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    return bits.long() * 2**32 + torch.arange(bits.shape[1], device=bits.device)


def nan_error() -> PasserbyError:
    """What to say when a distance is NaN."""
    return PasserbyError(
        "some distances are NaN, so there is no ranking. Features were probably too large for "
        "float32: normalise them, or rank by metric 'cosine'."
    )

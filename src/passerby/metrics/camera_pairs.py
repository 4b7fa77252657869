"""Which cameras find each other's people: scores for each pair of cameras."""

from dataclasses import dataclass

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import MARKET1501
from passerby.metrics.ranks import hit_ranks, nan_error
from passerby.metrics.relevance import Lists, Relevance
from passerby.metrics.retrieval import require_matches, require_sizes, scores_of_ranks


@dataclass(frozen=True, eq=False)
class CameraPairs:
    """Scores of each query camera (rows) with each gallery camera (columns).

    cameras:     (C,) int64, rising: the camera of each row and column
    queries:     (C, C) int64, queries of the row that have a right answer in the column
    rank_1:      (C, C) float64 in [0, 1], share of those whose first answer is right when the
                 gallery is that camera alone; like `mean_ap` NaN where there is no such query
    mean_ap:     (C, C) float64 in [0, 1], their mean average precision there
    counted:     (C,) int64, queries of the row with a right answer in any camera
    wrong_first: (C, C) int64, how many of those have, in the whole gallery, a wrong first answer
                 that comes from the column
    """

    cameras: Tensor
    queries: Tensor
    rank_1: Tensor
    mean_ap: Tensor
    counted: Tensor
    wrong_first: Tensor


def camera_pairs(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    protocol: Protocol = MARKET1501,
) -> CameraPairs:
    """Scores for each pair of cameras, under the rules of `protocol`.

    Equal distances stand in gallery order. Memory: a few times one block, and one number per right
    answer. Raises PasserbyError as `passerby.metrics.retrieval.retrieval_scores` does.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> found = [Sample(Path("a"), 8, 2), Sample(Path("b"), 7, 2), Sample(Path("c"), 7, 3)]
    >>> gallery = Embeddings.of(torch.ones(3, 2), found, "toy", "00")
    >>> pairs = camera_pairs(DistanceBlocks.of_matrix(torch.tensor([[1.0, 2.0, 3.0]])),
    ...                      query, gallery)
    >>> pairs.cameras.tolist(), pairs.rank_1[0].tolist(), pairs.wrong_first[0].tolist()
    ([1, 2, 3], [nan, 0.0, 1.0], [0, 1, 0])
    """
    require_sizes(distances, query, gallery)
    relevance = require_matches(query, gallery, protocol)
    cameras = torch.cat([query.cameras, gallery.cameras]).unique()
    row = torch.searchsorted(cameras, query.cameras.contiguous())  # (Q,)
    column = torch.searchsorted(cameras, gallery.cameras.contiguous())  # (G,)
    C = len(cameras)

    places = [(column == camera).nonzero().flatten() for camera in range(C)]
    parts = [within(relevance, here) for here in places]
    # Filled, not appended to: what is kept between two large blocks keeps the heap from shrinking.
    ranks = [torch.empty_like(part.right.places) for part in parts]
    wrong = torch.full((len(query),), -1, dtype=torch.int64)
    for rows, block in distances:
        if block.isnan().any():
            raise nan_error()
        for camera in range(C):
            seen, offsets = parts[camera][rows], parts[camera].right.offsets
            if len(seen.right.places):
                only = block[:, places[camera].to(block.device)]  # (q, G) -> (q, that camera's)
                found = hit_ranks(only, seen).places
                ranks[camera][offsets[rows.start] : offsets[rows.stop]] = found
        wrong[rows] = _wrong_first(block, relevance[rows])

    shape = C, C
    queries = torch.zeros(shape, dtype=torch.int64)
    rank_1, mean_ap = torch.full((2, *shape), torch.nan, dtype=torch.float64)
    for camera, found in enumerate(ranks):
        if len(found) == 0:
            continue
        lists = Lists(parts[camera].right.offsets, found)
        scores = scores_of_ranks(lists, protocol.name, len(places[camera]))
        there = scores.first_hit > 0
        total = torch.bincount(row[there], minlength=C)
        queries[:, camera] = total
        first = torch.bincount(row[scores.first_hit == 1], minlength=C)
        rank_1[:, camera] = first.double() / total
        sums = torch.bincount(row[there], scores.average_precision[there], minlength=C)
        mean_ap[:, camera] = sums / total
    counted = relevance.right.counts > 0
    failed = counted & (wrong >= 0)
    pairs = row[failed] * C + column[wrong[failed]]
    return CameraPairs(
        cameras=cameras,
        queries=queries,
        rank_1=rank_1,
        mean_ap=mean_ap,
        counted=torch.bincount(row[counted], minlength=C),
        wrong_first=torch.bincount(pairs, minlength=C * C).reshape(shape),
    )


def within(relevance: Relevance, places: Tensor) -> Relevance:
    """The same queries before a part of the gallery: places (M,) int64, rising.

    >>> whole = Relevance.of_masks(torch.tensor([[1, 0, 1]]).bool(), torch.zeros(1, 3).bool())
    >>> within(whole, torch.tensor([1, 2])).right.places
    tensor([1])
    """
    new = torch.full((relevance.gallery,), -1, dtype=torch.int64)
    new[places] = torch.arange(len(places))

    def kept(lists: Lists) -> tuple[Tensor, Tensor]:
        there = new[lists.places]
        return lists.rows[there >= 0], there[there >= 0]

    return Relevance.of_pairs(
        len(relevance),
        len(places),
        right=kept(relevance.right),
        ignored=kept(relevance.ignored),
        hidden=relevance.hidden[:, places],
        kind=relevance.kind,
    )


def _wrong_first(block: Tensor, relevance: Relevance) -> Tensor:
    """(q,) int64, the first answer of each query if that is wrong, -1 if it is right or none."""
    right, no_rank = (mask.to(block.device) for mask in relevance.masks())
    masked = block.masked_fill(no_rank, torch.inf)
    first = masked.argmin(1)
    # At infinity what takes no rank is level with what does: the first entry with a rank counts.
    lost = no_rank.gather(1, first[:, None])[:, 0]
    if lost.any():
        first[lost] = (~no_rank[lost]).int().argmax(1)
    wrong = ~(right | no_rank).gather(1, first[:, None])[:, 0]
    return torch.where(wrong, first, -1).cpu()

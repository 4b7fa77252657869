"""`Relevance`: which gallery entries answer a query, and which take no rank, without a matrix.

People have few pictures, so right answers are kept as lists; only what a whole camera or a whole
kind of query does not see is kept as a mask over the gallery.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.sample import DISTRACTOR, JUNK

Pairs = tuple[Tensor, Tensor]
"""Places of queries (L,) int64 and of gallery entries (L,) int64: one pair at each place."""

NO_PAIRS: Pairs = (torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64))


@dataclass(frozen=True, eq=False)
class Lists:
    """One list of gallery places for each query, all of them end to end.

    offsets: (Q + 1,) int64; the list of query q is places[offsets[q] : offsets[q + 1]]
    places:  (L,) int64 into the gallery, rising within each list

    >>> lists = Lists.of_pairs((torch.tensor([1, 0, 1]), torch.tensor([5, 2, 3])), queries=2)
    >>> lists[1:].places.tolist(), lists.counts.tolist(), len(lists)
    ([3, 5], [1, 2], 2)
    """

    offsets: Tensor
    places: Tensor

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, rows: slice) -> Self:
        start, stop, _ = rows.indices(len(self))
        offsets = self.offsets[start : max(start, stop) + 1]
        return type(self)(offsets - offsets[0], self.places[int(offsets[0]) : int(offsets[-1])])

    @property
    def counts(self) -> Tensor:
        """(Q,) int64, length of each list."""
        return self.offsets.diff()

    @property
    def rows(self) -> Tensor:
        """(L,) int64, the query that each place belongs to."""
        return torch.arange(len(self)).repeat_interleave(self.counts)

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Self:
        """Lists written out.

        >>> Lists.of([[4], [], [0, 2]]).offsets
        tensor([0, 1, 1, 3])
        """
        ends = torch.tensor([0, *map(len, lists)]).cumsum(0)
        return cls(ends, torch.tensor([place for one in lists for place in one], dtype=torch.int64))

    @classmethod
    def of_pairs(cls, pairs: Pairs, queries: int) -> Self:
        """Lists of distinct pairs, which may come in any order."""
        rows, places = pairs
        if len(rows):
            keys = rows * (places.max() + 1) + places
            # Mostly they come in order, and sorting takes longer than all the rest.
            if not (keys.diff() > 0).all():
                places = places[keys.argsort()]
        ends = torch.bincount(rows, minlength=queries).cumsum(0)
        return cls(torch.cat([ends.new_zeros(1), ends]), places)

    def mask(self, gallery: int) -> Tensor:
        """(Q, G) bool, true at the places."""
        mask = torch.zeros(len(self), gallery, dtype=torch.bool)
        mask[self.rows, self.places] = True
        return mask


@dataclass(frozen=True, eq=False)
class Relevance:
    """What each of Q queries makes of a gallery of G entries, under the rules of a protocol.

    An entry is a right answer, or takes no rank at all (in `ignored` or `hidden`), or is wrong.

    right:   right answers
    ignored: entries that take no rank for this one query; no right answer is among them
    hidden:  (V, G) bool, entries that take no rank for a whole kind of query, such as those of
             one camera
    kind:    (Q,) int64, the row of `hidden` that holds for a query

    >>> pairs = torch.tensor([0]), torch.tensor([2])
    >>> relevance = Relevance.of_pairs(1, 3, right=pairs, hidden=torch.tensor([[1, 0, 0]]).bool())
    >>> [mask.tolist() for mask in relevance.masks()]
    [[[False, False, True]], [[True, False, False]]]
    """

    right: Lists
    ignored: Lists
    hidden: Tensor
    kind: Tensor

    def __len__(self) -> int:
        return len(self.kind)

    def __getitem__(self, rows: slice) -> Self:
        """The same gallery, as these queries see it."""
        return type(self)(self.right[rows], self.ignored[rows], self.hidden, self.kind[rows])

    @property
    def gallery(self) -> int:
        """G, the number of gallery entries."""
        return self.hidden.shape[1]

    @classmethod
    def of_pairs(
        cls,
        queries: int,
        gallery: int,
        right: Pairs,
        ignored: Pairs = NO_PAIRS,
        hidden: Tensor | None = None,
        kind: Tensor | None = None,
    ) -> Self:
        """Relevance out of (query, entry) pairs; what is hidden is not right.

        right, ignored: distinct pairs, none in both
        hidden: (G,) bool for all queries, or (V, G) bool with `kind` (Q,); nothing when left out
        """
        hidden = torch.zeros(gallery, dtype=torch.bool) if hidden is None else hidden
        hidden = hidden if hidden.ndim == 2 else hidden[None]  # (V, G)
        kind = torch.zeros(queries, dtype=torch.int64) if kind is None else kind

        def ranked(pairs: Pairs) -> Lists:
            rows, places = pairs
            if hidden.any():
                seen = ~hidden[kind[rows], places]
                rows, places = rows[seen], places[seen]
            return Lists.of_pairs((rows, places), queries)

        return cls(ranked(right), ranked(ignored), hidden, kind)

    @classmethod
    def of_masks(cls, right: Tensor, ignored: Tensor) -> Self:
        """Relevance out of two masks (Q, G) bool, for rules that are easier said that way.

        What is in both is ignored.

        >>> Relevance.of_masks(torch.eye(2).bool(), torch.zeros(2, 2).bool()).right.places
        tensor([0, 1])
        """
        queries, gallery = right.shape
        right_rows, right_places = (right & ~ignored).nonzero(as_tuple=True)
        rows, places = ignored.nonzero(as_tuple=True)
        return cls.of_pairs(queries, gallery, (right_rows, right_places), (rows, places))

    def masks(self) -> tuple[Tensor, Tensor]:
        """Right answers and entries without a rank, both (Q, G) bool; for a block of queries."""
        no_rank = self.hidden[self.kind]
        if len(self.ignored.places):
            no_rank |= self.ignored.mask(self.gallery)
        return self.right.mask(self.gallery), no_rank


def same_person(query: Embeddings, gallery: Embeddings) -> Pairs:
    """Every pair of a query and an entry of the same person; junk and distractors are nobody.

    Time and memory grow with the number of such pairs, not with queries times gallery.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> found = [Sample(Path("a"), 8, 1), Sample(Path("b"), 7, 2)]
    >>> gallery = Embeddings.of(torch.ones(2, 2), found, "toy", "00")
    >>> same_person(query, gallery)
    (tensor([0]), tensor([1]))
    """
    order = gallery.persons.argsort(stable=True)
    sorted_persons = gallery.persons[order].contiguous()
    first = torch.searchsorted(sorted_persons, query.persons)
    counts = torch.searchsorted(sorted_persons, query.persons, right=True) - first
    counts[(query.persons == JUNK) | (query.persons == DISTRACTOR)] = 0
    rows = torch.arange(len(query)).repeat_interleave(counts)
    within = torch.arange(len(rows)) - (counts.cumsum(0) - counts)[rows]
    return rows, order[first[rows] + within]


def without(pairs: Pairs, others: Pairs) -> Pairs:
    """The pairs that are not among the others.

    >>> both, one = torch.tensor([0, 0]), torch.tensor([0])
    >>> without((both, torch.tensor([3, 5])), (one, torch.tensor([5])))
    (tensor([0]), tensor([3]))
    """
    if len(pairs[0]) == 0 or len(others[0]) == 0:
        return pairs
    width = int(max(pairs[1].max(), others[1].max())) + 1
    kept = ~torch.isin(pairs[0] * width + pairs[1], others[0] * width + others[1])
    return pairs[0][kept], pairs[1][kept]


def junk(gallery: Embeddings) -> Tensor:
    """(G,) bool: entries that are neither right nor wrong for anybody."""
    return gallery.persons == JUNK

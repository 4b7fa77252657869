"""Open-set identification: some queries show people who are not in the gallery."""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK
from passerby.metrics.plain_numbers import plain, plain_list, tensor
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import MARKET1501
from passerby.metrics.ranks import hit_ranks
from passerby.metrics.retrieval import require_matches, require_sizes

_SHOWN = (0.01, 0.05, 0.1, 0.2, 0.5)


class Operation(NamedTuple):
    """What a threshold does to a set of queries.

    dir: share of the mated queries that are detected and identified, in [0, 1]
    far: share of the non-mated queries that raise a false alarm, in [0, 1]
    """

    dir: float
    far: float


@dataclass(frozen=True, eq=False)
class OpenSetScores:
    """What a system says that answers only when it finds somebody within a threshold.

    A mated query, whose person is in the gallery, is detected and identified at rank r when its
    first right answer stands at rank r or before, at a distance of at most the threshold. A
    non-mated query raises a false alarm when anything at all stands within the threshold
    (Phillips, Grother, Micheals, "Evaluation Methods in Face Recognition", 2011; for Re-ID: Liao,
    Mo, Zhu, Hu, Li, "Open-set Person Re-identification", 2014).

    protocol: name of the rules that they were measured under
    nearest:  (Q,) float32, distance of the nearest entry that takes a rank; inf if there is none
    right:    (Q,) float32, distance of the nearest right answer; inf if there is none
    rank:     (Q,) int64, rank of the first right answer from 1; 0 if there is none
    mated:    (Q,) bool, the protocol gives the query a right answer
    nonmated: (Q,) bool, it gives none, and the query is somebody; a junk query is in neither

    Raises PasserbyError when no query is mated, and when no query is non-mated.

    >>> scores = OpenSetScores(
    ...     "p", torch.tensor([0.1, 0.2, 0.3]), torch.tensor([0.1, 0.4, torch.inf]),
    ...     torch.tensor([1, 2, 0]), torch.tensor([1, 1, 0]).bool(), torch.tensor([0, 0, 1]).bool())
    >>> scores.at(0.3), scores.at(0.4, rank=2)
    (Operation(dir=0.5, far=1.0), Operation(dir=1.0, far=1.0))
    """

    protocol: str
    nearest: Tensor
    right: Tensor
    rank: Tensor
    mated: Tensor
    nonmated: Tensor

    def __post_init__(self) -> None:
        counted = f"of {len(self.mated)} queries under protocol {self.protocol!r}"
        if not self.mated.any():
            raise PasserbyError(
                f"none {counted} has a right answer in the gallery; open-set scores need people "
                "who are there: check that query and gallery number people alike"
            )
        if not self.nonmated.any():
            raise PasserbyError(
                f"none {counted} is of somebody who is not in the gallery, so no false alarm can "
                "be counted; add queries of other people, or take some people out of the gallery"
            )

    def at(self, threshold: float, rank: int = 1) -> Operation:
        """Both shares when entries at distance <= `threshold` are accepted; rank is 1 or more.

        The threshold is rounded to float32, as the distances were: 0.3 accepts a distance of 0.3.
        """
        if rank < 1:
            raise ValueError(f"rank {rank} does not exist; ranks count from 1")
        limit = self.nearest.new_tensor(threshold)
        found = (self.rank > 0) & (self.rank <= rank) & (self.right <= limit)
        alarm = self.nearest <= limit
        return Operation(_share(found, self.mated), _share(alarm, self.nonmated))

    def threshold_at(self, far: float) -> float:
        """The largest threshold whose false alarm rate is at most `far`.

        It stands just below the nearest distance of the first non-mated query that would be one
        too many (the next smaller float32); inf where all may raise an alarm.

        Raises PasserbyError when `far` is not in [1 / non-mated queries, 1]: with fewer queries
        than that the rate cannot be told from 0.
        """
        alarms = self.nearest[self.nonmated].sort().values
        if not 0 <= far <= 1:
            raise PasserbyError(f"a false alarm rate of {far} does not exist; give one in [0, 1]")
        if far < 1 / len(alarms):
            raise PasserbyError(
                f"a false alarm rate of {far:g} cannot be measured with {len(alarms):,} non-mated "
                f"queries; ask for {1 / len(alarms):.2g} or more, or add queries of people who are "
                "not in the gallery"
            )
        rates = torch.arange(1, len(alarms) + 1).double() / len(alarms)
        allowed = int((rates <= far).sum())
        if allowed == len(alarms):
            return float("inf")
        return float(torch.nextafter(alarms[allowed], alarms.new_tensor(-torch.inf)))

    def dir_at(self, far: float, rank: int = 1) -> float:
        """The highest detection and identification rate whose false alarm rate is at most `far`.

        Raises PasserbyError as `threshold_at` does.
        """
        return self.at(self.threshold_at(far), rank).dir

    def curve(self, rank: int = 1) -> tuple[Tensor, Tensor]:
        """DIR over FAR: false alarm rates (K,) rising and DIR (K,), both float64.

        One point for each number of false alarms that can be had, of the best threshold each.
        """
        alarms, counts = self.nearest[self.nonmated].unique(return_counts=True)
        found = (self.mated & (self.rank > 0) & (self.rank <= rank)).nonzero().flatten()
        distances = self.right[found].sort().values
        # Between two levels of alarm the best threshold is just below the next one.
        levels = torch.cat([torch.searchsorted(distances, alarms), torch.tensor([len(distances)])])
        far = torch.cat([counts.new_zeros(1), counts.cumsum(0)]).double() / counts.sum()
        return far, levels.double() / self.mated.sum()

    def to_json(self) -> str:
        """All fields and DIR at ranks 1 and 5 at some false alarm rates; `from_json` reads it."""
        alarms = int(self.nonmated.sum())
        return json.dumps(
            {
                "protocol": self.protocol,
                "mated_queries": int(self.mated.sum()),
                "nonmated_queries": alarms,
                "at": [
                    {
                        "far": far,
                        "threshold": plain(self.threshold_at(far)),
                        "dir_rank_1": self.dir_at(far),
                        "dir_rank_5": self.dir_at(far, rank=5),
                    }
                    for far in _SHOWN
                    if far >= 1 / alarms
                ],
                "nearest": plain_list(self.nearest),
                "right": plain_list(self.right),
                "rank": self.rank.tolist(),
                "mated": self.mated.tolist(),
                "nonmated": self.nonmated.tolist(),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Scores written by `to_json`."""
        values: dict[str, Any] = json.loads(text)
        return cls(
            protocol=values["protocol"],
            nearest=tensor(values["nearest"], torch.float32),
            right=tensor(values["right"], torch.float32),
            rank=torch.tensor(values["rank"], dtype=torch.int64),
            mated=torch.tensor(values["mated"]),
            nonmated=torch.tensor(values["nonmated"]),
        )


def judge(threshold: float, scores: OpenSetScores, rank: int = 1) -> Operation:
    """What a threshold that was chosen on one set of queries does to another.

    The false alarm rate promised by `chosen.threshold_at(far)` holds for the set that it was
    chosen on; this is what one gets.

    >>> scores = OpenSetScores(
    ...     "p", torch.tensor([0.1, 0.2]), torch.tensor([0.1, torch.inf]), torch.tensor([1, 0]),
    ...     torch.tensor([True, False]), torch.tensor([False, True]))
    >>> judge(0.15, scores)
    Operation(dir=1.0, far=0.0)
    """
    return scores.at(threshold, rank)


def open_set_scores(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    protocol: Protocol = MARKET1501,
) -> OpenSetScores:
    """Scores of answering within a threshold, where some queries have no right answer.

    A query counts as non-mated when `protocol` gives it no right answer, be it a person who is not
    in the gallery or a distractor. Ranks count equal distances in gallery order.

    distances: from these queries to this gallery, in their order, free of NaN

    Memory: a few times one block. Raises PasserbyError as
    `passerby.metrics.retrieval.retrieval_scores` does, and when no query is non-mated.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> asked = [Sample(Path("q"), 7, 1), Sample(Path("p"), 9, 1)]
    >>> query = Embeddings.of(torch.ones(2, 2), asked, "toy", "00")
    >>> gallery = Embeddings.of(torch.ones(1, 2), [Sample(Path("g"), 7, 2)], "toy", "00")
    >>> blocks = DistanceBlocks.of_matrix(torch.tensor([[0.25], [0.5]]))
    >>> open_set_scores(blocks, query, gallery).at(0.25)
    Operation(dir=1.0, far=0.0)
    """
    require_sizes(distances, query, gallery)
    relevance = require_matches(query, gallery, protocol)
    mated = relevance.right.counts > 0
    nearest, right = torch.full((2, len(query)), torch.inf)
    rank = torch.zeros(len(query), dtype=torch.int64)
    for rows, block in distances:
        block = block.detach().float()
        part = relevance[rows]
        ranks = hit_ranks(block, part)
        some = part.right.counts > 0
        first = ranks.offsets[:-1][some]
        rank[rows][some] = ranks.places[first]
        at, places = part.right.rows.to(block.device), part.right.places.to(block.device)
        own = block.new_full((len(block),), torch.inf)
        right[rows] = own.scatter_reduce(0, at, block[at, places], "amin").cpu()
        no_rank = part.masks()[1].to(block.device)
        nearest[rows] = block.masked_fill(no_rank, torch.inf).amin(1).cpu()
    nonmated = ~mated & (query.persons != JUNK)
    return OpenSetScores(protocol.name, nearest, right, rank, mated, nonmated)


def _share(which: Tensor, among: Tensor) -> float:
    return int((which & among).sum()) / int(among.sum())

"""`Scores`: how well a ranking did, and under which rules."""

import json
import math
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

CURVE = 50
"""Length of the CMC curve; a gallery that is smaller cuts it."""

_PER_QUERY = ("first_hit", "average_precision", "trapezoid_precision", "inverse_penalty")


@dataclass(frozen=True, eq=False)
class Scores:
    """Retrieval scores of Q queries. Those without a right answer in the gallery do not count.

    protocol:            name of the rules that they were measured under
    gallery:             number of entries that were ranked at most, 1 or more
    first_hit:           (Q,) int64, rank of the first right answer from 1; 0 where there is none
    average_precision:   (Q,) float64 in [0, 1], mean of the precision at each right answer; like
                         the next two NaN for a query without a right answer
    trapezoid_precision: (Q,) float64 in [0, 1], area under the precision-recall curve by
                         trapezoids, as Market-1501's own program measures average precision
    inverse_penalty:     (Q,) float64 in (0, 1], number of right answers over the last one's rank
    recall_precision:    (101,) float64 in [0, 1], mean over the queries of the best precision at
                         a recall of 0, 1, ..., 100 per cent or more

    >>> scores = Scores("camera-free", 2, torch.tensor([1, 2]), torch.tensor([1.0, 0.5]),
    ...                 torch.tensor([1.0, 0.25]), torch.tensor([1.0, 0.5]), torch.ones(101))
    >>> scores.rank(1), scores.mean_ap, scores.mean_trapezoid_ap, scores.cmc.tolist()
    (0.5, 0.75, 0.625, [0.5, 1.0])
    """

    protocol: str
    gallery: int
    first_hit: Tensor
    average_precision: Tensor
    trapezoid_precision: Tensor
    inverse_penalty: Tensor
    recall_precision: Tensor

    @property
    def queries(self) -> int:
        """Number of queries that count."""
        return int((self.first_hit > 0).sum())

    @property
    def skipped(self) -> int:
        """Number of queries without a valid match, which do not count."""
        return len(self.first_hit) - self.queries

    def rank(self, k: int) -> float:
        """Share of queries with a right answer among the first `k`, 1 or more."""
        if k < 1:
            raise ValueError(f"rank {k} does not exist; ranks count from 1")
        within = int(((self.first_hit > 0) & (self.first_hit <= k)).sum())
        return within / self.queries if self.queries else math.nan

    @property
    def cmc(self) -> Tensor:
        """(K,) float64 in [0, 1], `rank(1)`, `rank(2)`, ...; K is 50 or the gallery's size."""
        longest = max(1, min(CURVE, self.gallery))
        hits = self.first_hit[self.first_hit > 0]
        at = torch.bincount(hits, minlength=longest + 1)[1 : longest + 1]
        return at.cumsum(0).double() / len(hits)

    @property
    def mean_ap(self) -> float:
        """Mean of `average_precision`."""
        return float(self.average_precision.nanmean())

    @property
    def mean_trapezoid_ap(self) -> float:
        """Mean of `trapezoid_precision`."""
        return float(self.trapezoid_precision.nanmean())

    @property
    def mean_inp(self) -> float:
        """Mean of `inverse_penalty`: how early the last right answer comes."""
        return float(self.inverse_penalty.nanmean())

    def __getitem__(self, rows: Tensor) -> Self:
        """The scores of some of the queries: places (M,) int64, which may repeat, or a mask.

        `recall_precision`, a mean over all queries, stays as it is.
        """
        parts = {name: getattr(self, name)[rows] for name in _PER_QUERY}
        return type(self)(
            self.protocol, self.gallery, **parts, recall_precision=self.recall_precision
        )

    def to_json(self) -> str:
        """All fields and the figures that follow from them as JSON; `from_json` reads it back."""
        figures = {f"rank_{k}": self.rank(k) for k in (1, 5, 10)}
        means = ("mean_ap", "mean_trapezoid_ap", "mean_inp")
        figures |= {name: getattr(self, name) for name in means}
        lists = {name: getattr(self, name).tolist() for name in (*_PER_QUERY, "recall_precision")}
        return json.dumps(
            {
                "protocol": self.protocol,
                "gallery": self.gallery,
                "queries": self.queries,
                "skipped": self.skipped,
                "cmc": self.cmc.tolist(),
                **{name: _or_none(value) for name, value in figures.items()},
                **{name: [_or_none(value) for value in values] for name, values in lists.items()},
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Scores written by `to_json`."""
        values: dict[str, Any] = json.loads(text)

        def numbers(name: str) -> Tensor:
            given = [math.nan if value is None else value for value in values[name]]
            return torch.tensor(given, dtype=torch.float64)

        return cls(
            protocol=values["protocol"],
            gallery=values["gallery"],
            first_hit=torch.tensor(values["first_hit"], dtype=torch.int64),
            **{name: numbers(name) for name in (*_PER_QUERY[1:], "recall_precision")},
        )


def _or_none(value: float) -> float | None:
    """JSON has no NaN."""
    return None if value != value else value

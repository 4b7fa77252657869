"""`Scores`: how well a ranking did, and under which rules."""

import json
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Scores:
    """Retrieval scores over the queries that have a match to be found.

    protocol:          name of the rules that they were measured under
    cmc:               (K,) float64 in [0, 1]; cmc[k - 1] is the share of queries with a right
                       answer among the first k
    mean_ap:           mean average precision in [0, 1]
    mean_inp:          mean inverse negative penalty in [0, 1]: how early the last match comes
    average_precision: (Q,) float64, NaN for a query without a valid match
    first_hit:         (Q,) int64, rank of the first right answer from 1; 0 for a query without
                       a match

    >>> scores = Scores("camera-free", torch.tensor([0.5, 1.0]), 0.75, 0.75,
    ...                 torch.tensor([1.0, 0.5]), torch.tensor([1, 2]))
    >>> scores.rank(1), scores.queries, scores.skipped
    (0.5, 2, 0)
    """

    protocol: str
    cmc: Tensor
    mean_ap: float
    mean_inp: float
    average_precision: Tensor
    first_hit: Tensor

    @property
    def queries(self) -> int:
        """Number of queries that count."""
        return int((self.first_hit > 0).sum())

    @property
    def skipped(self) -> int:
        """Number of queries without a valid match, which do not count."""
        return len(self.first_hit) - self.queries

    def rank(self, k: int) -> float:
        """Share of queries with a right answer among the first `k`, 1 or more.

        Behind the end of the curve, which is cut where the gallery ends at the latest, its last
        value is given.
        """
        if k < 1:
            raise ValueError(f"rank {k} does not exist; ranks count from 1")
        return float(self.cmc[min(k, len(self.cmc)) - 1])

    def to_json(self) -> str:
        """All fields as JSON; `from_json` reads it back."""
        return json.dumps(
            {
                "protocol": self.protocol,
                "rank_1": self.rank(1),
                "rank_5": self.rank(5),
                "rank_10": self.rank(10),
                "mean_ap": self.mean_ap,
                "mean_inp": self.mean_inp,
                "queries": self.queries,
                "skipped": self.skipped,
                "cmc": self.cmc.tolist(),
                # JSON has no NaN.
                "average_precision": [
                    None if ap != ap else ap for ap in self.average_precision.tolist()
                ],
                "first_hit": self.first_hit.tolist(),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Scores written by `to_json`."""
        values: dict[str, Any] = json.loads(text)
        return cls(
            protocol=values["protocol"],
            cmc=torch.tensor(values["cmc"], dtype=torch.float64),
            mean_ap=values["mean_ap"],
            mean_inp=values["mean_inp"],
            average_precision=torch.tensor(
                [float("nan") if ap is None else ap for ap in values["average_precision"]],
                dtype=torch.float64,
            ),
            first_hit=torch.tensor(values["first_hit"], dtype=torch.int64),
        )

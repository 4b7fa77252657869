"""How a model fares where it did not learn: scores by data set trained on and measured on."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import torch
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.repeats import over_repeats


@dataclass(frozen=True, eq=False)
class CrossDataset:
    """Scores of T models on M data sets; NaN where nothing was measured.

    trained_on:  T names; a model that learnt from several is named with pluses, "a+b"
    measured_on: M names
    rank_1:      (T, M) float64 in [0, 1]
    mean_ap:     (T, M) float64 in [0, 1]
    """

    trained_on: tuple[str, ...]
    measured_on: tuple[str, ...]
    rank_1: Tensor = field(repr=False)
    mean_ap: Tensor = field(repr=False)

    @property
    def unseen(self) -> Tensor:
        """(T, M) bool, data sets that the model did not learn from."""
        rows = [
            [measured not in trained.split("+") for measured in self.measured_on]
            for trained in self.trained_on
        ]
        return torch.tensor(rows, dtype=torch.bool).reshape(self.rank_1.shape)

    @property
    def unseen_rank_1(self) -> Tensor:
        """(T,) float64, mean over the unseen data sets that were measured; NaN if there is none."""
        return self.rank_1.masked_fill(~self.unseen, math.nan).nanmean(1)

    @property
    def unseen_mean_ap(self) -> Tensor:
        """(T,) float64, as `unseen_rank_1`."""
        return self.mean_ap.masked_fill(~self.unseen, math.nan).nanmean(1)

    def __str__(self) -> str:
        """A table of rank-1 / mAP in per cent; seen data sets stand in brackets."""
        head = ["trained on", *self.measured_on, "mean unseen"]
        rows = [head]
        for trained, ones, means, unseen, one, mean in zip(
            self.trained_on,
            self.rank_1.tolist(),
            self.mean_ap.tolist(),
            self.unseen.tolist(),
            self.unseen_rank_1.tolist(),
            self.unseen_mean_ap.tolist(),
            strict=True,
        ):
            cells = [_cell(*both) for both in zip(ones, means, strict=True)]
            shown = [cell if new else f"({cell})" for cell, new in zip(cells, unseen, strict=True)]
            rows.append([trained, *shown, _cell(one, mean)])
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        )

    def to_json(self) -> str:
        """All fields and the means as JSON, with null for NaN; `from_json` reads it back."""
        lists = {
            name: getattr(self, name).tolist()
            for name in ("rank_1", "mean_ap", "unseen_rank_1", "unseen_mean_ap")
        }
        return json.dumps(
            {
                "trained_on": self.trained_on,
                "measured_on": self.measured_on,
                **{name: _without_nan(values) for name, values in lists.items()},
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        values = json.loads(text)
        trained_on, measured_on = tuple(values["trained_on"]), tuple(values["measured_on"])

        def numbers(name: str) -> Tensor:
            rows = [[math.nan if one is None else one for one in row] for row in values[name]]
            whole = torch.tensor(rows, dtype=torch.float64)
            return whole.reshape(len(trained_on), len(measured_on))

        return cls(trained_on, measured_on, numbers("rank_1"), numbers("mean_ap"))


def matrix(scores: Mapping[tuple[str, str], Scores | Sequence[Scores]]) -> CrossDataset:
    """The table of (trained on, measured on) -> scores, or those of several draws, averaged.

    Rows and columns stand in the order in which names are met. Raises PasserbyError when there are
    no scores, or none for a pair that is named.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> good, poor = (scores_of_ranks(Lists.of([[rank]]), "p", gallery=9) for rank in (1, 4))
    >>> print(matrix({("a", "a"): good, ("a", "b"): poor, ("b", "a"): [good, poor]}))
    trained on                a           b  mean unseen
    a           (100.0 / 100.0)  0.0 / 25.0   0.0 / 25.0
    b               50.0 / 62.5         (-)  50.0 / 62.5
    """
    if not scores:
        raise PasserbyError("there are no scores to compare; measure at least one model")
    trained_on = tuple(dict.fromkeys(trained for trained, _ in scores))
    measured_on = tuple(dict.fromkeys(measured for _, measured in scores))
    rank_1 = torch.full((len(trained_on), len(measured_on)), math.nan, dtype=torch.float64)
    mean_ap = rank_1.clone()
    for (trained, measured), given in scores.items():
        spreads = over_repeats([given] if isinstance(given, Scores) else given)
        at = trained_on.index(trained), measured_on.index(measured)
        rank_1[at], mean_ap[at] = spreads["rank_1"].mean, spreads["mean_ap"].mean
    return CrossDataset(trained_on, measured_on, rank_1, mean_ap)


def _cell(rank_1: float, mean_ap: float) -> str:
    if math.isnan(rank_1):
        return "-"
    return f"{100 * rank_1:.1f} / {100 * mean_ap:.1f}"


def _without_nan(values: list) -> list:
    return [
        _without_nan(one) if isinstance(one, list) else None if math.isnan(one) else one
        for one in values
    ]

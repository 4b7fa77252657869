"""Verification: are these two the same person? ROC, equal error rate, d-prime, histograms."""

import json
import math
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.pairs import Moments, Thresholds, pair_distances
from passerby.metrics.plain_numbers import number, plain, plain_list, tensor
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import MARKET1501
from passerby.metrics.retrieval import require_matches, require_sizes
from passerby.metrics.roc import MARKED, Roc

_CURVE = ("thresholds", "accepted", "below", "mistaken")
_FIGURES = ("area", "equal_error", "equal_error_threshold")
_MOMENTS = ("genuine_distances", "impostor_distances")
_HISTOGRAMS = ("genuine_histogram", "impostor_histogram")


@dataclass(frozen=True, eq=False)
class VerificationScores:
    """How well a threshold on the distance tells genuine pairs from impostor pairs.

    protocol:              name of the rules that say which pairs are genuine, impostor or neither
    roc:                   the curve; thinned to 1,000 points where it was read from JSON
    area:                  under the whole curve, in [0, 1]
    equal_error:           the equal error rate in [0, 1]; see `Roc.equal_error`
    equal_error_threshold: the genuine distance at which the two errors differ least
    genuine_distances, impostor_distances: number, mean and variance of each kind
    edges:                 (B + 1,) float64, rising from the smallest finite distance to the largest
    genuine_histogram, impostor_histogram: (B,) int64, pairs in each bin [edge, next edge), the last
                           bin closed; infinite distances are in none

    >>> moments = Moments(1, 0.0, 0.5), Moments(1, 3.0, 1.5)
    >>> histogram = torch.tensor([0.0, 3.0]), torch.tensor([1]), torch.tensor([1])
    >>> roc = Roc.of(torch.zeros(1), torch.full((1,), 3.0))
    >>> VerificationScores("camera-free", roc, 1.0, 0.0, 0.0, *moments, *histogram).d_prime
    3.0
    """

    protocol: str
    roc: Roc
    area: float
    equal_error: float
    equal_error_threshold: float
    genuine_distances: Moments
    impostor_distances: Moments
    edges: Tensor
    genuine_histogram: Tensor
    impostor_histogram: Tensor

    @property
    def d_prime(self) -> float:
        """|difference of the means| over the root of the mean variance; NaN without any spread."""
        genuine, impostors = self.genuine_distances, self.impostor_distances
        spread = math.sqrt((genuine.variance + impostors.variance) / 2)
        return abs(genuine.mean - impostors.mean) / spread if spread else math.nan

    def tpr_at(self, fpr: float) -> float:
        """The highest true positive rate whose false positive rate does not exceed `fpr`.

        Of a thinned curve: that of its points, which is exact at the rates in `roc.MARKED`.

        Raises PasserbyError when `fpr` is below 1 / number of impostor pairs.
        """
        place = self.roc.place_at(fpr)
        return 0.0 if place is None else float(self.roc.tpr[place])

    def threshold_at(self, fpr: float) -> float:
        """The threshold that reaches `tpr_at(fpr)`: accept a pair at this distance or nearer.

        -inf, which accepts nothing, where even the nearest genuine pair stands behind too many
        impostors. Raises PasserbyError as `tpr_at` does.
        """
        place = self.roc.place_at(fpr)
        return -math.inf if place is None else float(self.roc.thresholds[place])

    def to_json(self) -> str:
        """All fields and `d_prime` as JSON, the curve thinned; `from_json` reads it back."""
        roc = self.roc.thinned()
        marks = [fpr for fpr in MARKED if fpr >= 1 / roc.impostors]
        values: dict[str, Any] = {
            "protocol": self.protocol,
            "genuine": roc.genuine,
            "impostors": roc.impostors,
            **{name: plain(getattr(self, name)) for name in (*_FIGURES, "d_prime")},
            "at": [
                {
                    "fpr": fpr,
                    "tpr": self.tpr_at(fpr),
                    "threshold": plain(self.threshold_at(fpr)),
                }
                for fpr in marks
            ],
            "roc": {name: plain_list(getattr(roc, name)) for name in _CURVE},
            "edges": plain_list(self.edges),
            **{name: getattr(self, name).tolist() for name in _HISTOGRAMS},
        }
        for name in _MOMENTS:
            moments: Moments = getattr(self, name)
            values[name] = [moments.count, plain(moments.mean), plain(moments.variance)]
        return json.dumps(values)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Scores written by `to_json`: the same figures, and the thinned curve."""
        values: dict[str, Any] = json.loads(text)
        curve = {name: tensor(values["roc"][name], torch.int64) for name in _CURVE[1:]}
        curve["thresholds"] = tensor(values["roc"]["thresholds"])
        parts: dict[str, Any] = {name: tensor(values[name], torch.int64) for name in _HISTOGRAMS}
        parts |= {
            name: Moments(count, number(mean), number(variance))
            for name in _MOMENTS
            for count, mean, variance in [values[name]]
        }
        return cls(
            protocol=values["protocol"],
            roc=Roc(**curve, genuine=values["genuine"], impostors=values["impostors"]),
            **{name: number(values[name]) for name in _FIGURES},
            edges=tensor(values["edges"]),
            **parts,
        )


def verification_scores(
    distances: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    protocol: Protocol = MARKET1501,
    bins: int = 100,
) -> VerificationScores:
    """Scores of accepting every pair whose distance is at most a threshold, for all thresholds.

    Genuine pairs are a query and a right answer under `protocol`, impostor pairs a query and a
    wrong one; what takes no rank counts as neither, and neither does any pair of a junk query.
    Equal distances are accepted or refused together, so nothing depends on an order. All counts are
    exact; means and variances are summed in float64, block by block.

    distances: from these queries to this gallery, in their order, free of NaN; computed twice
    bins:      of the histograms, which share their edges

    Memory: a few times one block, and one number per genuine pair. Raises PasserbyError as
    `passerby.metrics.retrieval.retrieval_scores` does, and when there is no impostor pair.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 1)], "toy", "00")
    >>> found = [Sample(Path("a"), 8, 2), Sample(Path("b"), 7, 2), Sample(Path("c"), 7, 3)]
    >>> gallery = Embeddings.of(torch.ones(3, 2), found, "toy", "00")
    >>> blocks = DistanceBlocks.of_matrix(torch.tensor([[0.5, 0.25, 0.75]]))
    >>> scores = verification_scores(blocks, query, gallery)
    >>> scores.area, scores.equal_error, scores.threshold_at(1.0)
    (0.5, 0.5, 0.75)
    """
    if bins < 1:
        raise PasserbyError(f"bins is {bins}; a histogram needs 1 or more")
    require_sizes(distances, query, gallery)
    relevance = require_matches(query, gallery, protocol)

    # Filled, not appended to: what is kept between two large blocks keeps the heap from shrinking.
    genuine, known = torch.empty(len(relevance.right.places)), 0
    impostor_distances, low, high = Moments(), math.inf, -math.inf
    for here, impostors in pair_distances(distances, query, relevance):
        genuine[known : known + len(here)] = here
        known += len(here)
        impostor_distances += Moments.of(impostors)
        finite = impostors[impostors.isfinite()]
        if len(finite):
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if impostor_distances.count == 0:
        raise PasserbyError(
            f"there is no impostor pair under protocol {protocol.name!r}: every gallery entry is a "
            "right answer or takes no rank; verification needs wrong answers too, so add gallery "
            "pictures of other people"
        )

    finite = genuine[genuine.isfinite()]
    if len(finite):
        low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    edges = _edges(low, high, bins)
    levels, counts = genuine.double().unique(return_counts=True)
    # Counted against all at once; then each is looked up.
    marks = Thresholds.of(torch.cat([levels, edges]).unique())
    at_level, at_edge = (torch.searchsorted(marks.values, part) for part in (levels, edges))
    below, upto = torch.zeros((2, len(marks.values)), dtype=torch.int64)
    for _, impostors in pair_distances(distances, query, relevance):
        nearer, not_farther = marks.count(impostors)
        below += nearer
        upto += not_farther

    roc = Roc(
        thresholds=levels,
        accepted=counts.cumsum(0),
        below=below[at_level],
        mistaken=upto[at_level],
        genuine=len(genuine),
        impostors=impostor_distances.count,
    )
    equal_error, place = roc.equal_error()
    return VerificationScores(
        protocol=protocol.name,
        roc=roc,
        area=roc.area(),
        equal_error=equal_error,
        equal_error_threshold=float(levels[place]),
        genuine_distances=Moments.of(genuine),
        impostor_distances=impostor_distances,
        edges=edges,
        genuine_histogram=_histogram(*Thresholds.of(edges).count(genuine)),
        impostor_histogram=_histogram(below[at_edge], upto[at_edge]),
    )


def _edges(low: float, high: float, bins: int) -> Tensor:
    """(bins + 1,) float64 rising from low to high; room to both sides where they are the same."""
    if not high > low:
        middle = low if math.isfinite(low) else 0.0
        room = max(0.5, abs(middle) / 2)
        low, high = middle - room, middle + room
    edges = torch.linspace(low, high, bins + 1, dtype=torch.float64)
    edges[-1] = high  # without a rounding that would leave the largest out
    return edges


def _histogram(below: Tensor, upto: Tensor) -> Tensor:
    """(B,) int64, values in each bin, out of those < and <= each edge (B + 1,)."""
    return torch.cat([below[:-1], upto[-1:]]).diff()

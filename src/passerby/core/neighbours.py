"""The nearest neighbours of a set within itself, exact, without the N x N matrix.

Two steps. Matrix products give every distance quickly, up to rounding; a few more than K
candidates are kept of each row. The candidates' distances are then computed anew as sums of
squared differences, which are exactly 0 between equal rows, the same in both directions, and the
same on every machine. A row whose candidates cannot be told from what was left out is compared
with everything in that second way.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from passerby.core.candidates import candidates_of
from passerby.core.compiled import available, compiled, spread
from passerby.core.errors import PasserbyError

_SPARE = 8
"""Candidates kept beyond K, so that rounding hardly ever decides who is among the K."""

_NUMBERS = 2**20
"""Feature values gathered at a time where loops are not compiled (8 MiB as float64)."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Each of N rows' nearest K among all N, nearest first, itself included.

    indices:  (N, K) int64, by (square, index); a row stands first in its own list, unless one
              before it is equal to it
    squares:  (N, K) float32, squared Euclidean distances
    furthest: (N,) float32, squared distance to the furthest of all N, up to rounding
    """

    indices: Tensor
    squares: Tensor
    furthest: Tensor

    def __len__(self) -> int:
        return len(self.indices)


def neighbours(features: Tensor, k: int) -> Neighbours:
    """The `k` nearest of each row of `features` (N, D) float32, by squared Euclidean distance.

    Equal distances stand in the order of the rows. `k` is cut to N. Normalise the rows first to
    rank by cosine: then the square is 2 - 2 cos.

    Time: one half of the N x N products on a CPU with Numba, all of them elsewhere. Memory:
    N x (k + 8) numbers and one tile. On `features`' device.

    Raises PasserbyError when `k` is below 1, when there is no row, and when squares are too large
    for float32.

    >>> found = neighbours(torch.tensor([[0.0], [1.0], [3.0], [1.0]]), k=2)
    >>> found.indices.tolist(), found.squares.tolist(), found.furthest.tolist()
    ([[0, 1], [1, 3], [2, 1], [1, 3]], [[0.0, 1.0], [0.0, 0.0], [0.0, 4.0], [0.0, 0.0]],
     [9.0, 4.0, 9.0, 4.0])
    """
    if k < 1:
        raise PasserbyError(f"k is {k}; every row has at least itself as a neighbour: take k >= 1")
    if len(features) == 0:
        raise PasserbyError("there are no features to find neighbours among")
    features = features.detach().float().contiguous()
    k = min(k, len(features))
    norms = squared_lengths(features)
    # 4: the square of a difference of opposite features
    if not (4 * norms).isfinite().all():
        raise PasserbyError(
            "squared features are too large for float32; normalise the features, or scale them down"
        )
    candidates, rough, furthest = candidates_of(features, norms, min(k + _SPARE, len(features)))
    rows = torch.arange(len(features), device=features.device)[:, None].expand_as(candidates)
    exact = squares_of_pairs(features, rows.reshape(-1), candidates.reshape(-1)).view_as(rough)
    indices, squares = _by_square_and_index(candidates, exact, k)
    if candidates.shape[1] == len(features):
        return Neighbours(indices, squares, exact.amax(1))
    # Nothing left out is nearer than the last candidate by more than twice the rounding of the
    # products. Where a user lets them be less than float32, it shows in the candidates.
    bound = (features.shape[1] + 8) * 2.0**-23 * norms.max()
    rounding = torch.maximum(bound, (exact - rough).abs().max())
    doubtful = squares[:, -1] >= rough[:, -1] - 2 * rounding
    for part in doubtful.nonzero()[:, 0].split(16):
        indices[part], squares[part], furthest[part] = _among_all(features, part, k)
    return Neighbours(indices, squares, furthest)


def squared_lengths(features: Tensor) -> Tensor:
    """Squared lengths of the rows (N, D): (N,) float32, summed in float64.

    >>> squared_lengths(torch.tensor([[3.0, 4.0]]))
    tensor([25.])
    """
    return torch.cat([part.double().square_().sum(1).float() for part in features.split(4096)])


def squares_of_pairs(features: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Squared Euclidean distances of rows `left` (P,) from rows `right` (P,): (P,) float32.

    Summed in float64 from the differences, so exactly 0 between equal rows, and the same either
    way round.

    >>> squares_of_pairs(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([0, 1]),
    ...                  torch.tensor([1, 1]))
    tensor([25., 0.])
    """
    if features.device.type == "cpu" and available():
        out = np.empty(len(left), np.float32)
        arrays = features.numpy(), left.numpy(), right.numpy(), out
        spread(partial(compiled(_squares), *arrays), len(left), least=1024)
        return torch.from_numpy(out)
    out = features.new_empty(len(left))
    step = max(1, _NUMBERS // max(1, features.shape[1]))
    for start in range(0, len(left), step):
        part = slice(start, start + step)
        differences = features[left[part]].double().sub_(features[right[part]])  # (p, D)
        out[part] = differences.square_().sum(1)
    return out


def _among_all(features: Tensor, rows: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """Indices and squares (r, k), and the furthest (r,), of `rows` (r,): all N compared exactly."""
    everyone = torch.arange(len(features), device=features.device).repeat(len(rows), 1)
    left = rows[:, None].expand_as(everyone)
    squares = squares_of_pairs(features, left.reshape(-1), everyone.reshape(-1)).view_as(everyone)
    return *_by_square_and_index(everyone, squares, k), squares.amax(1)


def _by_square_and_index(indices: Tensor, squares: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The first k of each row (N, C), by square, and by index among equals."""
    # The bits of a float32 that is not negative rise with it: one sort of both together.
    keys = squares.view(torch.int32).long() * 2**32 + indices
    keys = keys.sort(dim=1).values[:, :k]
    return keys % 2**32, (keys // 2**32).int().view(torch.float32)


def _squares(
    features: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    out: np.ndarray,
    start: int,
    stop: int,
) -> None:
    """Sums of squared differences of pairs of rows, in float64."""
    width = features.shape[1]
    # Sums side by side, so that they run in vectors: one alone would wait for each addition.
    sums = np.empty(64)
    for pair in range(start, stop):
        a, b = features[left[pair]], features[right[pair]]
        sums[:] = 0
        for begin in range(0, width, 64):
            one, other = a[begin : begin + 64], b[begin : begin + 64]
            for at in range(one.shape[0]):
                difference = np.float64(one[at]) - np.float64(other[at])
                sums[at] += difference * difference
        total = 0.0
        for at in range(64):
            total += sums[at]
        out[pair] = total

"""Aligned local distance: the parts of two pictures matched from head to foot.

"AlignedReID: Surpassing Human-Level Performance in Person Re-Identification", Xuan Zhang, Hao Luo,
Xing Fan, Weilai Xiang, Yixiao Sun, Qiqi Xiao, Wei Jiang, Chi Zhang, Jian Sun, arXiv 2017.

A picture is H parts, one for each row of the feature map. Part i of one picture lies from part j of
the other at

    d_ij = (exp(||f_i - g_j||) - 1) / (exp(||f_i - g_j||) + 1)

and the local distance is the length of the shortest path from (1, 1) to (H, H) that moves down or
right only: S_ij = d_ij + min(S_i-1,j , S_i,j-1). Its relative is the plain triplet loss on the
hardest pairs, `passerby.losses.triplet`; `passerby.ranking.local_distances` has the same distance
for whole galleries.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from passerby.losses.pairs import distances_within, mean_where
from passerby.losses.precision import exact
from passerby.losses.triplet import hardest, triplet_terms


class AlignedTerms(NamedTuple):
    """The two terms of `aligned_triplet_loss`, each a scalar, float32 or float64."""

    whole: Tensor
    local: Tensor


def element_distances(lengths: Tensor) -> Tensor:
    """(exp(x) - 1) / (exp(x) + 1) of every x >= 0, in [0, 1]; of any shape and type.

    It is tanh(x / 2), which holds no exponential that could overflow.

    >>> element_distances(torch.tensor([0.0, 1.0, 1000.0]))
    tensor([0.0000, 0.4621, 1.0000])
    """
    return (lengths / 2).tanh()


def part_distances(a: Tensor, b: Tensor) -> Tensor:
    """d_ij between the parts of pictures that belong together.

    a, b: (..., H, c) and (..., W, c) of any floating type; leading axes broadcast

    Returns (..., H, W), float32 or float64, in [0, 1]. Gradients are finite everywhere, also
    between identical parts.

    >>> part_distances(torch.tensor([[0.0], [2.0]]), torch.tensor([[0.0], [1.0]]))
    tensor([[0.0000, 0.4621],
            [0.7616, 0.4621]])
    """
    away = exact(a)[..., :, None, :] - exact(b)[..., None, :, :]  # (..., H, W, c)
    return element_distances(torch.linalg.vector_norm(away, dim=-1))


def shortest_path(steps: Tensor) -> Tensor:
    """Length of the shortest path from the first to the last cell, moving down or right.

    steps: (..., H, W), what it costs to be in each cell; all matrices are worked at together

    Returns (...). Where two ways are equally long, the gradient is shared between them.

    >>> shortest_path(torch.tensor([[1.0, 9.0, 9.0], [1.0, 1.0, 9.0], [9.0, 1.0, 1.0]]))
    tensor(5.)
    """
    height, width = steps.shape[-2:]
    mirrored = steps.flip(-1)  # cells with i + j = k now lie on one diagonal
    reached = steps[..., 0, :1]  # S of the cells with i + j = k, by rising i
    for k in range(1, height + width - 1):
        here = mirrored.diagonal(width - 1 - k, dim1=-2, dim2=-1)  # (..., cells)
        around = pad(reached, (1, 1), value=torch.inf)
        first = int(k >= width)  # from there on the topmost cell lies a row further down
        from_above = around.narrow(-1, first, here.shape[-1])
        from_left = around.narrow(-1, first + 1, here.shape[-1])
        reached = here + torch.minimum(from_above, from_left)
    return reached.squeeze(-1)


def path_cells(steps: Tensor) -> list[tuple[int, int]]:
    """The cells (i, j) of the shortest path through one matrix, from (0, 0) to the last.

    steps: (H, W). Of two ways equally long, the one that comes from the left is taken.

    >>> path_cells(torch.tensor([[1.0, 9.0], [1.0, 1.0]]))
    [(0, 0), (1, 0), (1, 1)]
    """
    costs = steps.tolist()
    height, width = len(costs), len(costs[0])
    lengths: dict[tuple[int, int], float] = {}
    for i in range(height):
        for j in range(width):
            before = [lengths[cell] for cell in ((i - 1, j), (i, j - 1)) if cell in lengths]
            lengths[i, j] = costs[i][j] + min(before, default=0.0)
    cells = [(height - 1, width - 1)]
    while cells[-1] != (0, 0):
        i, j = cells[-1]
        before = [cell for cell in ((i, j - 1), (i - 1, j)) if cell in lengths]
        cells.append(min(before, key=lambda cell: lengths[cell]))
    return cells[::-1]


def local_distances(a: Tensor, b: Tensor) -> Tensor:
    """The aligned local distance of every picture of `a` to every picture of `b`.

    a, b: parts (N, H, c) and (M, W, c) of any floating type. Holds all N M H W part distances

    Returns (N, M), float32 or float64.

    >>> local_distances(torch.zeros(2, 3, 4), torch.zeros(1, 3, 4)).shape
    torch.Size([2, 1])
    """
    # Without matrix products: where parts are alike, differences of large squares are all rounding,
    # and d_ij tells short distances apart best.
    lengths = torch.cdist(
        exact(a).flatten(0, 1),
        exact(b).flatten(0, 1),
        compute_mode="donot_use_mm_for_euclid_dist",
    )
    lengths = lengths.unflatten(1, b.shape[:2]).unflatten(0, a.shape[:2])  # (N, H, M, W)
    return shortest_path(element_distances(lengths.transpose(1, 2)))


def aligned_triplet_loss(
    features: Tensor,
    parts: Tensor | None,
    persons: Tensor,
    margin: float = 0.3,
    local_margin: float = 0.3,
) -> AlignedTerms:
    """Triplet losses on the global and on the local distances, of the same triplets.

    The triplet of each picture is its farthest positive and its nearest negative by the global
    distance, ||g - g'||; the local distance has no say in it. Each term is
    max(0, margin + D(a, p) - D(a, n)), averaged over the pictures that have both. Needs at
    least two pictures of each person in the batch: use `PKSampler`.

    features: global features (B, C) of any floating type
    parts:    local features (B, H, c); None leaves the local term out: it is 0
    persons:  (B,) int64

    Both terms are 0, with gradients of 0, when no picture has both.

    >>> features = torch.tensor([[0.0], [1.0], [3.0], [4.0]])
    >>> aligned_triplet_loss(features, features[:, None], torch.tensor([0, 0, 1, 1]), margin=2.0)
    AlignedTerms(whole=tensor(0.5000), local=tensor(0.0003))
    """
    distances = distances_within(features)  # (B, C) -> (B, B)
    anchors = torch.arange(len(persons), device=persons.device)
    positive, negative, valid = hardest(distances, persons)
    terms = triplet_terms(distances[anchors, positive], distances[anchors, negative], margin)
    whole = mean_where(terms, valid)
    if parts is None:
        return AlignedTerms(whole, torch.zeros_like(whole))
    others = parts[torch.stack([positive, negative])]  # (2, B, H, c)
    # Without products, so that autocast has nothing to shorten.
    to_positive, to_negative = shortest_path(part_distances(parts, others))  # (2, B)
    terms = triplet_terms(to_positive, to_negative, local_margin)
    return AlignedTerms(whole, mean_where(terms, valid))

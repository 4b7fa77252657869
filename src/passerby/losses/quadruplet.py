"""Quadruplet loss: also pairs that share no picture keep their order."""

import torch
from torch import Tensor

from passerby.losses.pairs import Pairs, distances_within, mean_where, pairs_of

Margins = tuple[float | Tensor, float | Tensor]


def adaptive_margins(
    squares: Tensor, pairs: Pairs, weights: tuple[float, float] = (1.0, 0.5)
) -> Margins:
    """w max(0, mean negative - mean positive) for either term: as far as the batch has come.

    squares: (B, B) squared distances
    pairs:   which of them are positive and which negative
    weights: w of the first and of the second term

    Returns two scalars without gradients; 0 when there is no positive or no negative pair.

    >>> squares = torch.tensor([[0.0, 1.0, 4.0], [1.0, 0.0, 6.0], [4.0, 6.0, 0.0]])
    >>> adaptive_margins(squares, pairs_of(torch.tensor([0, 0, 1])))
    (tensor(4.), tensor(2.))
    """
    squares = squares.detach()
    apart = mean_where(squares, pairs.negative) - mean_where(squares, pairs.positive)
    both = pairs.positive.any() & pairs.negative.any()
    apart = torch.where(both, apart.clamp(min=0), 0.0)
    return weights[0] * apart, weights[1] * apart


def quadruplet_loss_of(
    squares: Tensor,
    persons: Tensor,
    margins: tuple[float, float] | None = None,
    non_zero_only: bool = True,
) -> Tensor:
    """`quadruplet_loss` of any symmetric squared distances (B, B), such as a learned metric's.

    >>> squares = torch.tensor([[0.0, 1.0, 4.0], [1.0, 0.0, 6.0], [4.0, 6.0, 0.0]])
    >>> quadruplet_loss_of(squares, torch.tensor([0, 0, 1]), margins=(4.0, 0.0))  # 4 + 1 - 4
    tensor(1.)
    """
    pairs = pairs_of(persons)
    first, second = adaptive_margins(squares, pairs) if margins is None else margins
    # The first term, a triplet: [g(i, j)^2 - g(i, k)^2 + margin].
    shared = (squares[:, :, None] - squares[:, None] + first).clamp(min=0)  # (i, j, k)
    counted = pairs.positive[:, :, None] & pairs.negative[:, None]
    # The second: [g(i, j)^2 - g(l, k)^2 + margin], l and k two other people; each pair once.
    # A GPU waits here for the number of pairs: a grid of all pairs with all would be B^4.
    i, j = pairs.positive.triu().nonzero(as_tuple=True)  # (P,)
    l, k = pairs.negative.triu().nonzero(as_tuple=True)  # (N,)  # noqa: E741
    alone = (squares[i, j][:, None] - squares[l, k] + second).clamp(min=0)  # (P, N)
    others = (persons[i][:, None] != persons[l]) & (persons[i][:, None] != persons[k])
    if non_zero_only:
        counted, others = counted & (shared > 0), others & (alone > 0)
    return mean_where(shared, counted) + mean_where(alone, others)


def quadruplet_loss(
    features: Tensor,
    persons: Tensor,
    margins: tuple[float, float] | None = None,
    non_zero_only: bool = True,
) -> Tensor:
    """A positive pair is nearer than any negative pair: one that shares its anchor, and any other.

    "Beyond Triplet Loss: A Deep Quadruplet Network for Person Re-identification", Weihua Chen,
    Xiaotang Chen, Jianguo Zhang, Kaiqi Huang, CVPR 2017: over pictures i and j of one person, and
    k and l of two other people,

        sum_ijk  max(0, g(i, j)^2 - g(i, k)^2 + margin_1)
      + sum_ijkl max(0, g(i, j)^2 - g(l, k)^2 + margin_2)

    The first margin is the larger, so that the triplet leads. `margins=None` is the paper's
    margin-based online hard negative mining: both follow the batch, as 1 and 1/2 times the mean of
    the negative squares less the mean of the positive ones (`adaptive_margins`), and what lies
    within them is mined; they pass no gradients. The paper's g is learned, a pair's share of
    "different people" out of a softmax, so in [0, 1]; here it is the Euclidean distance, and
    `quadruplet_loss_of` takes any other. Scale the features to length 1 for margins that follow
    the batch: otherwise features and margins drive each other up. The paper prints sums; dividing
    each by its number of terms above 0, the mined ones, is ours.

    Needs at least two pictures of each person and three people in the batch (`PKSampler`); no
    cameras. `batch_all_triplet_loss` is its first term, `msml` its hardest case.

    features:      (B, D) of any floating type
    persons:       (B,) int64
    margins:       of the two terms, in squared units of the distance; None follows the batch
    non_zero_only: divide by the number of terms above 0, not of all

    Returns a scalar, float32 or float64: 0, with gradients of 0, when there is nothing to compare.

    >>> features = torch.tensor([[0.0], [1.0], [3.0], [3.5]])  # squares 1; 9, 12.25, 4, 6.25; 0.25
    >>> quadruplet_loss(features, torch.tensor([0, 0, 1, 2]), margins=(4.0, 0.5))  # 1 and 1.25
    tensor(2.2500)
    """
    squares = distances_within(features).square()
    return quadruplet_loss_of(squares, persons, margins, non_zero_only)

"""Mutual learning: two networks that learn the same task teach each other.

"AlignedReID: Surpassing Human-Level Performance in Person Re-Identification", Xuan Zhang et al.,
arXiv 2017; the classification loss is that of "Deep Mutual Learning", Ying Zhang, Tao
Xiang, Timothy M. Hospedales, Huchuan Lu, CVPR 2018.

Each network takes the other's opinion as it is: gradients flow to the one that learns, never to the
one that teaches. The losses need nothing of the batch beyond what the networks' own losses need.
"""

from torch import Tensor

from passerby.losses.precision import exact


def divergence(logits: Tensor, teacher: Tensor) -> Tensor:
    """KL(p || q) from a teacher's shares p to a learner's shares q, averaged over the batch.

    logits:  the learner's (B, N) of any floating type
    teacher: the teacher's (B, N); no gradient flows to it

    Returns a scalar >= 0, float32 or float64; an empty batch gives 0.

    >>> import torch
    >>> divergence(torch.zeros(1, 2), torch.tensor([[0.0, 1.0986]]))  # shares 1/4 and 3/4
    tensor(0.1308)
    """
    learnt = exact(logits).log_softmax(dim=1)
    taught = exact(teacher.detach()).log_softmax(dim=1)
    return (taught.exp() * (taught - learnt)).sum() / max(len(logits), 1)


def classification_mutual_loss(first: Tensor, second: Tensor) -> Tensor:
    """KL(p2 || p1) + KL(p1 || p2): each student learns from the other's shares.

    first, second: logits (B, N) of the two students, of any floating type. That no gradient flows
                   to the teaching side is ours: the paper prints the formula of one update, in
                   which the other student rests

    Returns a scalar >= 0, float32 or float64: 0 where both agree.

    >>> import torch
    >>> classification_mutual_loss(torch.zeros(1, 2), torch.zeros(1, 2))
    tensor(0.)
    """
    return divergence(first, second) + divergence(second, first)


def metric_mutual_loss(first: Tensor, second: Tensor) -> Tensor:
    """Mean over all pairs i, j of [stop(M1_ij) - M2_ij]^2 + [M1_ij - stop(M2_ij)]^2.

    first, second: the students' global distance matrices M1 and M2 (N, N), of any floating type.
                   stop() lets no gradient through

    Returns a scalar >= 0, float32 or float64; an empty batch gives 0.

    >>> import torch
    >>> metric_mutual_loss(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.zeros(2, 2))
    tensor(1.)
    """
    first, second = exact(first), exact(second)
    squares = (first.detach() - second).square() + (first - second.detach()).square()
    return squares.sum() / max(squares.numel(), 1)

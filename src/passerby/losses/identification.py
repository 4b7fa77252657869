"""Identification loss: every person of the training set is a class."""

from torch import Tensor

from passerby.losses.precision import exact


def identification_loss(logits: Tensor, persons: Tensor, smoothing: float = 0.1) -> Tensor:
    """Cross entropy of `logits` against smoothed labels, averaged over the batch.

    "Rethinking the Inception Architecture for Computer Vision", Christian Szegedy, Vincent
    Vanhoucke, Sergey Ioffe, Jonathon Shlens, Zbigniew Wojna, CVPR 2016, section 7; for Re-ID in
    Luo et al. 2019 ("Bag of Tricks"), where N people give

        q_i = 1 - (N - 1) / N * smoothing    for the right person
        q_i = smoothing / N                  for every other

    logits:    (B, N) of any floating type
    persons:   (B,) int64 in 0 .. N - 1
    smoothing: in [0, 1); 0 is the plain cross entropy

    Returns a scalar, float32 or float64. An empty batch gives 0.

    >>> import torch
    >>> identification_loss(torch.zeros(1, 4), torch.tensor([2]))  # log 4, however smooth
    tensor(1.3863)
    """
    log_shares = exact(logits).log_softmax(dim=1)
    if len(persons) == 0:
        return log_shares.sum()
    right = log_shares.gather(1, persons[:, None]).squeeze(1)  # (B, N) -> (B,)
    return -((1 - smoothing) * right + smoothing * log_shares.mean(1)).mean()

"""Random draws of pictures, the same ones whenever the same trial is asked for."""

import numpy as np
import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings


def in_random_order(embeddings: Embeddings, trial: int) -> Embeddings:
    """The same pictures in an order that depends on their number and on `trial` alone."""
    return embeddings[random_order(len(embeddings), trial)]


def random_order(count: int, trial: int) -> Tensor:
    """A permutation (count,) int64 of 0 .. count - 1.

    >>> random_order(4, trial=0).tolist()
    [2, 3, 1, 0]
    """
    # RandomState's stream is frozen for good; the newer generators may change with a release.
    return torch.from_numpy(np.random.RandomState(trial).permutation(count)).long()


def first_of_each(groups: Tensor, count: int, among: Tensor | None = None) -> Tensor:
    """The first `count` members of each group, or all where there are fewer: (N,) bool.

    groups: (N,) int64
    among:  (N,) bool, members that may be taken; all when left out

    >>> first_of_each(torch.tensor([7, 7, 7, 8]), count=2).tolist()
    [True, True, False, True]
    >>> among = torch.tensor([False, True, True, False])
    >>> first_of_each(torch.tensor([7, 7, 7, 8]), count=1, among=among).tolist()
    [False, True, False, False]
    """
    chosen = torch.zeros(len(groups), dtype=torch.bool)
    places = torch.arange(len(groups)) if among is None else among.nonzero().flatten()
    places = places[groups[places].argsort(stable=True)]
    _, counts = groups[places].unique_consecutive(return_counts=True)
    starts = (counts.cumsum(0) - counts).repeat_interleave(counts)
    within = torch.arange(len(places)) - starts
    chosen[places[within < count]] = True
    return chosen

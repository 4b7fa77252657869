"""Ranks that count people, each standing at the nearest picture that a query sees of him."""

import torch
from torch import Tensor

from passerby.metrics.relevance import Relevance


def first_person(distances: Tensor, relevance: Relevance, person: Tensor) -> Tensor:
    """How-manieth person, from 1, the right one is: (q,) int64 on the CPU, 0 without right answer.

    SYSU-MM01's own evaluation program counts so for its CMC curve, while average precision counts
    pictures ("RGB-Infrared Cross-Modality Person Re-Identification", Wu et al., 2017).

    distances: (q, G) float, free of NaN; equal distances stand in gallery order
    person:    (G,) int64 from 0, who is to be seen

    >>> relevance = Relevance.of_masks(right=torch.tensor([[False, False, False, True]]),
    ...                                ignored=torch.tensor([[False, False, False, False]]))
    >>> first_person(torch.tensor([[0.1, 0.2, 0.3, 0.4]]), relevance, torch.tensor([0, 1, 0, 2]))
    tensor([3])
    """
    distances = distances.detach().float()
    right, no_rank = (mask.to(distances.device) for mask in relevance.masks())
    place = torch.arange(distances.shape[1], device=distances.device)
    infinity = float("inf")
    nearest = distances.masked_fill(~right, infinity).amin(1, keepdim=True)
    is_nearest = right & (distances == nearest)
    at = torch.where(is_nearest, place, len(place)).amin(1, keepdim=True)
    before = (distances < nearest) | ((distances == nearest) & (place < at))  # (q, G)
    before &= ~(no_rank | right)
    people = before.new_zeros(len(distances), int(person.max()) + 1, dtype=torch.int32)
    column = person.to(distances.device).expand_as(distances)
    people.scatter_reduce_(1, column, before.int(), "amax")  # (q, P)
    rank = people.sum(1) + 1
    return torch.where(right.any(1), rank, 0).long().cpu()

"""People's moves from camera to camera, out of what is known of their pictures."""

import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError

_NOBODY = (
    "nobody is seen by two cameras, so there is no transition to learn from; learn from "
    "embeddings whose persons are labelled across cameras, such as a training set's"
)


def moves(embeddings: Embeddings) -> tuple[Tensor, Tensor]:
    """Routes (T, 2) int64, from camera to camera, and seconds (T,) float64, 0 or more.

    Each tracklet is one visit, at the mean of its crops' times; crops without a tracklet are one
    visit per person and camera. Each two visits of one person to different cameras are a move,
    from the earlier to the later; at equal times, from the camera of the smaller number. Junk,
    distractors and features are not looked at.

    Raises PasserbyError when a known person's time is unknown, or nobody is seen by two cameras.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> crops = [Sample(Path("a"), 7, 1, time=10.0), Sample(Path("b"), 7, 2, time=4.0)]
    >>> moves(Embeddings.of(torch.ones(2, 1), crops, "toy", "00"))
    (tensor([[2, 1]]), tensor([6.], dtype=torch.float64))
    """
    return _between(*_visits(embeddings))


def _visits(embeddings: Embeddings) -> tuple[Tensor, Tensor, Tensor]:
    """Persons, cameras and mean times (V,) of the known people's tracklets, by person."""
    known = embeddings.persons > 0
    if not known.any():
        raise PasserbyError(_NOBODY)
    times = embeddings.times[known]
    if untimed := int((~times.isfinite()).sum()):
        raise PasserbyError(
            f"{untimed} of {len(times)} pictures of known people have no time, so no transition "
            "can be measured; give the samples their times, or learn from those that have one"
        )
    labels = (embeddings.persons, embeddings.cameras, embeddings.tracklets)
    visits, which = torch.stack([label[known] for label in labels], 1).unique(
        dim=0, return_inverse=True
    )
    sums = torch.zeros(len(visits), dtype=torch.float64).index_add_(0, which, times)
    return visits[:, 0], visits[:, 1], sums / torch.bincount(which, minlength=len(visits))


def _between(persons: Tensor, cameras: Tensor, times: Tensor) -> tuple[Tensor, Tensor]:
    """Routes (T, 2), from camera to camera, and seconds (T,) between each two visits of a person.

    All (V,), sorted by person.
    """
    routes, seconds, start = [], [], 0
    for count in persons.unique_consecutive(return_counts=True)[1].tolist():
        i, j = torch.triu_indices(count, count, 1) + start
        start += count
        apart = cameras[i] != cameras[j]
        i, j = i[apart], j[apart]
        # Visits stand by camera: at equal times i, of the smaller number, is the earlier.
        later = times[j] >= times[i]
        first, second = torch.where(later, i, j), torch.where(later, j, i)
        routes.append(torch.stack([cameras[first], cameras[second]], 1))
        seconds.append(times[second] - times[first])
    if not sum(map(len, routes)):
        raise PasserbyError(_NOBODY)
    return torch.cat(routes), torch.cat(seconds)

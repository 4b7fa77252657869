"""Camera-bias removal: what all pictures of a camera have in common says nothing of a person."""

from dataclasses import replace

import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError

_COLUMNS = 64


def remove_camera_bias(
    query: Embeddings, gallery: Embeddings, scale: bool = False, least: int = 10
) -> tuple[Embeddings, Embeddings]:
    """Queries and gallery without their cameras' mean feature: f - mean of f's camera.

    Camera-specific feature normalisation (Song, Park, Lee: "Exploring the Camera Bias of Person
    Re-identification", 2025). The means are taken over the features as they are, of queries and
    gallery together.

    scale: also divide each dimension by its standard deviation over the camera, as the paper does
    least: a camera with fewer pictures than this gets the mean (and deviation) of all pictures
           instead: of a camera's only picture, its own mean would leave nothing. Our choice; the
           paper does not speak of it

    Labels are never looked at, so junk and distractors count like anybody else. It needs cameras
    that see much the same crowd: a camera that only one person passes loses that person.

    Memory: the answer, and a copy of the largest camera's features in float64.

    Raises PasserbyError when `least` is below 2, and when the two were embedded by different
    models.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> names = [Sample(Path(f"{camera}{n}"), n, camera) for camera in (1, 2) for n in (1, 2)]
    >>> features = torch.tensor([[1.0, 0.0], [0.0, 1.0], [6.0, 0.0], [5.0, 1.0]])
    >>> both = Embeddings.of(features, names, "toy", "00")
    >>> query, gallery = remove_camera_bias(both[:2], both[2:], least=2)
    >>> query.features.tolist() == gallery.features.tolist() == [[0.5, -0.5], [-0.5, 0.5]]
    True
    """
    query.require_model_of(gallery)
    if least < 2:
        raise PasserbyError(
            f"least is {least}; a camera needs at least 2 pictures for a mean that is not one of "
            "them: take least=2 or more"
        )
    features = torch.cat([query.features, gallery.features.to(query.features.device)])
    cameras = torch.cat([query.cameras, gallery.cameras])
    debiased = normalised_by_camera(features.detach().float(), cameras, scale, least)
    return (
        replace(query, features=debiased[: len(query)]),
        replace(gallery, features=debiased[len(query) :]),
    )


def normalised_by_camera(features: Tensor, cameras: Tensor, scale: bool, least: int) -> Tensor:
    """`features` (N, D) less the mean over their camera, and over its standard deviation if asked.

    cameras: (N,) int64. A dimension that does not vary within a camera is not divided.

    >>> normalised_by_camera(torch.tensor([[1.0], [3.0], [9.0]]), torch.tensor([1, 1, 2]), False, 2)
    tensor([[-1.0000], [ 1.0000], [ 4.6667]])
    """
    out = torch.empty_like(features)
    overall: tuple[Tensor, Tensor] | None = None
    for camera in cameras.unique().tolist():
        rows = (cameras == camera).nonzero()[:, 0].to(features.device)
        own = features[rows]
        if len(rows) >= least:
            mean, deviation = _statistics(own)
        else:
            overall = overall or _statistics(features)
            mean, deviation = overall
        out[rows] = ((own - mean) / deviation if scale else own - mean).float()
    return out


def _statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (D,) float64 of features (N, D); 1 where nothing deviates."""
    # Few columns at a time: all in float64 would be twice the features.
    parts = [
        torch.std_mean(columns.double(), dim=0, correction=0)
        for columns in features.split(_COLUMNS, dim=1)
    ]
    deviation, mean = (torch.cat(part) for part in zip(*parts, strict=True))
    return mean, torch.where(deviation > 1e-12, deviation, 1.0)

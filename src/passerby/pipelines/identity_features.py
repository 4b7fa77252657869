"""One feature for each tracklet, however many a gallery or a data set has of it."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK
from passerby.gallery.gallery import Gallery
from passerby.gallery.seen import Entry


def pooled_by(embeddings: Embeddings, names: Sequence[str], metric: Metric) -> dict[str, Tensor]:
    """The mean feature (D,) of the rows of each name, in the order of appearance.

    names: one for each row. For the cosine each is normalised first, so that a long vector counts
    no more than a short.
    """
    features = embeddings.features.cpu().float()
    features = normalize(features, dim=1) if metric == "cosine" else features
    places: dict[str, int] = {}
    rows = torch.tensor([places.setdefault(name, len(places)) for name in names])
    if not places:
        return {}
    sums = torch.zeros(len(places), features.shape[1]).index_add_(0, rows, features)
    means = sums / torch.bincount(rows, minlength=len(places))[:, None]
    return dict(zip(places, means, strict=True))


def entry_features(gallery: Gallery, entries: Sequence[Entry]) -> Tensor:
    """Features (N, D) float32 of entries of a gallery, one each, in their order.

    Raises PasserbyError when an entry has none.
    """
    if not entries:
        return torch.zeros(0, 0)
    found = gallery.features([entry.id for entry in entries])
    means = pooled_by(found, found.keys, gallery.model.metric)
    for entry in entries:
        if entry.id not in means:
            raise PasserbyError(
                f"tracklet {entry.id} has no feature by {gallery.model.name!r}; add its recording "
                "again, or renew the gallery's features"
            )
    return torch.stack([means[entry.id] for entry in entries])


def as_query(gallery: Gallery, entries: Sequence[Entry]) -> Embeddings:
    """The features of entries, one each in their order, to search their own gallery with."""
    model, count = gallery.model, len(entries)
    unknown = torch.full((count,), JUNK)
    return Embeddings(
        features=entry_features(gallery, entries),
        persons=unknown,
        cameras=unknown,
        times=torch.full((count,), torch.nan, dtype=torch.float64),
        tracklets=unknown,
        modalities=("visible",) * count,
        keys=tuple(entry.id for entry in entries),
        model=model.name,
        model_hash=model.hash,
    )


def by_time(entry: Entry) -> tuple[bool, float, str, int]:
    """Order of entries: those with a clock first, equal times by id."""
    return (not entry.clocked, entry.start, entry.recording, entry.number)

"""Many dimensions laid out in two, so that near stays near."""

import numpy as np
import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import DISTRACTOR, JUNK
from passerby.reports.extras import require

PERPLEXITY = 30.0
"""How many neighbours a point minds, about."""


def layout(features: Tensor, seed: int = 0) -> np.ndarray:
    """Points (N, 2) float32 in a plane, whose near neighbours are those of the features (N, D).

    The source is van der Maaten and Hinton, "Visualizing Data using t-SNE", 2008. Features are
    normalised first, so that near means alike by the cosine. Fewer than about a hundred points
    mind fewer neighbours; up to 3 stand on a line. The same features and seed give the same points.

    Raises PasserbyError when scikit-learn is not installed.

    >>> layout(torch.eye(2)).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    count = len(features)
    if count < 4:
        return np.stack([np.arange(count), np.zeros(count)], axis=1).astype(np.float32)
    manifold = require("sklearn.manifold")
    alike = torch.nn.functional.normalize(features.detach().float().cpu(), dim=1).numpy()
    # PCA cannot start from features that are all the same, nor from a single dimension.
    varied = alike.shape[1] >= 2 and float(np.ptp(alike, axis=0).max(initial=0)) > 0
    points = manifold.TSNE(
        2,
        perplexity=min(PERPLEXITY, (count - 1) / 3),
        init="pca" if varied else "random",
        random_state=seed,
    ).fit_transform(alike)
    return np.asarray(points, dtype=np.float32)


def whole_people(embeddings: Embeddings, points: int = 600, seed: int = 0) -> Tensor:
    """Places (M,) int64, rising, of all pictures of people drawn at random, until `points` of them.

    One person is taken at least. Junk, distractors and a picture's second place are left out.

    Raises PasserbyError when nobody is in the embeddings.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> samples = [Sample(Path(f"{n}"), person, 1) for n, person in enumerate((7, -1, 8, 7))]
    >>> whole_people(Embeddings.of(torch.ones(4, 2), samples, "toy", "00"), points=4)
    tensor([0, 2, 3])
    """
    first = {key: place for place, key in reversed(list(enumerate(embeddings.keys)))}
    places = torch.tensor(sorted(first.values()), dtype=torch.int64)
    persons = embeddings.persons[places]
    real = (persons != JUNK) & (persons != DISTRACTOR)
    places, persons = places[real], persons[real]
    if len(places) == 0:
        raise PasserbyError(
            "every picture is labelled junk (-1) or distractor (0), so there are no people to "
            "show; number people from 1"
        )
    people, counts = persons.unique(return_counts=True)
    drawn = torch.randperm(len(people), generator=torch.Generator().manual_seed(seed))
    taken = max(1, int((counts[drawn].cumsum(0) <= points).sum()))
    return places[torch.isin(persons, people[drawn[:taken]])]

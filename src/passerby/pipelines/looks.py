"""The distances by which an embedder tells people apart in a video, whichever embedder it is."""

from functools import cache

import numpy as np

from passerby.data.synthetic.world import World
from passerby.engine.embedder import Embedder
from passerby.video.appearance import cosine_distances, unit
from passerby.video.looks import Looks

FITTED = {"person-reidentification-retail-0277": Looks()}
"""Embedders whose distances were chosen on real people."""

_SEED, _PEOPLE, _CAMERAS = 11, 16, 2


def looks_of(embedder: Embedder) -> Looks:
    """The distances that `AppearanceTracker` and the splitting of tracklets take for an embedder.

    For those in `FITTED` they are known. Any other is shown 16 rendered people, each by two
    cameras, and the distances follow from how far different people lie apart to it; no labels and
    no data set are needed.
    """
    if embedder.name in FITTED:
        return FITTED[embedder.name]
    pixels, people = _rendered(embedder.preprocess.height, embedder.preprocess.width)
    features = unit(embedder.crops(pixels, flip=False).cpu().numpy())
    distances = cosine_distances(features, features)
    return Looks.scaled(float(np.median(distances[people[:, None] != people])))


@cache
def _rendered(height: int, width: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Crops (height, width, 3) uint8 RGB, and whom each shows."""
    world = World(seed=_SEED, people=_PEOPLE, cameras=_CAMERAS)
    seen = [(person + 1, camera + 1) for person in range(_PEOPLE) for camera in range(_CAMERAS)]
    pixels = [world.crop(*one, 0, height=height, width=width) for one in seen]
    return pixels, np.array([person for person, _ in seen])

"""Crop search: CUHK-SYSU's own galleries, with the true boxes in the place of found ones."""

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from passerby.core.distances import Metric
from passerby.core.sample import Sample
from passerby.core.scores import Scores
from passerby.data.cuhk_sysu import BoxPicture, cuhk_sysu_searches
from passerby.engine.embedder import load_embedder
from passerby.metrics.person_search import Scene, SearchQuery, search_scores


def crop_search(
    checkpoint: str | Path,
    root: Path,
    size: int = 100,
    *,
    flip: bool = False,
    batch_size: int = 64,
    workers: int = 0,
    device: str = "auto",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Scores:
    """Scores of a model on CUHK-SYSU, each query searched in the pictures of its own gallery.

    All true boxes of these pictures are ranked, other people's too: the person search of Xiao et
    al. 2017 without a detector's errors, as those report who embed crops. A model is compared by
    its metric, also one that has learnt a distance.

    Raises PasserbyError when the model or the lists cannot be read, and as `search_scores` does.

    Args:
        checkpoint: a run folder, a checkpoint, or the name of a public model
        root: the folder of CUHK-SYSU, which holds Image and annotation
        size: pictures in each gallery: 50, 100, 500, 1000, 2000 or 4000; papers report 100
        flip: average each feature with that of the mirror image
        batch_size: pictures at a time
        workers: processes that read pictures
        device: where the model runs: cpu, cuda; auto takes a GPU where there is one
        progress: called with crops done and crops in all
    """
    searches, boxes = cuhk_sysu_searches(root, size)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    embedder = load_embedder(checkpoint, device)
    crops = [*(search.query for search in searches), *boxes]
    features = embedder.samples(
        crops,
        flip=flip,
        batch_size=batch_size,
        workers=workers,
        device=device,
        progress=lambda done: progress(done, len(crops)),
    ).features.cpu()
    asked = for_products(features[: len(searches)], embedder.metric, True)
    found = for_products(features[len(searches) :], embedder.metric, False)
    queries = [
        SearchQuery(
            feature, {name: _corners(box) for name, box in search.shown.items()}, search.gallery
        )
        for search, feature in zip(searches, asked, strict=True)
    ]
    protocol = f"cuhk-sysu-{size}"
    return search_scores(
        list(_scenes(boxes, found)), queries, protocol, normalised=embedder.metric == "cosine"
    )


def for_products(features: Tensor, metric: Metric, query: bool) -> Tensor:
    """Features whose similarity as `search_scores` computes it ranks as `metric` does.

    Cosine needs nothing. The product of (a, 1) and (b, -|b|^2 / 2) falls as |a - b| grows.

    >>> a, b = torch.tensor([[1.0]]), torch.tensor([[1.5], [4.0]])
    >>> for_products(a, "euclidean", True) @ for_products(b, "euclidean", False).T
    tensor([[ 0.3750, -4.0000]])
    """
    if metric == "cosine":
        return features
    last = torch.ones(len(features), 1) if query else -features.square().sum(1, keepdim=True) / 2
    return torch.cat([features, last], dim=1)


def _scenes(boxes: Sequence[Sample], features: Tensor) -> list[Scene]:
    """The pictures that boxes (N) and their features (N, D) are of, side by side."""
    scenes, start = [], 0
    for name, group in groupby(boxes, lambda box: _picture(box).file.name):
        own = [_corners(_picture(box).box) for box in group]
        scenes.append(Scene(name, 1, np.stack(own), features[start : start + len(own)]))
        start += len(own)
    return scenes


def _picture(sample: Sample) -> BoxPicture:
    assert isinstance(sample.pixels, BoxPicture)
    return sample.pixels


def _corners(box: tuple[int, int, int, int]) -> np.ndarray:
    """(4,) xyxy of a box by its left, top, width and height."""
    left, top, width, height = box
    return np.array([left, top, left + width, top + height], np.float64)

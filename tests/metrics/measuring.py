"""What the tests of protocols share: embeddings out of labels, and one whole trial."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.core.scores import Scores
from passerby.metrics.protocol import Protocol
from passerby.metrics.retrieval import retrieval_scores

Label = tuple[int, int]  # person, camera


def labelled(
    labels: Sequence[Label],
    features: Tensor | None = None,
    name: str = "g",
    modality: str = "visible",
    tracklets: Sequence[int] | None = None,
) -> Embeddings:
    """Embeddings with keys name0, name1, ... and the features, or a one each."""
    samples = [
        Sample(
            Path(f"{name}{place:03d}"),
            *label,
            modality=modality,
            tracklet=tracklets[place] if tracklets else -1,
        )
        for place, label in enumerate(labels)
    ]
    there = torch.ones(len(labels), 2) if features is None else features
    return Embeddings.of(there, samples, "toy", "00")


def apart(query: Embeddings, gallery: Embeddings, block: int = 256) -> DistanceBlocks:
    """Distances |q - g| of features of one dimension: what they are is easily seen."""
    return DistanceBlocks.of_matrix((query.features - gallery.features.T).abs(), block)


def euclidean(query: Embeddings, gallery: Embeddings, block: int = 256) -> DistanceBlocks:
    """Distances by the plainest way there is."""
    matrix = (query.features[:, None] - gallery.features[None]).square().sum(2).sqrt()
    return DistanceBlocks.of_matrix(matrix, block)


def measured(
    protocol: Protocol,
    query: Embeddings,
    gallery: Embeddings,
    trial: int = 0,
    distances=euclidean,
) -> Scores:
    """One trial as it is measured: prepare, distances, collapse, scores."""
    query, gallery = protocol.prepare(query, gallery, trial)
    blocks, query, gallery = protocol.collapse(distances(query, gallery), query, gallery)
    return retrieval_scores(blocks, query, gallery, protocol)

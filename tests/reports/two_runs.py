"""Two runs on the same queries, worked by hand, for the tests of several sections."""

from pathlib import Path

import numpy as np
import torch

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.metrics.retrieval import retrieval_scores
from passerby.reports.run import Run

QUERY = [(1, 1), (2, 1), (3, 1), (4, 2)]
GALLERY = [(1, 2), (2, 2), (3, 2), (4, 1), (1, 3), (9, 3)]

GOOD = [
    [0.1, 0.5, 0.6, 0.7, 0.2, 0.9],  # person 1: ranks 1 and 2
    [0.9, 0.1, 0.6, 0.7, 0.5, 0.8],  # person 2: rank 1
    [0.1, 0.5, 0.2, 0.7, 0.6, 0.9],  # person 3: rank 2, behind person 1 from camera 2
    [0.6, 0.5, 0.4, 0.3, 0.2, 0.1],  # person 4: rank 3, behind person 9 from camera 3
]
POOR = [
    [0.1, 0.5, 0.6, 0.7, 0.9, 0.2],  # person 1: ranks 1 and 6
    [0.9, 0.7, 0.6, 0.1, 0.5, 0.8],  # person 2: rank 4
    [0.3, 0.5, 0.2, 0.7, 0.6, 0.9],  # person 3: rank 1
    [0.6, 0.5, 0.4, 0.3, 0.2, 0.1],  # person 4: rank 3 as well
]


def embeddings(labels: list[tuple[int, int]], name: str) -> Embeddings:
    samples = [Sample(Path(f"{name}{place}.png"), *label) for place, label in enumerate(labels)]
    return Embeddings.of(torch.randn(len(labels), 4), samples, "toy", "00")


def run(name: str, matrix: list[list[float]]) -> Run:
    query, gallery = embeddings(QUERY, "q"), embeddings(GALLERY, "g")
    blocks = DistanceBlocks.of_matrix(torch.tensor(matrix))
    scores = retrieval_scores(blocks, query, gallery)
    return Run(name, blocks, query, gallery, scores, lambda key: np.zeros((8, 4, 3), np.uint8))

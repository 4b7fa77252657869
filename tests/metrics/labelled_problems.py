"""Labels, embeddings and problems that the tests of several metrics share."""

import math
from pathlib import Path

import torch
from hypothesis import strategies as st

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import PROTOCOLS

Label = tuple[int, int]  # person, camera
NAMES = ("market1501", "camera-free", "within-camera")
"""The protocols that `kind` knows."""
Problem = tuple[list[list[float]], list[Label], list[Label]]


def embeddings(labels: list[Label], name: str = "g") -> Embeddings:
    samples = [Sample(Path(f"{name}{i}"), *label) for i, label in enumerate(labels)]
    return Embeddings.of(torch.ones(len(labels), 2), samples, "toy", "00")


def measured(
    distances: list[list[float]],
    query: list[Label],
    gallery: list[Label],
    protocol: str = "market1501",
    block: int = 256,
) -> tuple[DistanceBlocks, Embeddings, Embeddings, Protocol]:
    """What a metric takes: distances in blocks, the queries, the gallery, the rules."""
    blocks = DistanceBlocks.of_matrix(torch.tensor(distances), block)
    return blocks, embeddings(query, "q"), embeddings(gallery), PROTOCOLS[protocol]


def kind(query: Label, entry: Label, protocol: str) -> str:
    """What an entry is to a query: "right", "wrong" or "none" for no rank at all."""
    (person, camera), (there, its_camera) = query, entry
    if there == -1:
        return "none"
    right = there == person and person > 0
    if protocol == "market1501" and right and its_camera == camera:
        return "none"
    if protocol == "within-camera" and its_camera != camera:
        return "none"
    return "right" if right else "wrong"


labels = st.tuples(st.sampled_from([-1, 0, 1, 2, 3]), st.sampled_from([1, 2, 3]))
# Few values, so that many are equal; exact in float32; negative and infinite ones too.
values = st.sampled_from([0.0, -0.0, -2.5, 0.5, 0.75, 1.0, 7.0, math.inf])


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    query = draw(st.lists(labels, min_size=1, max_size=6))
    gallery = draw(st.lists(labels, min_size=1, max_size=12))
    return [[draw(values) for _ in gallery] for _ in query], query, gallery

"""Measuring while learning."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from passerby.core.preprocess import Preprocess
from passerby.core.sample import Sample
from passerby.engine.measure import measure
from passerby.methods.method import Method


@dataclass(frozen=True)
class Plain:
    """A picture of one level of grey."""

    level: int

    def read(self) -> np.ndarray:
        return np.full((8, 4, 3), self.level, np.uint8)


class Brightness(Method):
    """Embeds a picture by its mean."""

    def forward(self, images: Tensor) -> Tensor:
        return images.mean((1, 2, 3))[:, None]


def crops(levels: list[int], persons: list[int], cameras: list[int]) -> list[Sample]:
    rows = zip(levels, persons, cameras, strict=True)
    return [Sample(Plain(level), person, camera) for level, person, camera in rows]


def test_by_hand_across_cameras() -> None:
    # 10 finds 40 (the nearer 20 is its own camera's), behind 30; 40 finds 10 or 20 behind 30.
    samples = crops([10, 20, 40, 30], [1, 1, 1, 2], [1, 1, 2, 2])
    scores = measure(Brightness(), samples, Preprocess(8, 4))
    assert scores.protocol == "market1501"
    assert (scores.queries, scores.skipped) == (3, 1)
    # Queries 10 and 20: 30 before 40, so 1/2; query 40: 30, 20, 10, so (1/2 + 2/3) / 2.
    torch.testing.assert_close(scores.mean_ap, (0.5 + 0.5 + 7 / 12) / 3)
    assert scores.rank(1) == 0


def test_one_camera() -> None:
    samples = crops([10, 11, 90, 91], [1, 1, 2, 2], [1, 1, 1, 1])
    method = Brightness().train()
    scores = measure(method, samples, Preprocess(8, 4))
    assert scores.protocol == "camera-free"
    assert scores.rank(1) == 1
    assert method.training


class Mirrored(Brightness):
    """Finds the more alike what is less so."""

    learned_distances = True

    def distances(self, query: Tensor, gallery: Tensor) -> Tensor:
        return 1 - (query - gallery.T).abs()


def test_a_learned_comparison_ranks() -> None:
    samples = crops([10, 11, 90, 91], [1, 1, 2, 2], [1, 1, 1, 1])
    scores = measure(Mirrored(), samples, Preprocess(8, 4))
    assert scores.rank(1) == scores.rank(2) == 0
    assert scores.rank(3) == 1

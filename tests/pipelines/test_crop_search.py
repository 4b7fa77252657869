"""CUHK-SYSU's own galleries, from lists and pictures to scores."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from tests.data.test_cuhk_sysu import make
from torch import Tensor, nn

from passerby.core.preprocess import Preprocess
from passerby.engine.embedder import Embedder
from passerby.pipelines import crop_search as module
from passerby.pipelines.crop_search import crop_search, for_products

SEEN = {  # grey of each box: p5 looks like itself in s5, and like nobody in s4
    "s3.jpg": [(0, 0, 200), (20, 0, 60)],
    "s4.jpg": [(2, 2, 120), (30, 10, 190)],
    "s5.jpg": [(30, 2, 205), (2, 2, 70)],
}


class Grey(nn.Module):
    """The mean of the picture, and nothing else."""

    def forward(self, images: Tensor) -> Tensor:
        return images.mean((1, 2, 3))[:, None].repeat(1, 2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make(tmp_path)
    for name, boxes in SEEN.items():
        picture = np.zeros((40, 60, 3), np.uint8)
        for left, top, grey in boxes:
            picture[top : top + 16, left : left + 8] = grey
        # JPEG would smear the greys; the reader goes by the content, not by the name.
        (tmp_path / "Image/SSM" / name).write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return tmp_path


def test_each_query_is_searched_in_its_own_gallery(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = Embedder("grey", "0", Grey(), Preprocess(16, 8), "euclidean")
    monkeypatch.setattr(module, "load_embedder", lambda which, device: embedder)
    scores = crop_search("grey", root, 50)
    # p5 (200) among 120 and nobody's 190 in s4, 205 and p7's 70 in s5: 205, 190, 120, 70. Right
    # are 205 at 1 and 120 at 3. p7 (60) among 205 and 70 in s5, and all of s4: 70 first.
    assert scores.protocol == "cuhk-sysu-50"
    assert scores.average_precision.tolist() == pytest.approx([(1 + 2 / 3) / 2, 1.0])
    assert scores.rank(1) == 1.0
    assert scores.queries == 2
    cosine: Any = replace(embedder, metric="cosine")
    monkeypatch.setattr(module, "load_embedder", lambda which, device: cosine)
    assert crop_search("grey", root, 50).queries == 2


def test_a_bar_is_moved_and_both_kinds_of_crops_are_counted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = Embedder("grey", "0", Grey(), Preprocess(16, 8), "euclidean")
    monkeypatch.setattr(module, "load_embedder", lambda which, device: embedder)
    told: list[tuple[int, int]] = []
    crop_search("grey", root, 50, batch_size=3, device="cpu", progress=lambda *at: told.append(at))
    assert told == [(3, 6), (6, 6)]  # two queries, and four boxes in s4 and s5


def test_products_rank_as_the_distance_does() -> None:
    torch.manual_seed(0)
    a, b = torch.randn(5, 4), torch.randn(30, 4)
    similar = for_products(a, "euclidean", True) @ for_products(b, "euclidean", False).T
    assert torch.equal(similar.argsort(1, descending=True), torch.cdist(a, b).argsort(1))
    assert for_products(a, "cosine", True) is a

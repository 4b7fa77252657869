import gc
from collections.abc import Sequence

import numpy as np
import torch
from tests.pipelines.small_streets import embedder
from torch import Tensor

from passerby.core.tracklet import Crop, Tracklet
from passerby.pipelines.ingest_store import TOGETHER, Embedding, Gathering
from passerby.video.stopwatch import Stopwatch


class Counting:
    """Stands for an embedder: a crop's feature is its first pixel, and calls are counted."""

    name, hash, metric = "counting", "c" * 64, "euclidean"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def crops(self, images: Sequence[np.ndarray]) -> Tensor:
        self.batches.append(len(images))
        return torch.tensor([[float(image[0, 0, 0]), 1.0] for image in images])


def crop(value: int, worth: float = 1.0) -> Crop:
    return Crop(np.full((8, 4, 3), value, np.uint8), value, value / 10, worth, (0, 0, 4, 8))


def tracklet(number: int, crops: Sequence[Crop]) -> Tracklet:
    frames = np.arange(len(crops))
    boxes = np.tile(np.array([0, 0, 4, 8], np.float32), (len(crops), 1))
    return Tracklet("door", number, frames, frames / 10, boxes, np.ones(len(crops)), tuple(crops))


def test_a_crop_is_embedded_once_while_it_is_there() -> None:
    counting = Counting()
    embedding = Embedding(counting)  # type: ignore[arg-type]
    crops = [crop(value).pixels for value in (1, 2, 3)]
    assert embedding(crops)[:, 0].tolist() == [1, 2, 3]
    assert embedding([crops[2], crops[0]])[:, 0].tolist() == [3, 1]
    same = crops[1].copy()
    assert embedding([crops[1], same])[:, 0].tolist() == [2, 2]
    assert counting.batches == [3, 1]
    del crops, same
    gc.collect()
    assert embedding._known == {}
    for value in range(200):  # addresses are used again
        assert embedding([crop(value).pixels])[0, 0] == value


def test_a_tracklet_is_the_average_of_its_crops_by_quality() -> None:
    counting = Counting()
    gathering = Gathering("0a", Embedding(counting), Stopwatch(), clocked=True)  # type: ignore[arg-type]
    gathering.add([tracklet(0, [crop(10, 3.0), crop(20, 1.0)]), tracklet(1, [crop(7)])])
    assert counting.batches == []  # a batch is waited for
    gathering.flush()
    assert counting.batches == [3]
    held = gathering.embeddings()
    assert held.features.tolist() == [[12.5, 1.0], [7.0, 1.0]]
    assert held.tracklets.tolist() == [0, 1]
    assert (held.model, held.model_hash) == ("counting", "c" * 64)
    first = gathering.entries[0]
    assert (first.id, first.camera, first.clocked, len(first.crops)) == ("0a/0", "door", True, 2)
    assert [sighting.frame for sighting in first.sightings] == [10, 20]


def test_batches_are_full() -> None:
    counting = Counting()
    gathering = Gathering("0a", Embedding(counting), Stopwatch(), clocked=False)  # type: ignore[arg-type]
    for number in range(20):
        gathering.add([tracklet(number, [crop(number), crop(number + 20), crop(number + 40)])])
    assert all(size >= TOGETHER for size in counting.batches)
    gathering.flush()
    gathering.flush()
    assert sum(counting.batches) == 60
    assert len(gathering.embeddings()) == 20


def test_nobody_is_no_feature() -> None:
    gathering = Gathering("0a", Embedding(embedder()), Stopwatch(), clocked=False)
    gathering.flush()
    assert len(gathering.embeddings()) == 0

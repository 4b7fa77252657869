"""From samples to batches."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.core.sample import Sample
from passerby.data.loader import SampleDataset, loader
from passerby.data.passes import Draw
from passerby.data.preprocess import prepare
from passerby.data.transforms import Augmentation

SIZE = Preprocess(16, 8)


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    generator = np.random.default_rng(0)
    for number in range(5):
        picture = generator.integers(0, 255, (30 + number, 20, 3)).astype(np.uint8)
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture)
    return [
        Sample(tmp_path / f"{number}.png", person=number + 1, camera=number % 2)
        for number in range(5)
    ]


@pytest.mark.parametrize("workers", [0, 1])
def test_batches_are_the_samples_in_order_as_prepared(samples: list[Sample], workers: int) -> None:
    batches = list(loader(samples, SIZE, batch_size=2, workers=workers))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert torch.cat([batch.persons for batch in batches]).tolist() == [1, 2, 3, 4, 5]
    assert torch.cat([batch.cameras for batch in batches]).tolist() == [0, 1, 0, 1, 0]
    assert torch.cat([batch.indices for batch in batches]).tolist() == [0, 1, 2, 3, 4]
    pixels = [cv2.imread(str(sample.pixels))[:, :, ::-1] for sample in samples]
    images = torch.cat([batch.images for batch in batches])
    assert torch.equal(images, prepare([np.ascontiguousarray(p) for p in pixels], SIZE))


def test_a_draw_looks_the_same_cached_or_not_and_an_index_is_not_varied(
    samples: list[Sample],
) -> None:
    vary = Augmentation(enlarge=1.125)
    read, kept = (SampleDataset(samples, SIZE, vary, cache=cache) for cache in (False, True))
    draw = Draw(3, (1, 2, 3))
    for dataset in (read, kept):
        picture, sample, place = dataset[draw]
        assert picture.shape == (16, 8, 3)
        assert (sample, place) == (samples[3], 3)
        assert (picture == read[draw][0]).all()
        assert (dataset[draw][0] == picture).all()
    assert (kept[3][0] == read[3][0]).all()
    others = [read[Draw(3, (1, 2, number))][0] for number in range(4, 10)]
    assert any((other != read[draw][0]).any() for other in others)


def test_cache_reads_each_picture_once(samples: list[Sample]) -> None:
    kept = SampleDataset(samples, SIZE, cache=True)
    for sample in samples:
        assert isinstance(sample.pixels, Path)
        sample.pixels.unlink()
    assert len([kept[number] for number in range(len(kept))]) == 5


@pytest.mark.parametrize("cache", [False, True])
def test_a_broken_picture_is_named(samples: list[Sample], cache: bool) -> None:
    assert isinstance(samples[2].pixels, Path)
    samples[2].pixels.write_bytes(b"no picture")
    with pytest.raises(PasserbyError, match=r"2\.png"):
        SampleDataset(samples, SIZE, cache=cache)[2]


@pytest.mark.parametrize(("batch_size", "workers"), [(0, 0), (1, -1)])
def test_impossible_sizes(samples: list[Sample], batch_size: int, workers: int) -> None:
    with pytest.raises(PasserbyError, match="at least 1 and 0"):
        loader(samples, SIZE, batch_size, workers)

"""From samples to batches: reading, varying, collating."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import cast

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.core.sample import Sample
from passerby.data.images import FreshPicture, read_image
from passerby.data.passes import Draw
from passerby.data.preprocess import prepare
from passerby.data.transforms import Augmentation

Item = tuple[np.ndarray, Sample, int]
"""A picture (height, width, 3) uint8 RGB, the sample, and its place in the list."""


class SampleDataset(Dataset[Item]):
    """The pictures of samples, resized, and varied where that is wanted.

    samples:      what is read
    preprocess:   gives the size
    augmentation: what chance does to each picture; None for nothing
    cache:        read every picture now and keep it, resized, in memory: height x width x 3 bytes
                  each. Worker processes share it where they are forked.

    An index gives the picture as it is; a `Draw` gives it varied by the draw's own seed, so that
    the same draw looks the same in any process, at any time. A `FreshPicture` is drawn anew
    by the same seed, and never kept.

    Raises PasserbyError naming the file that cannot be read.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        preprocess: Preprocess,
        augmentation: Augmentation | None = None,
        *,
        cache: bool = False,
    ) -> None:
        self.samples = samples
        self.preprocess = preprocess
        self.augmentation = augmentation
        # What is another picture each time cannot be kept.
        cache = cache and not any(isinstance(s.pixels, FreshPicture) for s in samples)
        self._pictures = self._read_all() if cache else None

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, which: int | Draw) -> Item:
        index = which.place if isinstance(which, Draw) else which
        seed = which.seed if isinstance(which, Draw) else None
        picture = self._read(index, seed) if self._pictures is None else self._pictures[index]
        return self.varied(picture, seed), self.samples[index], index

    def varied(self, picture: np.ndarray, seed: tuple[int, ...] | None) -> np.ndarray:
        """A picture of `size` as chance with that seed varies it; without a seed as it is."""
        if self.augmentation is None or seed is None:
            return picture
        height, width = self.preprocess.height, self.preprocess.width
        return self.augmentation(picture, height, width, np.random.default_rng(seed))

    def resized(self, picture: np.ndarray) -> np.ndarray:
        """A picture at `size`, bilinear."""
        height, width = self.size
        if picture.shape[:2] == (height, width):
            return picture
        return cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels that pictures are read at."""
        size = self.preprocess.height, self.preprocess.width
        return self.augmentation.read_size(*size) if self.augmentation else size

    def _read(self, index: int, seed: tuple[int, ...] | None = None) -> np.ndarray:
        pixels = self.samples[index].pixels
        if seed is not None and isinstance(pixels, FreshPicture):
            picture = pixels.drawn(seed)
        else:
            picture = read_image(pixels)
        return self.resized(picture)

    def _read_all(self) -> np.ndarray:
        """All pictures (N, height, width, 3) uint8."""
        pictures = np.empty((len(self), *self.size, 3), np.uint8)

        def keep(index: int) -> None:
            pictures[index] = self._read(index)

        with ThreadPoolExecutor() as threads:  # decoding lets go of the interpreter's lock
            for _ in threads.map(keep, range(len(self))):
                pass
        return pictures


def collate(
    items: Iterable[Item], preprocess: Preprocess, datasets: Mapping[str, int] | None = None
) -> Batch:
    """One batch of pictures, normalised; persons as the samples have them.

    datasets: name of a data set -> its number; those that are not named have 0

    >>> sample = Sample(pixels=None, person=3, camera=2)
    >>> batch = collate([(np.zeros((64, 32, 3), np.uint8), sample, 0)], Preprocess(64, 32))
    >>> batch.images.shape, batch.persons.tolist()
    (torch.Size([1, 3, 64, 32]), [3])
    """
    pictures, samples, indices = zip(*items, strict=True)
    return Batch(
        images=prepare(pictures, preprocess),
        persons=torch.tensor([sample.person for sample in samples]),
        cameras=torch.tensor([sample.camera for sample in samples]),
        datasets=torch.tensor([(datasets or {}).get(sample.dataset, 0) for sample in samples]),
        indices=torch.tensor(indices),
    )


def loader(
    samples: Sequence[Sample], preprocess: Preprocess, batch_size: int = 64, workers: int = 0
) -> DataLoader[Batch]:
    """The batches of `samples` in their order, unvaried, for embedding and measuring.

    workers: processes that read ahead; 0 reads in this one

    Raises PasserbyError when `batch_size` is below 1 or `workers` below 0, and while iterating
    for a picture that cannot be read.
    """
    if batch_size < 1 or workers < 0:
        raise PasserbyError(
            f"batch_size is {batch_size} and workers {workers}; they must be at least 1 and 0"
        )
    return DataLoader(
        cast(Dataset[Batch], SampleDataset(samples, preprocess)),  # `collate` makes batches
        batch_size=batch_size,
        num_workers=workers,
        collate_fn=partial(collate, preprocess=preprocess),
        pin_memory=torch.cuda.is_available(),
    )

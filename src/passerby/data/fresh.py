"""Fresh pictures: processes that read ahead describe them, the device that learns renders them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

import torch
from torch.utils.data import DataLoader, Dataset

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.loader import SampleDataset, collate
from passerby.data.passes import Draw, PassSampler
from passerby.data.synthetic.develop import pictures
from passerby.data.synthetic.rendered_crop import FreshCrop
from passerby.data.synthetic.shot import Shot

Described = tuple[Shot, Draw]
"""What a picture of a batch shows, and the draw that decided it."""


class DescribedDataset(Dataset[Described]):
    """The shots of samples that are another picture each time, not yet rendered.

    Raises PasserbyError when a sample is no fresh crop of a rendered world.
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        if not all(isinstance(sample.pixels, FreshCrop) for sample in samples):
            raise PasserbyError(
                "only fresh pictures of a rendered world can be rendered where the model learns; "
                "add --data.options.fresh true, or leave out --data.render device"
            )
        self._crops = tuple(cast(FreshCrop, sample.pixels) for sample in samples)

    def __len__(self) -> int:
        return len(self._crops)

    def __getitem__(self, draw: Draw) -> Described:
        return self._crops[draw.place].described(draw.seed), draw


class RenderingLoader:
    """Batches of fresh pictures, each rendered in one pass on the device that learns.

    dataset:  the same samples, whose pictures are resized and varied as ever
    sampler:  the order of the draws
    datasets: numbers of data sets, as `collate` takes them
    workers:  processes that describe shots ahead; 0 describes in this one
    device:   gives the device, asked when the first batch is wanted

    A draw shows what it shows when a worker renders it, within two grey levels. Chance varies
    pictures on the host, so each batch comes back from the device once.
    """

    def __init__(
        self,
        dataset: SampleDataset,
        sampler: PassSampler,
        datasets: Mapping[str, int],
        workers: int,
        device: Callable[[], torch.device],
    ) -> None:
        self.dataset, self.batch_sampler, self.datasets = dataset, sampler, datasets
        self.device = device
        self._described = DataLoader(
            cast(Dataset[list[Described]], DescribedDataset(dataset.samples)),
            batch_sampler=sampler,
            num_workers=workers,
            persistent_workers=workers > 0,
            collate_fn=list,
        )

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return len(self.batch_sampler)

    def __iter__(self) -> Iterator[Batch]:
        device, data = self.device(), self.dataset
        for batch in self._described:
            seen = pictures([shot for shot, _ in batch], device).cpu().numpy()
            items = [
                (
                    data.varied(data.resized(picture), draw.seed),
                    data.samples[draw.place],
                    draw.place,
                )
                for picture, (_, draw) in zip(seen, batch, strict=True)
            ]
            yield collate(items, data.preprocess, self.datasets)

"""`ReidData`: a data set as a method learns from it."""

import passerby.core  # noqa: F401, I001  mends torchvision, which Lightning imports

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, cast

import torch
from lightning import LightningDataModule
from torch.utils.data import DataLoader, Dataset

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.core.sample import Sample, people
from passerby.data.fresh import RenderingLoader
from passerby.data.loader import SampleDataset, collate
from passerby.data.passes import PassSampler
from passerby.data.readers import read_dataset
from passerby.data.samplers import Epoch, PKSampler
from passerby.data.sets_together import SetsTogether
from passerby.data.splits import Splits, hold_out
from passerby.data.transforms import Augmentation


class ReidData(LightningDataModule):
    """A data set's training people in batches of P people with K pictures each.

    Junk and distractors are left out, and people are numbered 0 .. num_persons - 1 in the order
    of their identities. An official validation split is learnt from too, since it shows
    the same people, unless people are held out.

    Args:
        dataset: name of the data set, see `passerby data --help`
        root: its folder; only the rendered world needs none
        options: of its reader, such as {"split": 0}
        height: of the pictures that the network sees, pixels
        width: of the same
        persons_per_batch: P, on each device
        shots_per_person: K, pictures of each person in a batch
        epoch_of: "images": an epoch shows every picture at least once; "people": every person,
            in as few batches as can be
        batches_per_epoch: an epoch has so many batches, whatever the data's size: passes as above
            follow each other; null makes one pass an epoch
        two_cameras: the K pictures of a person show two cameras at least, where the person was
            seen by two; otherwise that is left to chance
        sets_per_batch: in a union, the people of a batch are of so many data sets, so that they are
            told from others of their own set; null leaves that to chance
        val_people: people held out of training and measured while learning
        flip: probability of mirroring a picture
        padding: black pixels around a picture before a random crop of its old size
        enlarge: pictures are read this many times as large and cropped at random
        erase: probability of erasing a random box
        colour: brightness, contrast and saturation are scaled by up to 1 +- this
        crop_area: least and greatest share of the picture that a random box covers, which is then
            stretched to its size; [1, 1] does nothing
        crop_aspect: least and greatest height / width of that box
        cast: channels are scaled by exp(N(0, cast)) each, as another white balance would
        gamma: pictures are raised to the power exp(N(0, gamma)), as another camera would
        blur: probability of a slight blur
        workers: processes that read ahead on each device; 0 reads in the main one
        render: "workers": fresh pictures of a rendered world are rendered by the processes that
            read ahead; "device": those only describe them, and each batch is rendered in one pass
            where the model learns, which pays on a GPU
        cache_megabytes: keep all pictures in memory, resized, if they fit in this; 0 never does
        seed: of the order of pictures, of what chance does to them and of who is held out

    Raises PasserbyError when a value makes no sense, and as the reader and `PKSampler` do.
    """

    def __init__(
        self,
        dataset: str,
        root: Path | None = None,
        options: dict[str, Any] | None = None,
        height: int = 256,
        width: int = 128,
        persons_per_batch: int = 16,
        shots_per_person: int = 4,
        epoch_of: Epoch = "images",
        batches_per_epoch: int | None = None,
        two_cameras: bool = False,
        sets_per_batch: int | None = None,
        val_people: int = 0,
        flip: float = 0.5,
        padding: int = 10,
        enlarge: float = 1.0,
        erase: float = 0.5,
        colour: float = 0.0,
        crop_area: tuple[float, float] = (1.0, 1.0),
        crop_aspect: tuple[float, float] = (2.0, 3.0),
        cast: float = 0.0,
        gamma: float = 0.0,
        blur: float = 0.0,
        workers: int = 4,
        render: Literal["workers", "device"] = "workers",
        cache_megabytes: int = 1024,
        seed: int = 0,
    ) -> None:
        super().__init__()
        _require_sense(locals())
        self.dataset = dataset
        self.root = root
        self.options: Mapping[str, Any] = options or {}
        self.preprocess = Preprocess(height, width)
        self.persons_per_batch = persons_per_batch
        self.shots_per_person = shots_per_person
        self.epoch_of: Epoch = epoch_of
        self.batches_per_epoch = batches_per_epoch
        self.two_cameras = two_cameras
        self.sets_per_batch = sets_per_batch
        self.val_people = val_people
        self.augmentation = Augmentation(
            flip, padding, enlarge, erase, colour, crop_area, crop_aspect, cast, gamma, blur
        )
        self.workers = workers
        self.render = render
        self.cache_megabytes = cache_megabytes
        self.seed = seed

    @cached_property
    def splits(self) -> Splits:
        """The data set, with people held out when `val_people` asks for that; read only once."""
        whole = read_dataset(self.dataset, self.root, self.options)
        return hold_out(whole, self.val_people, self.seed)

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """What is learnt from; `person` is a class number, from 0."""
        splits = self.splits
        learnt = splits.train if self.val_people else splits.trainval
        number = {person: at for at, person in enumerate(people(learnt))}
        if not number:
            raise PasserbyError(
                f"the data set {self.dataset!r} in '{self.root}' has nobody to learn from; look at "
                f"it with `passerby data stats {self.dataset} {self.root}`"
            )
        return tuple(
            replace(sample, person=number[sample.person])
            for sample in learnt
            if sample.person in number
        )

    @property
    def datasets(self) -> dict[str, int]:
        """Name of a data set that is learnt from -> its number, from 0 in a union's order."""
        names = dict.fromkeys(sample.dataset for sample in self.splits.trainval)
        return {name: number for number, name in enumerate(names)}

    @property
    def val(self) -> tuple[Sample, ...]:
        """What is measured while learning: every crop of the people held out."""
        return self.splits.val if self.val_people else ()

    @property
    def num_persons(self) -> int:
        """Number of people to learn from."""
        return 1 + max(sample.person for sample in self.samples)

    @cached_property
    def _pictures(self) -> SampleDataset:
        height, width = self.augmentation.read_size(self.preprocess.height, self.preprocess.width)
        cache = 3 * height * width * len(self.samples) <= self.cache_megabytes * 2**20
        return SampleDataset(self.samples, self.preprocess, self.augmentation, cache=cache)

    def sampler(self) -> PassSampler:
        """The order of this process's batches, from where the trainer stands."""
        trainer = self.trainer
        kind = PKSampler
        if self.sets_per_batch is not None:
            sets = [sample.dataset for sample in self.samples]
            kind = partial(SetsTogether, sets, sets_per_batch=self.sets_per_batch)
        sampler = kind(
            [sample.person for sample in self.samples],
            self.persons_per_batch,
            self.shots_per_person,
            cameras=[sample.camera for sample in self.samples] if self.two_cameras else None,
            seed=self.seed,
            epoch_of=self.epoch_of,
            batches_per_epoch=self.batches_per_epoch,
            rank=trainer.global_rank if trainer else 0,
            world=trainer.world_size if trainer else 1,
        )
        if trainer:
            # After a restart in the middle of an epoch: go on behind the batches that are done.
            done: Any = trainer.fit_loop.epoch_loop.batch_progress.total
            sampler.start_at(done.processed)
        return sampler

    def train_dataloader(self) -> DataLoader[Batch] | RenderingLoader:
        """Batches of varied pictures; the same ones for the same seed, epoch and place.

        Raises PasserbyError when pictures that are not fresh are to be rendered on the device.
        """
        sampler = self.sampler()
        if self.render == "device":
            return RenderingLoader(
                self._pictures, sampler, self.datasets, self.workers, self._device
            )
        return DataLoader(
            cast(Dataset[Batch], self._pictures),  # `collate` makes batches of its items
            batch_sampler=sampler,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
            collate_fn=partial(collate, preprocess=self.preprocess, datasets=self.datasets),
            pin_memory=torch.cuda.is_available(),
        )

    def _device(self) -> torch.device:
        """Where this process's model learns."""
        return self.trainer.strategy.root_device if self.trainer else torch.device("cpu")


def _require_sense(values: Mapping[str, Any]) -> None:
    """Raise PasserbyError for a number outside its range."""
    for name in ("height", "width"):
        if values[name] < 1:
            raise PasserbyError(f"{name} is {values[name]}; it must be at least 1 pixel")
    for name in ("flip", "erase", "blur"):
        if not 0 <= values[name] <= 1:
            raise PasserbyError(f"{name} is {values[name]}; a probability lies from 0 to 1")
    for name in ("padding", "workers", "val_people", "cache_megabytes", "seed"):
        if values[name] < 0:
            raise PasserbyError(f"{name} is {values[name]}; it must be 0 or more")
    for name in ("cast", "gamma"):
        if values[name] < 0:
            raise PasserbyError(f"{name} is {values[name]}; it must be 0 or more")
    if values["enlarge"] < 1:
        raise PasserbyError(f"enlarge is {values['enlarge']}; it must be 1 or more")
    if not 0 <= values["colour"] < 1:
        raise PasserbyError(f"colour is {values['colour']}; it must be 0 or more and below 1")
    for name, greatest in (("crop_area", 1), ("crop_aspect", math.inf)):
        low, high = values[name]
        if not 0 < low <= high <= greatest:
            rule = "from above 0 to 1" if greatest == 1 else "above 0"
            raise PasserbyError(
                f"{name} is [{low}, {high}]; it takes two numbers {rule}, the smaller one first"
            )

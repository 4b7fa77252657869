"""Rendering where the model learns."""

import passerby.core  # noqa: F401, I001  mends torchvision, which Lightning imports

import multiprocessing
from typing import Literal

import pytest
import torch
from lightning import LightningModule, Trainer

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.data.fresh import DescribedDataset, RenderingLoader
from passerby.data.module import ReidData
from passerby.data.passes import Draw
from passerby.data.synthetic.crops import rendered


class Watching(LightningModule):
    """Learns nothing, and keeps what it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[int, torch.Tensor]] = []
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def training_step(self, batch: Batch) -> torch.Tensor:
        self.shown.append((self.current_epoch, batch.images))
        return (self.weight * batch.images).mean()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.0)


def town(render: Literal["workers", "device"], workers: int = 0, **options) -> ReidData:
    return ReidData(
        "rendered",
        options={"people": 4, "test_people": 0, "cameras": 2, "shots": 2, "fresh": True,
                 "height": 64, "width": 32, **options},
        height=64, width=32, persons_per_batch=4, shots_per_person=2, workers=workers,
        render=render, erase=1.0, enlarge=1.125,
    )  # fmt: skip


def test_batches_show_what_workers_would_have_rendered() -> None:
    """The same draws, crops, flips and erased boxes, within two grey levels."""
    here, there = list(town("workers").train_dataloader()), list(town("device").train_dataloader())
    assert len(here) == len(there) == len(town("device").train_dataloader()) > 0
    level = 1 / (255 * 0.224)  # of one grey level, at most, once normalised
    for one, other in zip(here, there, strict=True):
        assert torch.equal(one.persons, other.persons)
        assert torch.equal(one.indices, other.indices)
        assert (one.images - other.images).abs().max() <= 2.01 * level


def test_processes_describe_and_this_one_renders() -> None:
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("worker processes are not forked here")
    alone, helped = (next(iter(town("device", n).train_dataloader())) for n in (0, 2))
    assert torch.equal(alone.images, helped.images)


def test_no_picture_comes_twice() -> None:
    loader = town("device").train_dataloader()
    first, second = (next(iter(loader)).images for _ in range(2))
    assert torch.equal(first, second)  # the same epoch, the same draws
    assert isinstance(loader, RenderingLoader)
    loader.batch_sampler.set_epoch(1)
    assert not torch.equal(first, next(iter(loader)).images)


def test_a_described_shot_is_the_one_that_is_drawn() -> None:
    splits = rendered(people=2, test_people=0, cameras=2, shots=2, fresh=True, height=32, width=16)
    described = DescribedDataset(splits.train)
    shot, draw = described[Draw(3, (5, 1))]
    assert (shot.height, shot.width) == (32, 16)
    assert draw == Draw(3, (5, 1))
    assert len(described) == len(splits.train)


def test_pictures_that_stay_the_same_are_refused() -> None:
    with pytest.raises(PasserbyError, match=r"options\.fresh true"):
        town("device", fresh=False).train_dataloader()


def test_a_trainer_learns_from_it_and_every_epoch_is_new() -> None:
    model, data = Watching(), town("device")
    trainer = Trainer(
        accelerator="cpu", max_epochs=2, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(model, datamodule=data)
    epochs = [epoch for epoch, _ in model.shown]
    assert epochs == sorted(epochs)
    assert set(epochs) == {0, 1}
    firsts = [next(images for epoch, images in model.shown if epoch == n) for n in (0, 1)]
    assert not torch.equal(*firsts)
    assert torch.equal(firsts[0], next(iter(town("device").train_dataloader())).images)

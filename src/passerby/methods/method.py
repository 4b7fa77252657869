"""`Method`: what all published methods share."""

import passerby.core  # noqa: F401, I001  mends torchvision, which Lightning imports

import inspect
from typing import Any

import torch
from lightning import LightningModule
from torch import Tensor

from passerby.core.batch import Batch
from passerby.core.distances import Metric, pairwise_distances


class Method(LightningModule):
    """A model with its losses and its schedule; one level below it stand the published methods.

    A method's constructor arguments are its paper's settings, and are kept as `arguments`.
    `forward(images)` is the embedding that retrieval compares by `metric`, `losses(batch)`
    the terms whose sum is learnt, `learning_rate()` the rate of this moment.

    metric:      how two embeddings are compared
    needs_pairs: a loss compares pictures of one person, so a batch must have two of each
    learned_distances: `distances` is more than the metric, and is what evaluation ranks by
    test_time:   arguments that say how weights already learnt embed: they may be chosen anew
    """

    metric: Metric = "euclidean"
    needs_pairs: bool = False
    learned_distances: bool = False
    test_time: tuple[str, ...] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """What this method was made with, by name; plain values only."""
        named = inspect.signature(type(self)).parameters
        return {name: value for name, value in self.hparams.items() if name in named}

    @property
    def embeds(self) -> dict[str, Any]:
        """Those of the `test_time` arguments that are not the defaults, by name."""
        named = inspect.signature(type(self)).parameters
        chosen = {name: self.arguments[name] for name in self.test_time}
        return {name: one for name, one in chosen.items() if one != named[name].default}

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the embedding (B, D) that retrieval uses."""
        raise NotImplementedError

    def distances(self, query: Tensor, gallery: Tensor) -> Tensor:
        """How far embeddings (Q, D) are from embeddings (G, D): (Q, G), by `metric` or as learnt.

        It may hold a vector (D,) for each pair, so ask for few pairs at a time.
        """
        return pairwise_distances(query, gallery, self.metric)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The terms of the loss by name, each a scalar with its weight on it."""
        raise NotImplementedError

    def learning_rate(self) -> float:
        """The rate at this epoch and step, worked out from them alone: it has no state."""
        raise NotImplementedError

    def setup(self, stage: str) -> None:
        """Lay weights out with channels last, in which convolutions are faster on any device."""
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The sum of the losses; each is logged as loss/NAME, averaged over the epoch."""
        terms = self.losses(batch)
        total = torch.stack(list(terms.values())).sum()
        self.log("loss", total, prog_bar=True, on_step=True, on_epoch=True, batch_size=len(batch))
        self.log_dict(
            {f"loss/{name}": term.detach() for name, term in terms.items()},
            on_step=False,
            on_epoch=True,
            batch_size=len(batch),
        )
        return total

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Set the learning rate of this step."""
        rate = self.learning_rate()
        for optimizer in self.trainer.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate

    def on_train_epoch_start(self) -> None:
        """Log the learning rate that the epoch begins with."""
        self.log("learning_rate", self.learning_rate())

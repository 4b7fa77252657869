"""What a run does beside learning: checkpoints, clean stops, seeds, measuring, telling."""

import passerby.core  # noqa: F401, I001  mends torchvision, which Lightning imports

import math
import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from lightning import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint
from rich.console import Console

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import CHECKPOINTS, LAST, describe
from passerby.methods.method import Method


class Stopped(BaseException):
    """The run was asked to stop, and has written a checkpoint."""


class WriteCheckpoints(Checkpoint):
    """Write RUN/checkpoints/last.ckpt after every epoch, and one to keep every `every` epochs.

    Each also says what method it holds, see `passerby.engine.checkpoint`.
    """

    def __init__(self, run: Path, preprocess: Preprocess, every: int) -> None:
        self.folder = run / CHECKPOINTS
        self.preprocess = preprocess
        self.every = every

    def write_last(self, trainer: Trainer) -> None:
        """Write the newest checkpoint now."""
        trainer.save_checkpoint(self.folder / LAST)

    def on_save_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Add what it takes to build the method again."""
        assert isinstance(pl_module, Method)
        checkpoint["passerby"] = describe(pl_module, self.preprocess)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write what is due."""
        self.write_last(trainer)
        epochs = trainer.current_epoch + 1
        if self.every and epochs % self.every == 0:
            trainer.save_checkpoint(self.folder / f"epoch-{epochs:03d}.ckpt")


class StopCleanly(Callback):
    """On Ctrl-C or SIGTERM finish the step, write a checkpoint, and raise `Stopped`.

    A second Ctrl-C stops at once.

    deadline: also stop at the first step that ends after this moment of `time.monotonic()`
    """

    def __init__(self, checkpoints: WriteCheckpoints, deadline: float = math.inf) -> None:
        self.checkpoints = checkpoints
        self.deadline = deadline
        self.asked = False
        self._before: dict[signal.Signals, Any] = {}

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Listen, where this is the main thread: no other may."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Stop if any process was asked to, or the time is up."""
        asked = self.asked or time.monotonic() >= self.deadline
        if trainer.world_size > 1:
            asked = trainer.strategy.reduce_boolean_decision(asked, all=False)
        if asked:
            self.checkpoints.write_last(trainer)
            raise Stopped

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Leave signals as they were."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Leave signals as they were."""
        self.on_train_end(trainer, pl_module)


class SeedSteps(Callback):
    """Seed torch's generators anew in each step, by the step's number.

    Whatever chance decides in a network, such as dropout, is then the same in a run that was
    interrupted and resumed as in an unbroken one.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Seed this step, differently in each process."""
        torch.manual_seed(hash((self.seed, trainer.global_step, trainer.global_rank)) % 2**63)


class StopWhenDiverged(Callback):
    """Raise PasserbyError at the end of an epoch whose loss is NaN or infinite."""

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Look at the epoch's mean loss, before a checkpoint is written."""
        loss = trainer.callback_metrics.get("loss_epoch")
        if loss is not None and not torch.isfinite(loss):
            raise PasserbyError(
                f"the loss became {float(loss)} in epoch {trainer.current_epoch + 1}: the training "
                "has diverged. Begin again with a lower --model.learning_rate, and if "
                "--trainer.precision is 16-mixed, with bf16-mixed or 32-true."
            )


class TellEpochs(Callback):
    """Print one line after each epoch, where there is no terminal to draw a progress bar on."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._since = 0.0
        self._pictures = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock: a run that is taken up in the middle of an epoch begins none."""
        self.on_train_epoch_start(trainer, pl_module)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._since, self._pictures = time.perf_counter(), 0

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count pictures."""
        self._pictures += len(batch) * trainer.world_size

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Print the line."""
        if not trainer.is_global_zero:
            return
        seconds = time.perf_counter() - self._since
        epoch, epochs = trainer.current_epoch + 1, trainer.max_epochs or -1
        rate = self._pictures / max(seconds, 1e-9)
        line = f"epoch {epoch}" + (f" of {epochs}" if epochs > 0 else "")
        line += f": loss {float(trainer.callback_metrics['loss_epoch']):.3f}"
        for name in ("val/rank1", "val/mAP"):
            if name in trainer.callback_metrics:
                line += f", {name} {float(trainer.callback_metrics[name]):.1%}"
        line += f", {rate:.0f} images/s, {seconds:.0f} s"
        if epochs > epoch:
            line += f", about {(epochs - epoch) * seconds / 60:.0f} min to go"
        self.console.print(line, highlight=False, soft_wrap=True)

"""Pictures a second while learning, as a share of the backbone's bare forward and backward.

    python benchmarks/training.py [--device cuda] [--backbone resnet50] [--only NAME ...]

Each method learns with mixed precision and channels last, P people with K pictures in a batch.
The columns are shares of the bare speed, which is the same backbone's forward and backward on
random pictures, without a loss, an optimiser or data (of both backbones where a method has two):

    losses   forward, losses, backward on a batch that lies on the device
    step     the same and the optimiser's step
    data     `passerby train`'s trainer: pictures read from disk, varied and copied, steps, logging

The limit is that the data path and the losses cost at most 10 %: 0.90 in the first and the last
column, where the last is held against what the step leaves. Bare and method take turns, and the
median of the shares counts. Compare runs of one machine, idle; on a CPU the data path takes its
time from the network, on a GPU it runs beside it.
"""

import passerby.core  # noqa: F401, I001  mends torchvision, which Lightning imports

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from lightning import Callback, Trainer
from torch import nn

from passerby.core.batch import Batch
from passerby.data.module import ReidData
from passerby.data.synthetic.layout import render_dataset
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.ccsc import CCSC
from passerby.methods.deep_person import DeepPerson
from passerby.methods.method import Method
from passerby.methods.siamese_verification import SiameseVerification
from passerby.methods.trinet import TriNet
from passerby.models.backbones import build_backbone

PEOPLE = 751

# Name -> the method of so many people, and the last strides of its backbones.
METHODS: dict[str, tuple[Callable[[str], Method], list[int]]] = {
    "BagOfTricks": (lambda name: BagOfTricks(PEOPLE, name, False), [1]),
    "TriNet": (lambda name: TriNet(name, False), [2]),
    "CCSC": (lambda name: CCSC(PEOPLE, name, False), [1]),
    "DeepPerson": (lambda name: DeepPerson(PEOPLE, name, False), [2]),
    "AlignedReID": (lambda name: AlignedReID(PEOPLE, name, False), [2]),
    "AlignedMutual": (lambda name: AlignedMutual(PEOPLE, (name, name), False), [2, 2]),
    "SiameseVerification": (lambda name: SiameseVerification(PEOPLE, name, False), [2]),
}


def main() -> None:
    args = arguments()
    device = torch.device(args.device)
    torch.manual_seed(0)
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
    precision = torch.bfloat16 if args.precision == "bf16-mixed" else None
    count = args.persons * args.shots
    images = torch.randn(count, 3, args.height, args.width, device=device)
    images = images.contiguous(memory_format=torch.channels_last)
    persons = torch.arange(args.persons, device=device).repeat_interleave(args.shots)
    places = torch.arange(count, device=device)
    batch = Batch(images, persons, places % 2, torch.zeros_like(persons), places)
    where = f"{torch.get_num_threads()} threads" if device.type == "cpu" else "GPU"
    print(
        f"{args.backbone}, {args.height} x {args.width}, {count} pictures, {args.precision}, ",
        end="",
    )
    print(f"{device} ({where}), {args.workers} workers")
    print(f"{'':22}{'bare':>10}{'losses':>10}{'step':>10}{'data':>10}")
    with pictures(args.data, args.persons, args.height, args.width) as root:
        for name in args.only or METHODS:
            make, strides = METHODS[name]
            row = measure(make, strides, batch, args, precision)
            if root is not None:
                row["data"] = trained(make(args.backbone), root, args) / row["bare"]
            cells = f"{row['bare']:10.1f}{row['losses']:10.2f}{row['step']:10.2f}"
            print(
                f"{name:22}{cells}" + (f"{row['data']:10.2f}" if "data" in row else ""), flush=True
            )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--backbone", default="resnet50")
    parser.add_argument("--height", type=int, default=256)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--persons", type=int, default=16)
    parser.add_argument("--shots", type=int, default=4)
    parser.add_argument("--precision", choices=["bf16-mixed", "32-true"], default="bf16-mixed")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument(
        "--data",
        default="rendered",
        help="'rendered', which renders some people first; a folder in Market-1501's layout; or "
        "'none' for no column of that name",
    )
    parser.add_argument("--only", nargs="*", choices=list(METHODS))
    return parser.parse_args()


@contextmanager
def pictures(data: str, persons: int, height: int, width: int) -> Iterator[Path | None]:
    """A folder of pictures on disk, in Market-1501's layout; None for "none"."""
    if data != "rendered":
        yield None if data == "none" else Path(data)
        return
    with tempfile.TemporaryDirectory() as folder:
        size = {"height": height, "width": width, "people": 2 * persons, "test_people": 1}
        render_dataset(Path(folder), cameras=2, shots=2, **size)
        yield Path(folder)


def measure(
    make: Callable[[str], Method],
    strides: list[int],
    batch: Batch,
    args: argparse.Namespace,
    precision: torch.dtype | None,
) -> dict[str, float]:
    """Bare pictures a second, and the shares of it that losses and step leave."""
    device = batch.images.device
    backbones = nn.ModuleList(build_backbone(args.backbone, last_stride=s) for s in strides)
    backbones.to(device).train()
    method = make(args.backbone).to(device).train()
    for model in (backbones, method):
        model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    optimizer: Any = method.configure_optimizers()

    def bare() -> None:
        backbones.zero_grad(set_to_none=True)
        with torch.autocast(device.type, precision, enabled=precision is not None):
            maps = [backbone(batch.images) for backbone in backbones]
        torch.autograd.backward(maps, [torch.ones_like(one) for one in maps])

    def losses() -> None:
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, precision, enabled=precision is not None):
            terms = method.losses(batch)
        torch.stack(list(terms.values())).sum().backward()

    def step() -> None:
        losses()
        optimizer.step()

    rounds: list[list[float]] = []
    for number in range(args.steps + 3):
        seconds = [timed(work, device) for work in (bare, losses, step)]
        if number >= 3:  # the first ones choose algorithms and fill caches
            rounds.append(seconds)
    return {
        "bare": len(batch) / statistics.median(one[0] for one in rounds),
        "losses": statistics.median(one[0] / one[1] for one in rounds),
        "step": statistics.median(one[0] / one[2] for one in rounds),
    }


def timed(work: Callable[[], None], device: torch.device) -> float:
    """Seconds of one piece of work."""
    wait(device)
    start = time.perf_counter()
    work()
    wait(device)
    return time.perf_counter() - start


def wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


class Clock(Callback):
    """Pictures a second between the fourth step and the last."""

    def __init__(self) -> None:
        self.pictures = 0
        self.start = self.end = 0.0

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: Any, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        """Start after the third step, count from then on."""
        if trainer.global_step == 3:
            wait(pl_module.device)
            self.start = time.perf_counter()
        elif trainer.global_step > 3:
            self.pictures += len(batch)

    def on_train_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Stop."""
        wait(pl_module.device)
        self.end = time.perf_counter()


def trained(method: Method, root: Path, args: argparse.Namespace) -> float:
    """Pictures a second of the trainer that `passerby train` uses, data included."""
    data = ReidData(
        "market1501",
        root,
        height=args.height,
        width=args.width,
        persons_per_batch=args.persons,
        shots_per_person=args.shots,
        batches_per_epoch=args.steps + 3,
        workers=args.workers,
        cache_megabytes=0,
    )
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            accelerator="gpu" if torch.device(args.device).type == "cuda" else "cpu",
            devices=1,
            precision=args.precision,
            max_steps=args.steps + 3,
            callbacks=[clock],
            logger=True,
            log_every_n_steps=10,
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
            default_root_dir=folder,
            use_distributed_sampler=False,
        )
        trainer.fit(method, datamodule=data)
    return clock.pictures / (clock.end - clock.start)


if __name__ == "__main__":
    main()

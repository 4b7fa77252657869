"""What the tests of several methods share: tiny runs, broken and unbroken, and gradients."""

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from passerby.core.batch import Batch
from passerby.engine.checkpoint import load_checkpoint
from passerby.engine.embedder import load_embedder
from passerby.engine.training import train
from passerby.methods.method import Method

TINY = (
    "--data.dataset=rendered",
    "--data.options={people: 4, test_people: 1, cameras: 2, shots: 2, height: 64, width: 32}",
    "--data.height=64",
    "--data.width=32",
    "--data.persons_per_batch=2",
    "--data.workers=0",
    "--model.pretrained=false",
    "--trainer.accelerator=cpu",
    "--trainer.precision=32-true",
)
"""Four rendered people on any machine, whatever a recipe says."""


def one_backbone(name: str = "osnet_x0_25") -> list[str]:
    return [f"--model.backbone={name}"]


def resumed_is_unbroken(arguments: Sequence[str], folder: Path, epochs: int = 2) -> Method:
    """Train to the end, and for an epoch and on; the outcome, which must be the same."""
    whole = train([*arguments, f"--run={folder / 'a'}", f"--trainer.max_epochs={epochs}"])
    train([*arguments, f"--run={folder / 'b'}", "--trainer.max_epochs=1"])
    resumed = train([*arguments, f"--run={folder / 'b'}", f"--trainer.max_epochs={epochs}"])
    return _same(whole, resumed)


def stopped_is_unbroken(
    arguments: Sequence[str], folder: Path, method: type[Method], monkeypatch: pytest.MonkeyPatch
) -> Method:
    """Train 5 steps, and 5 with Ctrl-C in the third; the outcome, which must be the same."""
    arguments = [*arguments, "--trainer.max_steps=5"]
    whole = train([*arguments, f"--run={folder / 'a'}"])
    real, calls = method.losses, iter(range(1, 100))

    def interrupted(self: Method, batch: Batch) -> dict[str, Tensor]:
        if next(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return real(self, batch)

    monkeypatch.setattr(method, "losses", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train([*arguments, f"--run={folder / 'b'}"])
    return _same(whole, train([*arguments, f"--run={folder / 'b'}"]))


def _same(whole: Path, resumed: Path) -> Method:
    (one, _, first), (_, _, second) = map(load_checkpoint, (whole, resumed))
    assert first == second
    return one


def exported(run: Path, size: int) -> Tensor:
    """Features of two pictures by the embedder of a run, which are those of its own forward."""
    embedder = load_embedder(run)
    images = torch.rand(2, 3, embedder.preprocess.height, embedder.preprocess.width)
    with torch.no_grad():
        features = embedder.model(images)
    assert features.shape == (2, size)
    method = load_checkpoint(run)[0]
    with torch.no_grad():
        assert torch.equal(method(images), features)
    assert embedder.metric == method.metric
    assert (embedder.compare is not None) == method.learned_distances
    return features


def finite_gradients(method: Method, batch: Batch, mixed: bool = False) -> dict[str, Tensor]:
    """The terms of a batch; every layer that is learnt must get a finite gradient from them."""
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        terms = method.losses(batch)
    assert all(term.dtype == torch.float32 for term in terms.values())
    torch.stack(list(terms.values())).sum().backward()
    for name, parameter in method.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name
    return terms

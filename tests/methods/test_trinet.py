"""TriNet."""

from collections.abc import Callable

import torch

from passerby.core.batch import Batch
from passerby.methods.method import Method
from passerby.methods.trinet import TriNet

Learn = Callable[[Method, Batch, int], list[float]]


def test_the_defaults_are_the_papers() -> None:
    method = TriNet(pretrained=False)
    assert method.backbone(torch.zeros(1, 3, 256, 128)).shape == (1, 2048, 8, 4)
    assert [layer.out_features for layer in method.head if hasattr(layer, "out_features")] == [
        1024,
        128,
    ]
    assert method.margin is None
    assert method.metric == "euclidean"
    assert method.eval()(torch.zeros(1, 3, 256, 128)).shape == (1, 128)


def test_overfits_a_batch(batch: Batch, learn: Learn) -> None:
    totals = learn(TriNet("osnet_x0_25", pretrained=False, learning_rate=2e-3), batch, 25)
    assert totals[-1] < 0.1 < totals[0]


def test_a_margin_instead_of_the_soft_one(batch: Batch) -> None:
    soft = TriNet("osnet_x0_25", pretrained=False)
    hard = TriNet("osnet_x0_25", pretrained=False, margin=0.2)
    hard.load_state_dict(soft.state_dict())
    gap = torch.expm1(soft.losses(batch)["triplet"]).log()
    # Not equal to the mean of terms, but on the same side of it.
    assert (hard.losses(batch)["triplet"] > 0) == (gap > -0.2)

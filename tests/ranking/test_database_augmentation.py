from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.ranking.database_augmentation import augment


def embeddings(features: Tensor) -> Embeddings:
    samples = [Sample(Path(f"{i}"), 1, 1) for i in range(len(features))]
    return Embeddings.of(features, samples, "toy", "00")


def oracle(gallery: Tensor, k: int, alpha: float) -> Tensor:
    """Each entry with its nearest k others, in float64."""
    unit = [g / g.norm() for g in gallery.double()]
    out = []
    for i, own in enumerate(unit):
        others = [j for j in range(len(unit)) if j != i]
        total = own.clone()
        for j in sorted(others, key=lambda j: -float(own @ unit[j]))[:k]:
            total += max(float(own @ unit[j]), 0.0) ** alpha * unit[j]
        out.append(total / total.norm())
    return torch.stack(out)


def test_by_hand() -> None:
    # alpha 1: (0, 1) hears (0.6, 0.8) at cos 0.8: (0.48, 1.64)
    found = augment(embeddings(torch.tensor([[0.0, 5.0], [3.0, 4.0]])), k=1, alpha=1).features
    wanted = torch.tensor([[0.48, 1.64], [0.6, 1.6]])
    torch.testing.assert_close(found, wanted / wanted.norm(dim=1, keepdim=True))


@given(
    g=st.integers(1, 9),
    k=st.integers(1, 12),
    alpha=st.sampled_from([0.0, 1.0, 3.0]),
    seed=st.integers(0, 9999),
)
@settings(max_examples=60, deadline=None)
def test_as_the_formula_says(g, k, alpha, seed) -> None:
    features = torch.randn(g, 8, generator=torch.Generator().manual_seed(seed))
    found = augment(embeddings(features), k, alpha).features
    torch.testing.assert_close(found, oracle(features, k, alpha).float(), atol=1e-4, rtol=1e-4)


def test_entries_that_are_equal_stay_equal() -> None:
    features = torch.tensor([[1.0, 0.0]]).repeat(5, 1)
    torch.testing.assert_close(augment(embeddings(features), k=2).features, features)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(PasserbyError, match="k is 0"):
        augment(embeddings(torch.ones(2, 2)), k=0)
    with pytest.raises(PasserbyError, match="alpha is -1"):
        augment(embeddings(torch.ones(2, 2)), alpha=-1)

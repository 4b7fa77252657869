from math import exp

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core import k_reciprocal as module
from passerby.core.k_reciprocal import encode, expanded_sets, mutual
from passerby.core.neighbours import neighbours


def ranks(features: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Squared distances over the row's furthest, and the order of every row."""
    a = features.double().numpy()
    squares = ((a[:, None] - a[None]) ** 2).sum(2).astype(np.float32)
    order = np.argsort(squares, axis=1, kind="stable")
    return squares / np.maximum(squares.max(1, keepdims=True), 1e-38), order


def plain_sets(order: np.ndarray, k1: int) -> list[set[int]]:
    """By definition, with Python's sets."""

    def reciprocal(i: int, k: int) -> set[int]:
        return {int(j) for j in order[i, : k + 1] if i in order[j, : k + 1]}

    half = int(np.around(k1 / 2))
    out = []
    for i in range(len(order)):
        own = reciprocal(i, k1)
        found = set(own)
        for j in own:
            theirs = reciprocal(j, half)
            if len(theirs & own) > 2 / 3 * len(theirs):
                found |= theirs
        out.append(found)
    return out


def plain_encodings(features: Tensor, k1: int, k2: int) -> np.ndarray:
    distances, order = ranks(features)
    out = np.zeros(distances.shape)
    for i, members in enumerate(plain_sets(order, k1)):
        if members:
            weights = {j: exp(-distances[i, j]) for j in members}
            for j, weight in weights.items():
                out[i, j] = weight / sum(weights.values())
    # With k2 = 1 nothing is averaged, though an equal row may stand before a row's own.
    return out if k2 == 1 else np.stack([out[near[:k2]].mean(0) for near in order])


def people(count: int, each: int, dimensions: int = 12, noise: float = 0.7) -> Tensor:
    centres = torch.randn(count, dimensions).repeat_interleave(each, 0)
    return torch.nn.functional.normalize(centres + noise * torch.randn_like(centres))


@pytest.mark.parametrize("k1", [1, 2, 3, 5, 6, 7, 20, 200])
def test_sets_are_those_of_the_definition(k1, monkeypatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 17)
    features = people(12, 6)
    near = neighbours(features, k1 + 1).indices
    rows, members = expanded_sets(near, k1)
    found = [set(members[rows == i].tolist()) for i in range(len(features))]
    wanted = plain_sets(ranks(features)[1], k1)
    assert found == wanted
    assert len(rows) == sum(len(each) for each in wanted)  # each pair once
    assert torch.equal(rows * 1000 + members, (rows * 1000 + members).sort().values)


def test_the_expansion_changes_something() -> None:
    near = neighbours(people(14, 8), 7).indices
    assert len(expanded_sets(near, 6)[0]) > mutual(near).sum()


@given(
    n=st.integers(1, 22),
    values=st.integers(1, 5),
    k1=st.integers(1, 9),
    k2=st.integers(1, 7),
    seed=st.integers(0, 9999),
)
@settings(max_examples=100, deadline=None)
def test_encodings_with_equal_rows_and_equal_distances(n, values, k1, k2, seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randint(0, values, (n, 2), generator=generator).float()
    found = encode(features, neighbours(features, max(k1 + 1, k2)), k1, k2)
    wanted = plain_encodings(features, k1, k2)
    np.testing.assert_allclose(found.matrix().numpy(), wanted, atol=1e-6)
    assert found.weights.gt(0).all()


def test_by_hand() -> None:
    # Four points on a line: 0 and 1 are each other's nearest, 2.5 wants 1, 9 wants 2.5.
    features = torch.tensor([[0.0], [1.0], [2.5], [9.0]])
    found = encode(features, neighbours(features, 2), k1=1, k2=1).matrix()
    a, b = exp(-1 / 81), exp(-1 / 64)
    wanted = [
        [1 / (1 + a), a / (1 + a), 0, 0],
        [b / (1 + b), 1 / (1 + b), 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]
    torch.testing.assert_close(found, torch.tensor(wanted))
    # Averaged with its nearest, 2.5 takes half of the encoding of 1.
    averaged = encode(features, neighbours(features, 2), k1=1, k2=2).matrix()
    torch.testing.assert_close(averaged[2], (found[2] + found[1]) / 2)


@pytest.mark.parametrize(("k1", "k2"), [(20, 6), (6, 1), (3, 9)])
@pytest.mark.parametrize("compiled", ["1", "0"])
def test_encodings_are_those_of_the_definition(k1, k2, compiled, monkeypatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", compiled)
    monkeypatch.setattr(module, "_ROWS", 23)
    features = people(12, 9)
    found = encode(features, neighbours(features, max(k1 + 1, k2)), k1, k2)
    wanted = plain_encodings(features, k1, k2)
    np.testing.assert_allclose(found.matrix().numpy(), wanted, atol=1e-6)
    assert len(found.columns) == (wanted > 0).sum()
    torch.testing.assert_close(found.matrix().sum(1), torch.ones(len(features)))

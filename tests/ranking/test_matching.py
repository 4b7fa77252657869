"""Learned distances in blocks of pairs."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.ranking import matching as module
from passerby.ranking.matching import matching


def embeddings(count: int, channels: int = 3, seed: int = 0, model: str = "toy") -> Embeddings:
    generator = torch.Generator().manual_seed(seed)
    samples = [Sample(Path(str(place)), place, 1) for place in range(count)]
    return Embeddings.of(torch.randn(count, channels, generator=generator), samples, model, model)


def lopsided(a: Tensor, b: Tensor) -> Tensor:
    """A comparison that is no metric: it is not even the same both ways round."""
    return (a[:, None] - 2 * b).abs().sum(2)


@settings(max_examples=60, deadline=None)
@given(
    queries=st.integers(0, 9),
    entries=st.integers(0, 13),
    channels=st.integers(1, 5),
    block=st.sampled_from([None, 1, 2, 5, 100]),
    numbers=st.sampled_from([1, 2, 7, 20, 50, 10_000]),
)
def test_equals_a_comparison_of_each_pair(
    queries: int, entries: int, channels: int, block: int | None, numbers: int
) -> None:
    query, gallery = embeddings(queries, channels), embeddings(entries, channels, seed=1)
    held = []

    def compare(a: Tensor, b: Tensor) -> Tensor:
        held.append(len(a) * len(b) * channels)
        return lopsided(a, b)

    before, module.ENTRIES = module.ENTRIES, numbers
    try:
        found = matching(query, gallery, compare, block)
        whole = found.matrix()
    finally:
        module.ENTRIES = before
    assert (found.queries, found.gallery) == (queries, entries)
    assert whole.shape == (queries, entries)
    for row in range(queries):
        for column in range(entries):
            pair = query.features[row : row + 1], gallery.features[column : column + 1]
            assert whole[row, column] == lopsided(*pair)
    # Never more pairs at once than asked for, but for one, which cannot be less.
    assert all(size <= max(numbers, channels) for size in held)


def test_blocks_keep_within_their_memory_and_no_graph() -> None:
    query, gallery = embeddings(3), embeddings(4, seed=1)
    weight = torch.ones(3, requires_grad=True)
    found = matching(query, gallery, lambda a, b: lopsided(a * weight, b))
    assert not found.matrix().requires_grad
    assert found.block == 1024
    many = embeddings(2**15, 1)
    assert matching(query, many, lopsided).block == 2**24 // 2**15


def test_a_comparison_of_another_shape_is_named() -> None:
    query = embeddings(2)
    with pytest.raises(PasserbyError, match=r"2 queries with 2 entries gave .* \(2, 2, 3\)"):
        matching(query, query, lambda a, b: a[:, None] - b).matrix()


def test_other_models_and_senseless_blocks_are_refused() -> None:
    with pytest.raises(PasserbyError, match="cannot be compared"):
        matching(embeddings(1), embeddings(1, model="other"), lopsided)
    with pytest.raises(PasserbyError, match="block is 0"):
        matching(embeddings(1), embeddings(1), lopsided, block=0)

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core.distances import pairwise_distances
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.ranking.plain import ENTRIES, distances


def embeddings(features: Tensor, model_hash: str = "00") -> Embeddings:
    samples = [Sample(Path(f"{i}"), 1, 1) for i in range(len(features))]
    return Embeddings.of(features, samples, "toy", model_hash)


def test_by_hand() -> None:
    query = embeddings(torch.tensor([[1.0, 0.0]]))
    gallery = embeddings(torch.tensor([[4.0, 4.0], [0.0, 2.0], [-3.0, 0.0]]))
    assert distances(query, gallery).matrix().tolist() == [[5.0, pytest.approx(5**0.5), 4.0]]
    cosine = distances(query, gallery, "cosine").matrix()
    torch.testing.assert_close(cosine, torch.tensor([[1 - 0.5**0.5, 1.0, 2.0]]))


@given(
    q=st.integers(0, 9),
    g=st.integers(0, 9),
    block=st.integers(1, 12) | st.none(),
    metric=st.sampled_from(["euclidean", "cosine"]),
    seed=st.integers(0, 9999),
)
@settings(max_examples=60, deadline=None)
def test_any_block_size_gives_the_pairwise_distances(q, g, block, metric, seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randn(q, 5, generator=generator), torch.randn(g, 5, generator=generator)
    found = distances(embeddings(a), embeddings(b), metric, block)
    assert (found.queries, found.gallery) == (q, g)
    # float64 is the oracle; float32 near zero keeps half the digits after the root
    exact = pairwise_distances(a.double(), b.double(), metric).float()
    torch.testing.assert_close(found.matrix(), exact, atol=2e-3, rtol=1e-5)


def test_identical_rows_are_at_zero_and_never_nan() -> None:
    same = embeddings(torch.full((3, 64), 0.1))
    for metric in ("euclidean", "cosine"):
        matrix = distances(same, same, metric).matrix()
        torch.testing.assert_close(matrix, torch.zeros(3, 3), atol=1e-3, rtol=0)


def test_a_zero_feature_has_a_cosine_distance() -> None:
    matrix = distances(embeddings(torch.zeros(1, 4)), embeddings(torch.zeros(2, 4)), "cosine")
    assert matrix.matrix().tolist() == [[1.0, 1.0]]


def test_blocks_are_bounded_by_the_gallery() -> None:
    gallery = embeddings(torch.ones(40_000, 1))
    found = distances(embeddings(torch.ones(500, 1)), gallery)
    assert found.block * len(gallery) <= ENTRIES
    rows, block = next(iter(found))
    assert block.shape == (rows.stop, 40_000)


def test_no_graph_is_kept() -> None:
    features = torch.ones(2, 3, requires_grad=True)
    assert not distances(embeddings(features), embeddings(features)).matrix().requires_grad


def test_features_of_two_models_are_refused() -> None:
    with pytest.raises(PasserbyError, match="same model"):
        distances(embeddings(torch.ones(1, 2)), embeddings(torch.ones(1, 2), "11"))


def test_wrong_arguments_are_refused() -> None:
    one = embeddings(torch.ones(1, 2))
    with pytest.raises(PasserbyError, match="block is 0"):
        distances(one, one, block=0)
    with pytest.raises(ValueError, match="'manhattan'"):
        distances(one, one, "manhattan")  # type: ignore[arg-type]

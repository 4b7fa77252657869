import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.blocks import DistanceBlocks
from passerby.core.topk import top_k


@st.composite
def matrices(draw):
    q, g = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    # Few values, so that many are equal.
    value = st.sampled_from([0.0, 0.25, 0.5, 1.0, float("inf"), float("nan")])
    return torch.tensor([[draw(value) for _ in range(g)] for _ in range(q)])


def is_head_of_stable_sort(matrix: torch.Tensor, k: int, block: int) -> None:
    ranking = top_k(DistanceBlocks.of_matrix(matrix, block), k)
    values, indices = matrix.sort(dim=1, stable=True)
    assert torch.equal(ranking.indices, indices[:, :k])
    torch.testing.assert_close(
        ranking.distances, values[:, :k], rtol=0, atol=0, equal_nan=True, check_dtype=False
    )
    assert len(ranking) == len(matrix)


@given(
    matrix=matrices(),
    k=st.integers(0, 14),
    block=st.integers(1, 6),
    compiled=st.sampled_from("01"),
)
@settings(max_examples=300, deadline=None)
def test_is_the_head_of_a_stable_argsort(matrix, k, block, compiled) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASSERBY_COMPILED", compiled)
        is_head_of_stable_sort(matrix, k, block)


@pytest.mark.parametrize("compiled", ["1", "0"])
@pytest.mark.parametrize("k", [1, 7, 50, 128, 129, 1000])
def test_rows_of_many_stretches(k, compiled, monkeypatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", compiled)
    matrix = torch.randn(40, 700)
    matrix[1] = matrix[1].sort().values
    matrix[2] = matrix[2].sort(descending=True).values
    matrix[3, 5:] = float("nan")
    matrix[4, :300] = float("nan")
    matrix[5] = matrix[5].mul(2).round()
    is_head_of_stable_sort(matrix, k, 33)
    is_head_of_stable_sort(matrix.double(), k, 33)
    is_head_of_stable_sort(matrix[:, ::2], k, 33)  # not contiguous


@pytest.mark.parametrize("compiled", ["1", "0"])
def test_many_ties_at_the_last_place(compiled, monkeypatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", compiled)
    matrix = torch.ones(3, 5000)
    matrix[1, 4999] = 0.0
    ranking = top_k(DistanceBlocks.of_matrix(matrix), 4)
    assert ranking.indices.tolist() == [[0, 1, 2, 3], [4999, 0, 1, 2], [0, 1, 2, 3]]


def test_no_query_and_no_gallery() -> None:
    assert top_k(DistanceBlocks.of_matrix(torch.zeros(0, 7)), 3).indices.shape == (0, 3)
    assert top_k(DistanceBlocks.of_matrix(torch.zeros(2, 0)), 3).indices.shape == (2, 0)

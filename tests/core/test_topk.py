import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.blocks import DistanceBlocks
from passerby.core.topk import top_k


@st.composite
def matrices(draw):
    q, g = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    # Few values, so that many are equal.
    value = st.sampled_from([0.0, 0.25, 0.5, 1.0, float("inf")])
    return torch.tensor([[draw(value) for _ in range(g)] for _ in range(q)])


@given(matrix=matrices(), k=st.integers(0, 14), block=st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_is_the_head_of_a_stable_argsort(matrix: torch.Tensor, k: int, block: int) -> None:
    ranking = top_k(DistanceBlocks.of_matrix(matrix, block), k)
    values, indices = matrix.sort(dim=1, stable=True)
    assert torch.equal(ranking.indices, indices[:, :k])
    assert torch.equal(ranking.distances, values[:, :k])
    assert len(ranking) == len(matrix)


def test_many_ties_at_the_last_place() -> None:
    matrix = torch.ones(3, 5000)
    matrix[1, 4999] = 0.0
    ranking = top_k(DistanceBlocks.of_matrix(matrix), 4)
    assert ranking.indices.tolist() == [[0, 1, 2, 3], [4999, 0, 1, 2], [0, 1, 2, 3]]


def test_no_query_and_no_gallery() -> None:
    assert top_k(DistanceBlocks.of_matrix(torch.zeros(0, 7)), 3).indices.shape == (0, 3)
    assert top_k(DistanceBlocks.of_matrix(torch.zeros(2, 0)), 3).indices.shape == (2, 0)

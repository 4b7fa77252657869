import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core import encodings as module
from passerby.core.encodings import Encodings, jaccard


def sparse(dense: Tensor) -> Encodings:
    rows, columns = dense.nonzero(as_tuple=True)
    return Encodings.of_entries(rows, columns, dense[rows, columns], *dense.shape)


def some(rows: int, width: int, seed: int, share: float = 0.4) -> Tensor:
    """Rows that sum to 1, but for those without an entry."""
    generator = torch.Generator().manual_seed(seed)
    dense = torch.rand(rows, width, generator=generator)
    dense *= torch.rand(rows, width, generator=generator) < share
    return dense / dense.sum(1, keepdim=True).clamp(min=1e-9)


@given(
    q=st.integers(0, 8),
    g=st.integers(0, 12),
    width=st.integers(1, 9),
    share=st.sampled_from([0.0, 0.2, 1.0]),
    seed=st.integers(0, 9999),
    compiled=st.sampled_from("01"),
    pairs=st.integers(1, 40),
)
@settings(max_examples=150, deadline=None)
def test_jaccard_is_one_minus_minima_over_maxima(q, g, width, share, seed, compiled, pairs) -> None:
    a, b = some(q, width, seed, share), some(g, width, seed + 1, share)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASSERBY_COMPILED", compiled)
        patch.setattr(module, "_PAIRS", pairs)
        found = jaccard(sparse(a), sparse(b).transposed())
    least = torch.minimum(a[:, None], b).sum(2)
    wanted = 1 - least / (2 - least)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-6)
    whole = (a.sum(1) > 0)[:, None] & (b.sum(1) > 0)
    ratio = 1 - least / torch.maximum(a[:, None], b).sum(2)
    torch.testing.assert_close(found[whole], ratio[whole], rtol=0, atol=1e-5)


def test_of_equal_and_of_strangers() -> None:
    dense = torch.tensor([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 0.75]])
    found = jaccard(sparse(dense), sparse(dense).transposed())
    assert found.tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_parts_and_turns() -> None:
    dense = some(7, 5, seed=3)
    dense[3] = 0
    matrix = sparse(dense)
    assert torch.equal(matrix.matrix(), dense)
    assert torch.equal(matrix.transposed().matrix(), dense.T)
    assert torch.equal(matrix.transposed().transposed().matrix(), dense)
    for part in (slice(2, 5), slice(None), slice(3, 4), slice(5, 2), slice(4, 99)):
        assert torch.equal(matrix[part].matrix(), dense[part])
        assert len(matrix[part]) == len(dense[part])

import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.blocks import DistanceBlocks


@given(q=st.integers(0, 20), g=st.integers(0, 5), block=st.integers(1, 25))
def test_blocks_cover_every_query_once_and_in_order(q: int, g: int, block: int) -> None:
    matrix = torch.arange(q * g, dtype=torch.float32).reshape(q, g)
    blocks = DistanceBlocks.of_matrix(matrix, block)
    seen = [row for rows, _ in blocks for row in range(rows.start, rows.stop)]
    assert seen == list(range(q))
    assert all(0 < len(part) <= block for _, part in blocks)
    assert torch.equal(blocks.matrix(), matrix)


def test_iterating_again_computes_again() -> None:
    calls: list[slice] = []

    def compute(rows: slice) -> torch.Tensor:
        calls.append(rows)
        return torch.zeros(rows.stop - rows.start, 2)

    blocks = DistanceBlocks(3, 2, compute, block=2)
    assert calls == []
    list(blocks)
    list(blocks)
    assert calls == [slice(0, 2), slice(2, 3)] * 2

import torch

from passerby.core.blocks import DistanceBlocks
from passerby.reports.chosen import chosen


def test_only_the_chosen_rows_are_computed() -> None:
    matrix, asked = torch.rand(7, 3), []

    def compute(rows: slice) -> torch.Tensor:
        asked.extend(range(*rows.indices(7)))
        return matrix[rows]

    blocks = chosen(DistanceBlocks(7, 3, compute, block=2), torch.tensor([5, 1, 1]))
    assert torch.equal(blocks.matrix(), matrix[[5, 1, 1]])
    assert asked == [5, 1, 1]
    assert (blocks.queries, blocks.gallery) == (3, 3)


def test_none_chosen() -> None:
    blocks = chosen(DistanceBlocks.of_matrix(torch.rand(2, 3)), torch.zeros(0, dtype=torch.int64))
    assert blocks.matrix().shape == (0, 3)

import pytest
import torch
from torch import Tensor

from passerby.ranking.sparse import (
    coo_of_lists,
    dense,
    lengths_of_rows,
    of_lists,
    transposed,
    unit_rows,
)

# scipy's, which serve a CPU, and torch's, which serve a GPU and can be tried anywhere.
both_kinds = pytest.mark.parametrize("lists", [of_lists, coo_of_lists])


def some(rows: int, width: int, each: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Columns, values, and the dense matrix that they make."""
    generator = torch.Generator().manual_seed(seed)
    columns = torch.rand(rows, width, generator=generator).argsort(1)[:, :each]
    values = torch.randn(rows, each, generator=generator)
    return columns, values, torch.zeros(rows, width).scatter(1, columns, values)


@both_kinds
@pytest.mark.parametrize(("rows", "width", "each"), [(5, 7, 3), (1, 4, 4), (6, 3, 1)])
def test_sums_products_and_lengths_are_those_of_dense_matrices(lists, rows, width, each) -> None:
    columns, values, whole = some(rows, width, each, seed=1)
    other_columns, other_values, other = some(width, rows, min(rows, 2), seed=2)
    a, b = lists(columns, values, width), lists(other_columns, other_values, rows)
    torch.testing.assert_close(dense(a), whole)
    torch.testing.assert_close(dense(transposed(a)), whole.T)
    torch.testing.assert_close(dense(a @ b), whole @ other)
    square = a @ b
    torch.testing.assert_close(
        dense(square + transposed(square)), whole @ other + (whole @ other).T
    )
    torch.testing.assert_close(lengths_of_rows(a), whole.norm(dim=1))
    torch.testing.assert_close(dense(unit_rows(a)), torch.nn.functional.normalize(whole, dim=1))


@both_kinds
def test_a_row_of_zeros_stays(lists) -> None:
    nothing = lists(torch.tensor([[0, 1]]), torch.zeros(1, 2), 3)
    assert dense(unit_rows(nothing)).tolist() == [[0.0, 0.0, 0.0]]


@both_kinds
def test_what_came_is_left_as_it_was(lists) -> None:
    columns, values = torch.tensor([[2, 0]]), torch.tensor([[5.0, 7.0]])
    lists(columns, values, 3)
    assert (columns.tolist(), values.tolist()) == ([[2, 0]], [[5.0, 7.0]])

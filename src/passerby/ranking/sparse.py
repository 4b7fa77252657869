"""Sparse matrices on either device: scipy's on a CPU, which are faster there, torch's elsewhere.

Both kinds add by `+` and multiply by `@`; this is the one place that knows the difference.
"""

from typing import Any

import torch
from scipy.sparse import csr_array
from torch import Tensor

Sparse = Any
"""`scipy.sparse.csr_array`, or a sparse `torch.Tensor` (COO, coalesced)."""


def of_lists(columns: Tensor, values: Tensor, width: int) -> Sparse:
    """The sparse matrix (R, width) that holds `values` (R, K) at `columns` (R, K).

    A row's columns are distinct.

    >>> dense(of_lists(torch.tensor([[2, 0]]), torch.tensor([[5.0, 7.0]]), width=3))
    tensor([[7., 0., 5.]])
    """
    size, each = columns.shape
    starts = torch.arange(0, size * each + 1, max(each, 1), device=columns.device)
    if values.device.type == "cpu":
        parts = (part.reshape(-1).numpy() for part in (values, columns.int(), starts.int()))
        # A copy: sorting happens in place, and must not reach the caller's values.
        matrix = csr_array(tuple(parts), shape=(size, width), copy=True)
        matrix.sort_indices()
        return matrix
    return coo_of_lists(columns, values, width)


def coo_of_lists(columns: Tensor, values: Tensor, width: int) -> Tensor:
    """`of_lists` as torch's sparse tensor, on any device."""
    rows = torch.arange(len(columns), device=columns.device)[:, None].expand_as(columns)
    places = torch.stack([rows.reshape(-1), columns.reshape(-1)])
    return torch.sparse_coo_tensor(
        places, values.reshape(-1), (len(columns), width), check_invariants=False
    ).coalesce()


def transposed(matrix: Sparse) -> Sparse:
    """(R, W) -> (W, R)."""
    return matrix.t().coalesce() if isinstance(matrix, Tensor) else matrix.T.tocsr()


def lengths_of_rows(matrix: Sparse) -> Tensor:
    """Euclidean length of each row: (R,) float32, at least 1e-12."""
    if isinstance(matrix, Tensor):
        matrix = matrix.coalesce()
        counts = torch.bincount(matrix.indices()[0], minlength=matrix.shape[0])
        values = matrix.values()
    else:
        counts = torch.from_numpy(matrix.indptr).long().diff()
        values = torch.from_numpy(matrix.data)
    # Rows stand one after the other: a sum by rows needs no additions in whatever order.
    return torch.segment_reduce(values.square(), "sum", lengths=counts).sqrt().clamp(min=1e-12)


def unit_rows(matrix: Sparse) -> Sparse:
    """Each row scaled to length 1; a row of zeros stays.

    >>> dense(unit_rows(of_lists(torch.tensor([[0, 1]]), torch.tensor([[3.0, 4.0]]), width=2)))
    tensor([[0.6000, 0.8000]])
    """
    lengths = lengths_of_rows(matrix)
    if isinstance(matrix, Tensor):
        matrix = matrix.coalesce()
        values = matrix.values() / lengths[matrix.indices()[0]]
        return torch.sparse_coo_tensor(
            matrix.indices(), values, matrix.shape, is_coalesced=True, check_invariants=False
        )
    counts = torch.from_numpy(matrix.indptr).long().diff()
    values = torch.from_numpy(matrix.data) / lengths.repeat_interleave(counts)
    return csr_array((values.numpy(), matrix.indices, matrix.indptr), shape=matrix.shape)


def dense(matrix: Sparse) -> Tensor:
    """All of it: (R, W)."""
    return matrix.to_dense() if isinstance(matrix, Tensor) else torch.from_numpy(matrix.toarray())

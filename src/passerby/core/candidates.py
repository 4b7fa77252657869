"""Candidates for the nearest neighbours within a set, by matrix products, tile after tile."""

from functools import partial

import numpy as np
import torch
from torch import Tensor

from passerby.core.compiled import available, compiled, spread
from passerby.core.products import products

ROWS, COLUMNS = 2048, 2048
"""One tile of distances: 16 MiB."""


def candidates_of(features: Tensor, norms: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Each row's nearest `count` of all rows, itself included, up to the rounding of products.

    features: (N, D) float32, contiguous; norms: (N,) float32, their squared lengths
    count:    at most N

    Returns indices (N, count) int64 and squares (N, count) float32, nearest first, and the
    square of the furthest (N,) float32. Squares can be slightly below 0. On a CPU with Numba
    only the upper triangle of the N x N products is computed.

    >>> features = torch.tensor([[0.0], [1.0], [3.0]])
    >>> [part.tolist() for part in candidates_of(features, features[:, 0] ** 2, 2)]
    [[[0, 1], [1, 0], [2, 1]], [[0.0, 1.0], [0.0, 1.0], [0.0, 4.0]], [9.0, 4.0, 9.0]]
    """
    if features.device.type == "cpu" and available():
        return _compiled(features, norms, count)
    step = max(1, ROWS * COLUMNS // len(features))
    # Filled in place: small answers among large tiles would leave the heap full of holes.
    indices = features.new_empty(len(features), count, dtype=torch.int64)
    values, furthest = features.new_empty(len(features), count), torch.empty_like(norms)
    for start in range(0, len(features), step):
        rows = slice(start, start + step)
        squares = torch.addmm(norms, features[rows], features.T, alpha=-2)
        squares.add_(norms[rows, None])
        values[rows], indices[rows] = squares.topk(count, dim=1, largest=False)
        furthest[rows] = squares.amax(1)
    return indices, values, furthest


def _compiled(features: Tensor, norms: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Each tile of the upper triangle serves its rows and, turned over, its columns."""
    n = len(features)
    indices = np.zeros((n, count), np.int64)
    values = np.full((n, count), np.inf, np.float32)
    furthest = np.zeros(n, np.float32)
    squares = norms.numpy()
    of_rows, of_columns = compiled(_update_rows), compiled(_update_columns)
    for top, bottom, left, right in _tiles(n):
        tile = products(features[top:bottom], features[left:right]).numpy()
        own = squares[top:bottom], squares[left:right]
        lists = values[top:bottom], indices[top:bottom], furthest[top:bottom]
        spread(partial(of_rows, tile, *own, left, *lists), bottom - top, least=16)
        if left >= bottom:
            lists = values[left:right], indices[left:right], furthest[left:right]
            spread(partial(of_columns, tile, top, *lists), right - left, least=64)
    return torch.from_numpy(indices), torch.from_numpy(values), torch.from_numpy(furthest)


def _tiles(n: int) -> list[tuple[int, int, int, int]]:
    """Rows and columns (top, bottom, left, right) of the square tiles on the diagonal of an
    n x n matrix, and of those to the right of each."""
    tiles = []
    for top in range(0, n, ROWS):
        bottom = min(top + ROWS, n)
        tiles.append((top, bottom, top, bottom))
        for left in range(bottom, n, COLUMNS):
            tiles.append((top, bottom, left, min(left + COLUMNS, n)))
    return tiles


def _update_rows(
    tile: np.ndarray,
    own: np.ndarray,
    others: np.ndarray,
    first: int,
    values: np.ndarray,
    indices: np.ndarray,
    furthest: np.ndarray,
    start: int,
    stop: int,
) -> None:
    """Turn products (m, n) into squares, in place, and let the near ones into the rows' lists.

    own: (m,), others: (n,), squared lengths; first: index of the first column
    """
    last = values.shape[1] - 1
    far = np.empty(128, np.float32)
    for row in range(start, stop):
        worst = values[row, last]
        norm = own[row]
        far[:] = furthest[row]
        for begin in range(0, tile.shape[1], 128):
            part, norms = tile[row, begin : begin + 128], others[begin : begin + 128]
            # Most stretches hold nothing near enough. No branch, so that it runs in vectors.
            near = False
            for at in range(part.shape[0]):
                square = norm + norms[at] - np.float32(2) * part[at]
                part[at] = square
                near |= square < worst
                far[at] = max(far[at], square)
            if near:
                for at in range(part.shape[0]):
                    if part[at] < worst:
                        place = last
                        while place > 0 and part[at] < values[row, place - 1]:
                            values[row, place] = values[row, place - 1]
                            indices[row, place] = indices[row, place - 1]
                            place -= 1
                        values[row, place] = part[at]
                        indices[row, place] = first + begin + at
                        worst = values[row, last]
        furthest[row] = far.max()


def _update_columns(
    tile: np.ndarray,
    first: int,
    values: np.ndarray,
    indices: np.ndarray,
    furthest: np.ndarray,
    start: int,
    stop: int,
) -> None:
    """Let the near ones of squares (m, n) into the columns' lists; first: index of the first row.

    Entries come in the order of the rows, as in a tile they are read.
    """
    last = values.shape[1] - 1
    worst, far = values[start:stop, last].copy(), furthest[start:stop]
    for row in range(tile.shape[0]):
        for begin in range(0, stop - start, 128):
            part = tile[row, start + begin : min(start + begin + 128, stop)]
            limits, furthests = worst[begin : begin + 128], far[begin : begin + 128]
            near = False
            for at in range(part.shape[0]):
                near |= part[at] < limits[at]
                furthests[at] = max(furthests[at], part[at])
            if near:
                for at in range(part.shape[0]):
                    if part[at] < limits[at]:
                        column = start + begin + at
                        place = last
                        while place > 0 and part[at] < values[column, place - 1]:
                            values[column, place] = values[column, place - 1]
                            indices[column, place] = indices[column, place - 1]
                            place -= 1
                        values[column, place] = part[at]
                        indices[column, place] = first + row
                        limits[at] = values[column, last]

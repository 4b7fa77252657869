"""MATLAB files whose bytes do not depend on the hour at which they are written."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import savemat

from passerby.core.files import write_atomically

_HEADER = 116  # bytes of text at the start; scipy writes the time into it


def write_mat(path: Path, name: str, value: Any) -> Path:
    """Write one variable; a list of dicts with the same keys becomes a struct array."""
    file = io.BytesIO()
    savemat(file, {name: value}, oned_as="row")
    content = b"MATLAB 5.0 MAT-file, written by Passerby".ljust(_HEADER) + file.getvalue()[_HEADER:]
    return write_atomically(path, lambda to: to.write_bytes(content))


def structs(rows: list[dict[str, Any]]) -> np.ndarray:
    """Rows with the same keys as a struct array (N,).

    >>> structs([{"a": 1}, {"a": "two"}])["a"].tolist()
    [1, 'two']
    """
    array = np.empty(len(rows), [(key, object) for key in (rows[0] if rows else {"none": 0})])
    for number, row in enumerate(rows):
        array[number] = tuple(row.values())
    return array


def cells(values: list[Any]) -> np.ndarray:
    """Values as a cell array (N,)."""
    array = np.empty(len(values), object)
    array[:] = values
    return array

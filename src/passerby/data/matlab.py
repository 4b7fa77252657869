"""Opening MATLAB's newer files, which are HDF5."""

from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError


def open_hdf5(path: Path) -> Any:
    """A MATLAB 7.3 file, opened for reading with h5py.

    Raises PasserbyError when h5py is not installed, or `path` is missing or of another kind.
    """
    try:
        import h5py
    except ImportError:
        raise PasserbyError(
            f"'{path}' is a MATLAB 7.3 file, which needs the package h5py: "
            "pip install 'passerby[cuhk03]'"
        ) from None
    if not path.is_file():
        raise PasserbyError(f"there is no file '{path}'; check the path")
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise PasserbyError(
            f"'{path}' is no MATLAB 7.3 file, or it is damaged ({error}); download it again"
        ) from error

"""Extracting CUHK03's images and classic test sets out of the official archive, once."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.data.cuhk03 import ARCHIVE, IMAGES, TEST_SETS
from passerby.data.folders import require_layout
from passerby.data.matlab import open_hdf5


def extract_cuhk03(
    root: Path, progress: Callable[[int, int], object] = lambda done, total: None
) -> int:
    """Write the images of ROOT/cuhk03_release/cuhk-03.mat as PNG, and the classic test sets.

    Fills ROOT/images_labeled and ROOT/images_detected with names as 1_843_2_07.png (camera pair,
    person of that pair, view, picture) and writes ROOT/cuhk03_test_sets.json. What is already
    there stays, so that an interrupted run goes on. `progress` is told how many of all
    places for a picture are done; many places are empty.

    Returns the number of images written. Raises PasserbyError when the archive is missing or
    damaged, h5py is not installed, or a file cannot be written.
    """
    require_layout(root, "CUHK03's archive", [[ARCHIVE]])
    with open_hdf5(root / ARCHIVE) as archive:
        try:
            return _extract(archive, root, progress)
        except (KeyError, IndexError, OSError) as error:
            raise PasserbyError(
                f"'{root / ARCHIVE}' is damaged or not CUHK03's ({error}); download it again"
            ) from error


def _extract(archive: Any, root: Path, progress: Callable[[int, int], object]) -> int:
    cells = [cell for boxes in IMAGES for cell in _cells(archive, boxes)]
    written = 0
    for done, (boxes, name, reference) in enumerate(cells, start=1):
        path = root / IMAGES[boxes] / name
        if not path.exists():
            pixels = np.asarray(archive[reference]).T  # (3, W, H) -> (H, W, 3)
            # MATLAB stores an empty cell as the two numbers of its shape.
            if pixels.ndim == 3:
                write_atomically(path, _png(pixels))
                written += 1
        progress(done, len(cells))
    tests = [
        np.asarray(archive[reference]).T.astype(int).tolist()  # (2, 100) -> (100, 2)
        for reference in np.asarray(archive["testsets"]).ravel()
    ]
    write_atomically(root / TEST_SETS, lambda to: to.write_text(json.dumps(tests)))
    return written


def _cells(archive: Any, boxes: str) -> Iterator[tuple[str, str, Any]]:
    """Kind of boxes, file name and HDF5 reference of every place for a picture."""
    for pair, people in enumerate(np.asarray(archive[boxes]).ravel(), start=1):
        # (10, people): five pictures of view 1, then five of view 2
        for person, pictures in enumerate(np.asarray(archive[people]).T, start=1):
            for picture, reference in enumerate(pictures, start=1):
                view = 1 if picture <= 5 else 2
                yield boxes, f"{pair}_{person:03d}_{view}_{picture:02d}.png", reference


def _png(pixels: np.ndarray) -> Callable[[Path], object]:
    encoded = cv2.imencode(".png", cv2.cvtColor(pixels.astype(np.uint8), cv2.COLOR_RGB2BGR))[1]
    return lambda to: to.write_bytes(encoded.tobytes())

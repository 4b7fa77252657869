"""Contact sheets: many small pictures in one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from passerby.core.files import write_atomically
from passerby.data.images import read_image


def contact_sheet(pictures: Sequence[np.ndarray], columns: int, gap: int = 4) -> np.ndarray:
    """Pictures of one size side by side, row by row, on white: (H, W, 3) uint8 RGB.

    >>> contact_sheet([np.zeros((4, 2, 3), np.uint8)] * 3, columns=2, gap=1).shape
    (11, 7, 3)
    """
    if not pictures:
        return np.full((1, 1, 3), 255, np.uint8)
    high, wide = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * (high + gap) + gap, columns * (wide + gap) + gap, 3), 255, np.uint8)
    for number, picture in enumerate(pictures):
        top = gap + (number // columns) * (high + gap)
        left = gap + (number % columns) * (wide + gap)
        sheet[top : top + high, left : left + wide] = picture
    return sheet


def write_sheet(files: Sequence[Path], out: Path, columns: int, height: int) -> Path:
    """A contact sheet of picture files as a JPEG, each `height` pixels high and all as wide as the
    first."""
    pictures = []
    for file in files:
        picture = read_image(file)
        wide = (
            pictures[0].shape[1]
            if pictures
            else round(height * picture.shape[1] / picture.shape[0])
        )
        small = Image.fromarray(picture).resize((wide, height), Image.Resampling.LANCZOS)
        pictures.append(np.asarray(small))
    sheet = Image.fromarray(contact_sheet(pictures, columns))
    return write_atomically(out, lambda to: sheet.save(to, quality=88))

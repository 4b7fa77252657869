"""`Album`: the pictures behind an evaluation, found again by their keys."""

from pathlib import Path

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.sample import Picture
from passerby.data.images import read_image
from passerby.data.readers import read_dataset
from passerby.pipelines.about import About


class Album:
    """Pictures of an evaluation by their keys; remembers which could not be read.

    about: the evaluation's settings
    root:  the data set's folder now, where it was moved since
    """

    def __init__(self, about: About, root: Path | None = None) -> None:
        self.about = about
        self.root = Path(root) if root else None
        self.missing: dict[str, str] = {}
        self._drawn: dict[str, Picture] | None = None

    def read(self, key: str) -> np.ndarray | None:
        """Pixels (H, W, 3) uint8 RGB, or None when the picture cannot be read."""
        try:
            return read_image(self._place(key))
        except PasserbyError as error:
            self.missing[key] = str(error)
            return None

    def warning(self) -> str:
        """How many pictures are missing, the first of them, and what to do."""
        first, *others = self.missing.values()
        counted = f"{len(self.missing)} pictures" if others else "1 picture"
        return (
            f"{counted} could not be read and left blank; the first: {first}\n"
            "If the data set was moved, say where it is now: passerby report RUN --root FOLDER"
        )

    def _place(self, key: str) -> Path | Picture:
        path = Path(key)
        if self.root and self.about.root and path.is_relative_to(self.about.root):
            return self.root / path.relative_to(self.about.root)
        if path.is_file():
            return path
        # Rendered pictures are no files: the data set's reader makes them anew.
        return self._pictures().get(key, path)

    def _pictures(self) -> dict[str, Picture]:
        if self._drawn is None:
            try:
                before = Path(self.about.root) if self.about.root else None
                splits = read_dataset(self.about.dataset, self.root or before, self.about.options)
            except PasserbyError:
                self._drawn = {}
            else:
                self._drawn = {
                    sample.key: sample.pixels
                    for sample in (*splits.query, *splits.gallery)
                    if not isinstance(sample.pixels, Path)
                }
        return self._drawn

"""Reading MOTChallenge text files: boxes of a video, with identities or detection scores."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np

from passerby.core.errors import PasserbyError

NOBODY = -1
"""Identity of a box that belongs to no track."""
_LAST = 10_000_000
"""Frames in a video at most, since each is looked at: four days of 25 a second."""
_LARGEST = 2**53
"""Whole numbers beyond it cannot be told apart in float64."""


@dataclass(frozen=True, eq=False)
class VideoBoxes:
    """N boxes of a video, in the order of the file.

    frames: (N,) int64, from 1
    ids:    (N,) int64, `NOBODY` (-1) where a box is of no track
    boxes:  (N, 4) float64 xyxy, pixels
    scores: (N,) float64, the larger the surer
    """

    frames: np.ndarray
    ids: np.ndarray
    boxes: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, which: np.ndarray) -> Self:
        """Some of the boxes: by mask (N,) bool or by places (M,) int64."""
        return type(self)(
            self.frames[which], self.ids[which], self.boxes[which], self.scores[which]
        )

    @property
    def last(self) -> int:
        """Number of the last frame that has a box; 0 without boxes."""
        return int(self.frames.max(initial=0))

    def by_frame(self, frames: int) -> list[Self]:
        """The boxes of frame 1, 2, ... `frames`, each in the order of the file.

        >>> boxes = VideoBoxes(np.array([2]), np.array([7]), np.ones((1, 4)), np.ones(1))
        >>> [len(frame) for frame in boxes.by_frame(3)]
        [0, 1, 0]
        """
        order = np.argsort(self.frames, kind="stable")
        ends = np.searchsorted(self.frames[order], np.arange(1, frames + 2))
        return [self[order[a:b]] for a, b in pairwise(ends)]


def read_mot(path: Path, truth: bool = False) -> VideoBoxes:
    """The boxes of a file with a line for each: frame, id, left, top, width, height, score, ...

    Numbers are parted by commas or by blanks; columns after the seventh are not looked at. Frames
    count from 1; -1 is the id of a mere detection. Without a seventh column all scores are 1.

    truth: the file is the ground truth, whose seventh column says with 0 that a box is not to be
           judged (of somebody seated, of a car); those lines are left out

    Raises PasserbyError, naming the file and the line, when the file cannot be read, when a line
    has fewer than six numbers or something that is no number, when a frame or an identity is no
    whole number, when a frame is below 1 or above ten million or a box has no size, and when a
    frame has an identity twice.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "gt.txt"
    >>> _ = path.write_text("1,7,10,20,30,40,1,-1,-1,-1")
    >>> read_mot(path).boxes
    array([[10., 20., 40., 60.]])
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PasserbyError(
            f"'{path}' cannot be read ({reason}); give a MOTChallenge text file"
        ) from error
    numbers = [n for n, line in enumerate(lines, start=1) if line.strip()]
    rows = [_numbers(lines[n - 1], path, n) for n in numbers]
    table = np.array(rows, np.float64).reshape(-1, 7)  # (N, 7)
    left_top, sizes = table[:, 2:4], table[:, 4:6]
    found = VideoBoxes(
        frames=table[:, 0].astype(np.int64),
        ids=table[:, 1].astype(np.int64),
        boxes=np.concatenate([left_top, left_top + sizes], 1),
        scores=table[:, 6],
    )
    kept = found.scores != 0 if truth else np.ones(len(found), bool)
    _require_once(found[kept], path, np.array(numbers, np.int64)[kept])
    return found[kept]


def _numbers(line: str, path: Path, number: int) -> list[float]:
    """The first seven numbers of a line, the seventh 1 where there are six."""
    where = f"line {number} of '{path}'"
    words = line.replace(",", " ").split()
    try:
        values = [float(word) for word in words[:7]]
    except ValueError as error:
        raise PasserbyError(
            f"{where} holds something that is no number: {line.strip()!r}; lines read frame, id, "
            "left, top, width, height, score"
        ) from error
    if len(values) < 6:
        raise PasserbyError(
            f"{where} has {len(values)} numbers; it needs six at least: frame, id, left, top, "
            "width, height"
        )
    if not np.isfinite(values).all():
        raise PasserbyError(f"{where} holds NaN or infinity; give finite numbers")
    frame, identity, _, _, width, height = values[:6]
    if not 1 <= frame <= _LAST or frame % 1 or identity % 1 or abs(identity) > _LARGEST:
        raise PasserbyError(
            f"{where} has frame {frame:g} and id {identity:g}; frames are whole numbers from 1 to "
            f"{_LAST:,}, not times, and ids whole numbers"
        )
    if width <= 0 or height <= 0:
        raise PasserbyError(f"{where} has a box of {width:g} x {height:g} pixels; it needs a size")
    return values if len(values) == 7 else [*values, 1.0]


def _require_once(found: VideoBoxes, path: Path, lines: np.ndarray) -> None:
    """Raise PasserbyError when a frame has an identity twice. lines: (N,) of each box."""
    tracked = found.ids != NOBODY
    pairs = np.stack([found.frames[tracked], found.ids[tracked]], 1)
    distinct, first = np.unique(pairs, axis=0, return_index=True)
    if len(distinct) < len(pairs):
        again = int(np.setdiff1d(np.arange(len(pairs)), first)[0])
        frame, identity = pairs[again]
        raise PasserbyError(
            f"line {lines[tracked][again]} of '{path}': frame {frame} has identity {identity} a "
            "second time; one person has one box in a frame (-1 is for boxes without identity)"
        )

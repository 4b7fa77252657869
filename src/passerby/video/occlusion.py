"""Where one person passes behind another, and a track may go on with the wrong one."""

import numpy as np

from passerby.video.boxes import cover_matrix


def closeness(boxes: np.ndarray) -> np.ndarray:
    """How nearly each of the people in a frame is one with another, in [0, 1]: (N,).

    boxes: (N, 4) xyxy, pixels. The largest share that somebody covers of him, or he of somebody:
    at 1 one box lies inside the other.

    >>> closeness(np.array([[0, 0, 10, 10], [2, 2, 4, 4], [9, 0, 20, 10]])).tolist()
    [1.0, 1.0, 0.1]
    """
    covers = cover_matrix(boxes, boxes)  # (N, N): share of row that column covers
    np.fill_diagonal(covers, 0)
    return np.maximum(covers, covers.T).max(axis=1, initial=0)


class OccasionFinder:
    """Tells where a track may have gone over to somebody else; fed with one track's boxes.

    close: closeness from which two people may be taken for each other
    lasts: seconds that it must last; shorter is noise of the boxes
    gap:   seconds unseen after which somebody else may stand there

    >>> finder = OccasionFinder(close=0.5, lasts=0.2, gap=1.0)
    >>> [finder.add(t / 10, c, 0.1) for t, c in enumerate([0.0, 0.6, 0.9, 0.7, 0.1])]
    [None, None, None, None, 2]
    """

    def __init__(self, close: float, lasts: float, gap: float) -> None:
        self.close, self.lasts, self.gap = close, lasts, gap
        self._count = 0
        self._last: float | None = None
        self._since: float | None = None
        self._deepest = (0.0, 0)

    def add(self, time: float, closeness: float, step: float) -> int | None:
        """Enter the next box; returns the number (from 0) of the first box that may be another's.

        time: seconds; step: seconds between two frames that are looked at

        It is told once the occasion is over: the box at which the two were closest, or the one
        after a gap.
        """
        number, last = self._count, self._last
        self._count, self._last = number + 1, time
        unseen = 0.0 if last is None else time - last - step
        if unseen >= self.gap > 0:
            self._since = None
        if closeness >= self.close:
            if self._since is None:
                self._since, self._deepest = time, (closeness, number)
            elif closeness > self._deepest[0]:
                self._deepest = (closeness, number)
            return number if unseen >= self.gap > 0 else None
        since, self._since = self._since, None
        if unseen >= self.gap > 0:
            return number
        # Half a step of grace: times are rounded.
        if since is None or last is None or last - since + 1.5 * step < self.lasts:
            return None
        return self._deepest[1]

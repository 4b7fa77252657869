"""`TrackTable`: what a tracker knows of its tracks, a row for each."""

import numpy as np

from passerby.core.detections import Detections
from passerby.video import kalman
from passerby.video.tracker import Tracked


class TrackTable:
    """Tracks with their motion, since when they are unseen, and how they look.

    motion:    of T tracks, predicted to `time`
    ids:       (T,) int64
    seen:      (T,) float64, the time of the last match
    boxes:     (T, 4) float64 xyxy, the last box that was seen
    confirmed: (T,) bool: matched once at least after the first box
    looks:     (T, D) float32 of length 1, NaN where unknown; D is 0 until it is known
    looked:    (T,) float64, the time of the last look, -inf where there was none
    time:      of the last frame, None before the first
    """

    def __init__(self) -> None:
        self.motion = kalman.begin(np.zeros((0, 4)))
        self.ids = np.zeros(0, np.int64)
        self.seen = np.zeros(0)
        self.boxes = np.zeros((0, 4))
        self.confirmed = np.zeros(0, bool)
        self.looks = np.zeros((0, 0), np.float32)
        self.looked = np.zeros(0)
        self.time: float | None = None
        self._step: float | None = None
        self._next = 0

    def __len__(self) -> int:
        return len(self.ids)

    def advance(self, time: float, patience: float) -> tuple[int, ...]:
        """Predict all tracks to `time`; returns those that ended in a gap of the recording.

        Frames that come seldom are no gap: one is longer than `patience` and than twice the step
        before. Raises ValueError when time does not go on.
        """
        ended: tuple[int, ...] = ()
        if self.time is not None:
            step = time - self.time
            if not step > 0:
                raise ValueError(f"time {time} does not come after {self.time}")
            if step > patience and (self._step is None or step > 2 * self._step):
                ended = self.end(np.ones(len(self), bool))
            self.motion = kalman.predict(self.motion, step)
            self._step = step
        self.time = time
        return ended

    def expected(self, time: float) -> kalman.Motion:
        """Where the tracks will be at `time`; changes nothing."""
        step = 0.0 if self.time is None else max(0.0, time - self.time)
        return kalman.predict(self.motion, step)

    def widen(self, length: int) -> None:
        """Features have `length` numbers, from now on; 0 says nothing.

        Raises ValueError when they had another length before.
        """
        held = self.looks.shape[1]
        if length in (0, held):
            return
        if held:
            raise ValueError(f"features of {length} numbers came after some of {held}")
        self.looks = np.full((len(self), length), np.nan, np.float32)

    def look(self, rows: np.ndarray, looks: np.ndarray) -> None:
        """Tracks `rows` (M,) look like `looks` (M, D), NaN where unknown."""
        if looks.shape[1]:
            known = np.isfinite(looks).all(1)
            self.looks[rows[known]], self.looked[rows[known]] = looks[known], self.time

    def match(self, rows: np.ndarray, boxes: np.ndarray) -> None:
        """Tracks `rows` (M,) were seen at `boxes` (M, 4)."""
        moved = kalman.correct(self.motion[rows], boxes)
        self.motion.mean[rows] = moved.mean
        self.motion.covariance[rows] = moved.covariance
        self.seen[rows], self.boxes[rows], self.confirmed[rows] = self.time, boxes, True

    def restart(self, rows: np.ndarray, boxes: np.ndarray) -> None:
        """Tracks `rows` (M,) were found again at `boxes` (M, 4), wherever they were expected."""
        begun = kalman.begin(boxes)
        self.motion.mean[rows], self.motion.covariance[rows] = begun.mean, begun.covariance

    def begin(self, boxes: np.ndarray) -> np.ndarray:
        """Begin a track at each box (N, 4); returns their ids (N,)."""
        count = len(boxes)
        ids = np.arange(self._next, self._next + count)
        self._next += count
        self.motion = kalman.join(self.motion, kalman.begin(boxes))
        self.ids = np.concatenate([self.ids, ids])
        self.seen = np.concatenate([self.seen, np.full(count, self.time, np.float64)])
        self.boxes = np.concatenate([self.boxes, boxes])
        self.confirmed = np.concatenate([self.confirmed, np.zeros(count, bool)])
        unknown = np.full((count, self.looks.shape[1]), np.nan, np.float32)
        self.looks = np.concatenate([self.looks, unknown])
        self.looked = np.concatenate([self.looked, np.full(count, -np.inf)])
        return ids

    def end(self, which: np.ndarray) -> tuple[int, ...]:
        """Forget the tracks of the mask `which` (T,); returns their ids."""
        ended, stay = tuple(self.ids[which].tolist()), ~which
        self.motion, self.ids, self.seen = self.motion[stay], self.ids[stay], self.seen[stay]
        self.boxes, self.confirmed = self.boxes[stay], self.confirmed[stay]
        self.looks, self.looked = self.looks[stay], self.looked[stay]
        return ended

    def settle(
        self, detections: Detections, rows: np.ndarray, new: float, patience: float
    ) -> Tracked:
        """Enter what was matched, end what is over, begin what is new; boxes are `harmless`.

        rows:     (N,) int64, the track (row) of each detection, -1 where it has none
        new:      the score from which a box without track begins one
        patience: seconds that a confirmed track waits unseen
        """
        matched = np.flatnonzero(rows >= 0)
        self.match(rows[matched], detections.boxes[matched].astype(np.float64))
        ids = np.full(len(detections), -1, np.int64)
        ids[matched] = self.ids[rows[matched]]
        assert self.time is not None  # `advance` comes first
        waits = np.where(self.confirmed, self.time - self.seen <= patience, self.seen == self.time)
        ended = self.end(~waits)
        fresh = np.flatnonzero((rows < 0) & (detections.scores >= new))
        ids[fresh] = self.begin(detections.boxes[fresh].astype(np.float64))
        return Tracked(ids, ended)


def harmless(detections: Detections) -> Detections:
    """The same boxes; those that no track may have are empty and of score -1.

    Those are boxes that are not finite or have no area, or whose score is not finite.

    >>> harmless(Detections.of(np.array([[0, 0, 9, 9], [0, 0, np.inf, 9]]), np.ones(2))).scores
    array([ 1., -1.], dtype=float32)
    """
    boxes, scores = detections.boxes, detections.scores
    good = np.isfinite(boxes).all(1) & np.isfinite(scores)
    good &= (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    if good.all():
        return detections
    return Detections(
        np.where(good[:, None], boxes, 0), np.where(good, scores, -1), detections.classes
    )

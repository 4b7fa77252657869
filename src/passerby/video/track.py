"""`Tracker`: which boxes of one frame are the people of the frames before."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video import kalman
from passerby.video.boxes import iou_matrix


@dataclass(frozen=True, eq=False)
class Tracked:
    """What a tracker says of one frame.

    ids:   (N,) int64, the track of each detection, -1 where it has none; tracks count from 0
    ended: the tracks that will not go on
    """

    ids: np.ndarray
    ended: tuple[int, ...]


class Tracker:
    """Tracking by motion alone, after Zhang et al., "ByteTrack: Multi-Object Tracking by
    Associating Every Detection Box", 2022.

    Every track is predicted by a Kalman filter. Boxes of high score are matched first, by
    overlap weighted with their score; the tracks left over then try the boxes of low score,
    which are often the same people half hidden. A high box that nobody claims begins a track,
    which ends at once if the next frame does not confirm it, or after `patience` unseen.

    sure:     the score from which a box is high
    new:      the score from which it may begin a track; None is `sure` + 0.1
    patience: seconds that a confirmed track waits unseen
    overlap:  the least IoU x score of a match of high boxes; of low ones IoU 0.5 is asked, of a
              track that is not yet confirmed IoU 0.3

    Raises PasserbyError when a setting is out of its range.
    """

    def __init__(
        self,
        sure: float = 0.5,
        new: float | None = None,
        patience: float = 1.0,
        overlap: float = 0.2,
    ) -> None:
        if not (0 <= sure <= 1 and 0 <= overlap <= 1 and patience >= 0):
            raise PasserbyError(
                f"sure={sure}, overlap={overlap}, patience={patience}: the first two must lie in "
                "[0, 1], and patience is a number of seconds"
            )
        self.sure, self.patience, self.overlap = sure, patience, overlap
        self.new = sure + 0.1 if new is None else new
        self._motion = kalman.begin(np.zeros((0, 4)))
        self._ids = np.zeros(0, np.int64)
        self._seen = np.zeros(0)  # time of the last match
        self._confirmed = np.zeros(0, bool)
        self._time: float | None = None
        self._next = 0

    def update(self, detections: Detections, time: float) -> Tracked:
        """Go on to the frame at `time` (seconds, later than the one before)."""
        if self._time is not None:
            if time <= self._time:
                raise ValueError(f"time {time} does not come after {self._time}")
            self._motion = kalman.predict(self._motion, time - self._time)
        seen_before = self._seen == self._time  # in the frame before, that is: not lost
        self._time = time

        # The track (row) of each detection, -1 where none.
        rows = np.full(len(detections), -1, dtype=np.int64)
        overlaps = iou_matrix(self._motion.boxes, detections.boxes)
        high = detections.scores >= self.sure
        fused = overlaps * detections.scores
        stages = (
            (self._confirmed, high, fused, self.overlap),
            (self._confirmed & seen_before, ~high, overlaps, 0.5),
            (~self._confirmed, high, fused, 0.3),
        )
        for tracks, boxes, similarity, least in stages:
            free = tracks & ~np.isin(np.arange(len(self._ids)), rows)
            _assign(similarity, free, boxes & (rows < 0), least, rows)

        matched = np.flatnonzero(rows >= 0)
        moved = kalman.correct(self._motion[rows[matched]], detections.boxes[matched])
        self._motion.mean[rows[matched]] = moved.mean
        self._motion.covariance[rows[matched]] = moved.covariance
        self._seen[rows[matched]] = time
        self._confirmed[rows[matched]] = True
        ids = np.where(rows >= 0, self._ids[rows] if len(self._ids) else -1, -1)

        alive = np.where(self._confirmed, time - self._seen <= self.patience, self._seen == time)
        ended = tuple(self._ids[~alive].tolist())
        self._keep(alive)
        fresh = np.flatnonzero((rows < 0) & (detections.scores >= max(self.new, self.sure)))
        ids[fresh] = self._begin(detections.boxes[fresh])
        return Tracked(ids, ended)

    def finish(self) -> tuple[int, ...]:
        """End every track: the recording is over."""
        ended = tuple(self._ids.tolist())
        self._keep(np.zeros(len(self._ids), bool))
        return ended

    def _keep(self, alive: np.ndarray) -> None:
        self._motion, self._ids = self._motion[alive], self._ids[alive]
        self._seen, self._confirmed = self._seen[alive], self._confirmed[alive]

    def _begin(self, boxes: np.ndarray) -> np.ndarray:
        """Begin a track at each box (N, 4); returns their ids (N,)."""
        ids = np.arange(self._next, self._next + len(boxes))
        self._next += len(boxes)
        self._motion = kalman.join(self._motion, kalman.begin(boxes))
        self._ids = np.concatenate([self._ids, ids])
        self._seen = np.concatenate([self._seen, np.full(len(boxes), self._time, np.float64)])
        self._confirmed = np.concatenate([self._confirmed, np.zeros(len(boxes), bool)])
        return ids


def _assign(
    similarity: np.ndarray, tracks: np.ndarray, boxes: np.ndarray, least: float, rows: np.ndarray
) -> None:
    """Give the chosen boxes to the chosen tracks so that the total similarity is greatest.

    similarity: (T, N); tracks: (T,) bool; boxes: (N,) bool; rows: (N,) int64, written.
    """
    track, box = np.flatnonzero(tracks), np.flatnonzero(boxes)
    # Below the least, a pair is worth nothing: it must not tempt others away.
    worth = similarity[np.ix_(track, box)]
    worth = np.where(worth >= least, worth, 0.0)
    chosen = linear_sum_assignment(worth, maximize=True)
    good = worth[chosen] > 0
    rows[box[chosen[1][good]]] = track[chosen[0][good]]

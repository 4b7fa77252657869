"""`MotionTracker`: following people by where they go, without looking at them."""

import numpy as np

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video.boxes import iou_matrix
from passerby.video.track_assign import assign
from passerby.video.track_table import TrackTable, harmless
from passerby.video.tracker import Tracked

WEAK = 0.5
"""IoU asked of a box of low score."""
UNCONFIRMED = 0.3
"""IoU x score asked of the second box of a track."""


class MotionTracker:
    """Tracking by motion alone, after Zhang et al., "ByteTrack: Multi-Object Tracking by
    Associating Every Detection Box", 2022.

    Every track is predicted by a Kalman filter. Boxes of high score are matched first, by
    overlap weighted with their score; the tracks left over then try the boxes of low score,
    which are often the same people half hidden. A high box that nobody claims begins a track,
    which ends at once if the next frame does not confirm it, or after `patience` unseen. A gap
    in the recording longer than `patience`, and than twice the step between frames before it,
    ends all.

    sure:     the score from which a box is high
    new:      the score from which it may begin a track; None is `sure` + 0.1
    patience: seconds that a confirmed track waits unseen
    overlap:  the least IoU x score of a match of high boxes; of low ones IoU 0.5 is asked, of a
              track that is not yet confirmed IoU x score 0.3

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
        self.new = max(sure, sure + 0.1 if new is None else new)
        self._tracks = TrackTable()

    def wanted(self, detections: Detections, time: float) -> np.ndarray:
        """Nothing: (N,) bool, all False."""
        return np.zeros(len(detections), bool)

    def update(
        self, detections: Detections, time: float, features: np.ndarray | None = None
    ) -> Tracked:
        """Go on to the frame at `time` (seconds, later than the one before)."""
        tracks, before = self._tracks, self._tracks.time
        lost = tracks.advance(time, self.patience)
        rows = np.full(len(detections), -1, dtype=np.int64)
        detections = harmless(detections)
        overlaps = iou_matrix(tracks.motion.boxes, detections.boxes)
        high = detections.scores >= self.sure
        fused = overlaps * detections.scores
        recent = tracks.seen == before  # in the frame before, that is: not lost
        assign(fused, tracks.confirmed, high, self.overlap, rows)
        assign(overlaps, tracks.confirmed & recent, ~high, WEAK, rows)
        assign(fused, ~tracks.confirmed, high, UNCONFIRMED, rows)
        tracked = tracks.settle(detections, rows, self.new, self.patience)
        return Tracked(tracked.ids, lost + tracked.ended)

    def finish(self) -> tuple[int, ...]:
        """End every track: the recording is over."""
        return self._tracks.end(np.ones(len(self._tracks), bool))

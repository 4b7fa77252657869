"""`AppearanceTracker`: following people by where they go and by how they look."""

import numpy as np

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video.appearance import cosine_distances, unit
from passerby.video.boxes import iou_matrix
from passerby.video.occlusion import closeness
from passerby.video.track_assign import assign
from passerby.video.track_motion import UNCONFIRMED, WEAK
from passerby.video.track_table import TrackTable, harmless
from passerby.video.tracker import Tracked

NEAR = 0.1
"""IoU from which looks alone may join a box to a track that is in sight."""
CLEAR = 0.5
"""Closeness to others (see `closeness`) from which a picture no longer tells how one looks."""
ALONE = 0.5
"""IoU at which a box that touches no second track is a track's without a look."""


class AppearanceTracker:
    """Motion and appearance together, in the manner of Aharon et al., "BoT-SORT: Robust
    Associations Multi-Pedestrian Tracking", 2022, and Maggiolino et al., "Deep OC-SORT:
    Multi-Pedestrian Tracking by Adaptive Re-Identification", 2023.

    As `MotionTracker`, and beyond it: each track remembers how its person looks, a moving average
    of features. High boxes are matched by overlap plus likeness; a pair that looks different is
    refused however well it overlaps. A person who was away for up to `memory` seconds is found
    again by looks, as far off as one can have walked. Without features it does what
    `MotionTracker` does, though tracks end later.

    sure, new, patience, overlap: see `MotionTracker`
    memory:  seconds that a track can be found again by looks
    differ:  cosine distance from which two looks are not one person's
    again:   cosine distance up to which a person who was away is believed to be back
    weight:  of likeness against overlap; likeness is 1 at distance 0 and 0 at `differ`
    keep:    how much of the remembered look stays when a new one comes
    refresh: seconds for which a look is good enough, where nobody else is near; 0 wants to look at
             every box in every frame
    pace:    heights of himself that a person may walk in a second

    Distances are those of the embedder: these fit person-reidentification-retail-0277, and were
    chosen on ADL-Rundle-6. `passerby.video.looks` has them for others.

    Raises PasserbyError when a setting is out of its range.
    """

    def __init__(
        self,
        sure: float = 0.5,
        new: float | None = None,
        patience: float = 1.0,
        overlap: float = 0.2,
        memory: float = 10.0,
        differ: float = 0.5,
        again: float = 0.35,
        weight: float = 0.5,
        keep: float = 0.95,
        refresh: float = 0.2,
        pace: float = 1.5,
    ) -> None:
        shares = {"sure": sure, "overlap": overlap, "keep": keep}
        distances = {"differ": differ, "again": again}
        amounts = {"patience": patience, "weight": weight, "refresh": refresh, "pace": pace}
        for name, value in (shares | distances | amounts).items():
            most = 1 if name in shares else 2 if name in distances else np.inf
            if not 0 <= value <= most:
                raise PasserbyError(f"{name} is {value}; it must be at least 0 and at most {most}")
        if not memory >= patience or differ == 0:
            raise PasserbyError(
                f"memory={memory}, patience={patience}, differ={differ}: memory cannot be shorter "
                "than patience, and no two looks differ by less than 0"
            )
        self.sure, self.patience, self.overlap, self.memory = sure, patience, overlap, memory
        self.new = max(sure, sure + 0.1 if new is None else new)
        self.differ, self.again, self.weight, self.keep = differ, again, weight, keep
        self.refresh, self.pace = refresh, pace
        self._tracks = TrackTable()

    def wanted(self, detections: Detections, time: float) -> np.ndarray:
        """(N,) bool: high boxes, but those that can only be one track, looked at just now."""
        detections = harmless(detections)
        high, tracks = detections.scores >= self.sure, self._tracks
        if tracks.time is None or len(tracks) == 0 or len(detections) == 0:
            return high
        overlaps = iou_matrix(tracks.expected(time).boxes, detections.boxes)  # (T, N)
        touching = overlaps > NEAR
        lonely = (touching.sum(0) == 1) & (touching[overlaps.argmax(0)].sum(1) == 1)
        fresh = time - tracks.looked[overlaps.argmax(0)] < self.refresh
        return high & ~(lonely & fresh & (overlaps.max(0) >= ALONE))

    def update(
        self, detections: Detections, time: float, features: np.ndarray | None = None
    ) -> Tracked:
        """Go on to the frame at `time` (seconds, later than the one before)."""
        tracks, before = self._tracks, self._tracks.time
        lost = tracks.advance(time, self.memory)
        looks = _looks(features, len(detections), tracks.looks.shape[1])
        tracks.widen(looks.shape[1])
        detections = harmless(detections)
        rows = np.full(len(detections), -1, dtype=np.int64)
        overlaps = iou_matrix(tracks.motion.boxes, detections.boxes)
        distances = cosine_distances(tracks.looks, looks)  # (T, N), NaN where unknown
        high = detections.scores >= self.sure
        fused = overlaps * detections.scores
        recent = tracks.seen == before  # in the frame before, that is: not lost
        waiting = tracks.confirmed & (recent | (time - tracks.seen <= self.patience))
        assign(self._similarity(overlaps, fused, distances), waiting, high, 1e-6, rows)
        assign(overlaps, tracks.confirmed & recent, ~high, WEAK, rows)
        self._find_again(detections.boxes, distances, tracks.confirmed & ~recent, high, rows)
        assign(fused, ~tracks.confirmed, high, UNCONFIRMED, rows)
        self._remember(detections, looks, rows)
        tracked = tracks.settle(detections, rows, self.new, self.memory)
        fresh = np.flatnonzero((tracked.ids >= 0) & (rows < 0))  # the last rows of the table
        tracks.look(np.arange(len(tracks) - len(fresh), len(tracks)), looks[fresh])
        return Tracked(tracked.ids, lost + tracked.ended)

    def finish(self) -> tuple[int, ...]:
        """End every track: the recording is over."""
        return self._tracks.end(np.ones(len(self._tracks), bool))

    def _similarity(
        self, overlaps: np.ndarray, fused: np.ndarray, distances: np.ndarray
    ) -> np.ndarray:
        """Overlap plus likeness (T, N); 0 where a pair cannot be."""
        known = np.isfinite(distances)
        likeness = np.where(known, 1 - distances / self.differ, 0.0)
        possible = (fused >= self.overlap) | (known & (overlaps >= NEAR))
        return np.where(possible & (likeness >= 0), fused + self.weight * likeness, 0.0)

    def _find_again(
        self,
        boxes: np.ndarray,
        distances: np.ndarray,
        away: np.ndarray,
        high: np.ndarray,
        rows: np.ndarray,
    ) -> None:
        """Give boxes (N, 4) that nobody has to the tracks that are away, by looks."""
        tracks = self._tracks
        assert tracks.time is not None
        near = reachable(tracks.boxes, boxes, tracks.time - tracks.seen, self.pace)
        alike = np.where(near & (distances <= self.again), 2 - distances, 0.0)
        without = rows < 0
        assign(alike, away, high, 1e-6, rows)
        found = np.flatnonzero(without & (rows >= 0))
        tracks.restart(rows[found], boxes[found].astype(np.float64))

    def _remember(self, detections: Detections, looks: np.ndarray, rows: np.ndarray) -> None:
        """Take the new looks into the tracks' where nobody else is in the picture."""
        clear = (rows >= 0) & np.isfinite(looks).all(1) & (closeness(detections.boxes) < CLEAR)
        seen = np.flatnonzero(clear)
        old = self._tracks.looks[rows[seen]]
        mixed = np.where(
            np.isfinite(old), self.keep * old + (1 - self.keep) * looks[seen], looks[seen]
        )
        self._tracks.look(rows[seen], unit(mixed))


def reachable(old: np.ndarray, new: np.ndarray, seconds: np.ndarray, pace: float) -> np.ndarray:
    """Whether who was last seen at `old` can be at `new` now: (T, N) bool.

    old: (T, 4), new: (N, 4), xyxy, pixels; seconds: (T,) since then; pace: heights of the box per
    second, from half a height on. The box may have become larger or smaller by half, and by
    another third in every second.

    >>> old, new = np.array([[0.0, 0, 40, 100]]), np.array([[130.0, 0, 170, 100]])
    >>> reachable(old, new, np.array([1.0]), 1.0), reachable(old, new, np.array([0.1]), 1.0)
    (array([[ True]]), array([[False]]))
    """
    heights, others = (np.maximum(boxes[:, 3] - boxes[:, 1], 1e-6) for boxes in (old, new))
    centres, towards = ((boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in (old, new))
    far = np.linalg.norm(centres[:, None] - towards[None], axis=2)  # (T, N)
    ratio = heights[:, None] / others[None]
    change = (1.5 + seconds / 3)[:, None]
    near = far <= heights[:, None] * (0.5 + pace * seconds)[:, None]
    return near & (ratio <= change) & (ratio >= 1 / change)


def _looks(features: np.ndarray | None, count: int, length: int) -> np.ndarray:
    """Features as rows (N, D) of length 1, NaN where unknown; without features D is `length`."""
    if features is None:
        return np.full((count, length), np.nan, np.float32)
    if features.ndim != 2 or len(features) != count:
        raise ValueError(f"features of shape {features.shape} came with {count} boxes")
    return unit(features)

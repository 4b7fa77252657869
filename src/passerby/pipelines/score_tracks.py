"""Score tracks: the boxes of a video against the truth -> detection and tracking scores."""

from dataclasses import dataclass
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.metrics.detection import DetectionScores, detection_scores
from passerby.metrics.mot import NOBODY, read_mot
from passerby.metrics.tracking import TrackingScores, tracking_scores


@dataclass(frozen=True)
class VideoScores:
    """Scores of one video.

    frames:    number of frames, up to the last that has a box in either file
    iou:       overlap from which a found box matched a true one (HOTA takes all thresholds)
    detection: how well the boxes were found
    tracking:  how well identities were kept; None for boxes without identities
    """

    frames: int
    iou: float
    detection: DetectionScores
    tracking: TrackingScores | None

    def summary(self) -> dict[str, float | int | None]:
        """The figures by name; None where there is none."""
        figures: dict[str, float | int | None] = {
            "frames": self.frames,
            "iou": self.iou,
            "average_precision": self.detection.average_precision,
            "precision": self.detection.precision,
            "recall": self.detection.recall,
            "found": self.detection.found,
            "false": self.detection.false,
            "missed": self.detection.missed,
        }
        for name in ("mota", "idf1", "hota", "switches"):
            figures[name] = getattr(self.tracking, name) if self.tracking else None
        # NaN, such as a precision without boxes, is no JSON.
        return {name: None if value != value else value for name, value in figures.items()}


def score_tracks(found: Path, truth: Path, iou: float = 0.5) -> VideoScores:
    """Score the boxes of a video against the truth, both MOTChallenge text files.

    Boxes without identities (id -1) are scored as detections alone. Boxes of the truth that are
    not to be judged are left out of it; whatever was found there counts as false.

    Raises PasserbyError when a file cannot be read (naming the line), when the truth has no boxes
    or boxes without identity, when only some of the found boxes have one, when `iou` is not in
    (0, 1], and when TrackEval is missing.

    Args:
        found: the boxes that were found: frame, id, left, top, width, height, score
        truth: the true boxes; a score of 0 leaves a box out
        iou: overlap from which a found box counts; HOTA takes all thresholds
    """
    if not 0 < iou <= 1:
        raise PasserbyError(f"iou is {iou}; give an overlap above 0 and up to 1, such as 0.5")
    boxes, true = read_mot(found), read_mot(truth, truth=True)
    if len(true) == 0:
        raise PasserbyError(
            f"'{truth}' holds no box that is to be judged; a score of 0 in the seventh column "
            "leaves a box out, so check that it is the ground truth"
        )
    if (true.ids == NOBODY).any():
        raise PasserbyError(
            f"'{truth}' has boxes without identity (-1), so it is no ground truth; give the files "
            "in the order FOUND TRUTH"
        )
    nobody = boxes.ids == NOBODY
    if nobody.any() and not nobody.all():
        raise PasserbyError(
            f"{int(nobody.sum())} of {len(boxes)} boxes in '{found}' have no identity (-1); give "
            "tracks, where all have one, or detections, where none has"
        )
    frames = max(boxes.last, true.last)
    found_frames, true_frames = boxes.by_frame(frames), true.by_frame(frames)
    detection = detection_scores(
        [(frame.boxes, frame.scores) for frame in found_frames],
        [frame.boxes for frame in true_frames],
        iou,
    )
    tracking = None
    if not nobody.any():
        tracking = tracking_scores(
            [(frame.boxes, frame.ids) for frame in found_frames],
            [(frame.boxes, frame.ids) for frame in true_frames],
            iou,
        )
    return VideoScores(frames, iou, detection, tracking)

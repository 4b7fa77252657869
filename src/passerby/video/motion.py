"""`MotionDetector`: whatever moves before a camera that stands still, without any weights.

The background is a mixture of Gaussians at each pixel (Zivkovic, "Improved Adaptive Gaussian
Mixture Model for Background Subtraction", 2004). It adapts: who stands still for some seconds
becomes background, and people who overlap are one box. For rendered scenes, for trials without
a network, and for empty corridors; a trained detector is better everywhere else.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from passerby.core.detections import Detections
from passerby.video.detect_sound import sound_detections


class MotionDetector:
    """Detector that remembers the frames before; use a new one for every recording.

    When the size of the frames changes it begins anew.

    threshold: boxes of a lower score are left out. The score is the share of the box that moves,
               doubled, for a figure fills about half of its box
    height:    the smallest person, as a share of the frame's height
    history:   frames after which the background has changed to something new
    side:      the longer side to which frames are shrunk, in pixels
    """

    def __init__(
        self, threshold: float, height: float = 0.08, history: int = 500, side: int = 640
    ) -> None:
        self.threshold, self.height, self.side = threshold, height, side
        self._history = history
        self._begin((0, 0))

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        """Moving, upright things in frames, each (H, W, 3) uint8 RGB, best score first."""
        return [self._next(frame) for frame in frames]

    def _begin(self, size: tuple[int, int]) -> None:
        self._background = cv2.createBackgroundSubtractorMOG2(self._history, 16, detectShadows=True)
        self._background.setShadowThreshold(0.6)  # darker than that is dark clothes
        self._frames, self._size = 0, size

    def _next(self, pixels: np.ndarray) -> Detections:
        height, width = pixels.shape[:2]
        if (height, width) != self._size:
            self._begin((height, width))
        scale = min(1.0, self.side / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        self._frames += 1
        # Slower than OpenCV's own start, at which a slow walker becomes background in 3 frames.
        rate = max(1 / self._history, min(0.02, 0.5 / self._frames))
        mask = self._background.apply(small, learningRate=rate)
        if self._frames == 1:  # nothing to compare the first frame with
            return Detections.none()
        moving = (mask == 255).astype(np.uint8)  # shadows are 127
        moving = cv2.medianBlur(moving, 3)  # lone pixels are noise
        # Taller than wide: heads, trunks and legs join, neighbours do not. Odd, or it would shift.
        reach = max(3, size[1] // 40)
        kernel = np.ones((3 * reach | 1, reach // 2 | 1), np.uint8)
        joined = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, kernel)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
        left, top, w, h = stats[1:, :4].T.astype(np.float64)  # row 0 is the background
        inside = np.bincount(labels[moving > 0], minlength=len(stats))[1:]
        scores = np.minimum(1.0, 2 * inside / np.maximum(1, w * h))
        good = (h >= self.height * size[1]) & (h >= w) & (h <= 6 * w) & (scores >= self.threshold)
        boxes = np.stack([left, top, left + w, top + h], axis=1)[good]
        boxes *= np.tile([width / size[0], height / size[1]], 2)
        return sound_detections(boxes, scores[good], self.threshold, width, height)

"""`Tracklet`: one person's way through one camera."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """One picture of a tracklet that was worth keeping.

    pixels:  (H, W, 3) uint8 RGB
    frame:   number of the frame it was cut from, first frame 0
    time:    seconds, as in `Tracklet.times`
    quality: higher is better; sharp, large and whole people score high
    box:     where it was cut out: left, top, right, bottom in pixels of the frame
    """

    pixels: np.ndarray
    frame: int
    time: float
    quality: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Tracklet:
    """One person's boxes through one camera, with times and the crops worth keeping.

    camera: the camera's name
    number: counts the tracklets of one recording
    frames: (T,) int64 frame numbers, rising, first frame of the recording 0
    times:  (T,) float64 seconds since the epoch, or since the recording began
    boxes:  (T, 4) float32 xyxy, pixels of the frame
    scores: (T,) float32 detection scores
    crops:  the best pictures, best first; empty until they are chosen
    """

    camera: str
    number: int
    frames: np.ndarray
    times: np.ndarray
    boxes: np.ndarray
    scores: np.ndarray
    crops: tuple[Crop, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def start(self) -> float:
        """Seconds at the first box."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Seconds at the last box."""
        return float(self.times[-1])

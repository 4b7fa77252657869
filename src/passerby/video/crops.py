"""Which pictures of a person are kept: the best, spread over time."""

from collections.abc import Iterable, Sequence

import numpy as np

from passerby.core.tracklet import Crop


def cut(pixels: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The pixels (h, w, 3) inside `box` (4,) xyxy of a frame (H, W, 3), at least 1 x 1; a copy.

    >>> cut(np.zeros((10, 10, 3), np.uint8), np.array([-3.0, 2.2, 4.0, 7.9])).shape
    (6, 4, 3)
    """
    height, width = pixels.shape[:2]
    left, top = (int(v) for v in np.floor(box[:2]).clip(0, [width - 1, height - 1]))
    right, bottom = (int(v) for v in np.ceil(box[2:]).clip([left + 1, top + 1], [width, height]))
    return pixels[top:bottom, left:right].copy()


def best(crops: Iterable[Crop], most: int, apart: float) -> tuple[Crop, ...]:
    """The best crops, best first, never more than `most`, and never two within `apart` seconds.

    Of two that are too near in time the better stays: ten pictures of one instant say no more
    than one.
    """
    chosen: list[Crop] = []
    for crop in sorted(crops, key=lambda crop: (-crop.quality, crop.frame)):
        if len(chosen) == most:
            break
        if all(abs(crop.time - other.time) >= apart for other in chosen):
            chosen.append(crop)
    return tuple(chosen)


def keep_best(kept: Sequence[Crop], crop: Crop, most: int, apart: float) -> tuple[Crop, ...]:
    """The best of those kept and a new one; see `best`."""
    return best([*kept, crop], most, apart)


def spread(seconds: float, most: int, least: float) -> float:
    """Seconds that two kept crops of a tracklet of `seconds` must lie apart.

    Half of what an even spread of `most` crops would have: room to choose the better moments,
    and yet a minute's walk is not told by its best three seconds. At least `least`.

    >>> spread(60, most=5, least=0.5), spread(2, most=5, least=0.5)
    (6.0, 0.5)
    """
    return max(least, seconds / (2 * most))

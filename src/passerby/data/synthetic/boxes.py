"""Boxes as a detector would draw them: nearly right, now and then wrong."""

import numpy as np

from passerby.data.synthetic.styles import BoxErrors


def detected(box: np.ndarray, rng: np.random.Generator, errors: BoxErrors) -> np.ndarray:
    """A detector's box (4,) xyxy around a body's true `box` (4,), about twice as high as wide.

    >>> from passerby.data.synthetic.styles import NO_ERRORS
    >>> rng = np.random.default_rng(0)
    >>> detected(np.array([40.0, 0.0, 60.0, 100.0]), rng, NO_ERRORS).tolist()
    [28.5, 0.0, 71.5, 100.0]
    """
    left, top, right, bottom = box.tolist()
    high = bottom - top
    wide = max(
        (right - left) * float(rng.uniform(*errors.room)), high * float(rng.uniform(*errors.least))
    )
    wide *= float(np.exp(rng.normal(0, errors.size)))
    middle = (left + right) / 2 + float(rng.normal(0, errors.centre)) * wide
    above, below = (rng.normal(errors.margin, errors.size, 2) * high).tolist()
    if rng.random() < errors.lost:  # now and then the feet are lost, more rarely the head
        cut = float(rng.uniform(*errors.cut)) * high
        if rng.random() < 0.75:
            below = -cut
        else:
            above = -0.6 * cut
    if rng.random() < errors.loose:
        slack = rng.uniform(0, errors.slack, 4) * np.array([wide, high, wide, high]) / 2
        middle += float(slack[2] - slack[0]) / 2
        wide += float(slack[0] + slack[2])
        above, below = above + float(slack[1]), below + float(slack[3])
    return np.array([middle - wide / 2, top - above, middle + wide / 2, bottom + below])

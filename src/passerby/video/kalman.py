"""Kalman filter of boxes that move at nearly constant velocity, for all tracks at once.

Centre x, centre y, width and height of a box are followed independently, each as a position and
a velocity (Kalman, "A New Approach to Linear Filtering and Prediction Problems", 1960), with
noises that grow with the box's height: near people move more pixels than far ones.
"""

from dataclasses import dataclass

import numpy as np

# In heights of the box. A walker covers about 0.9 of his height in a second.
MEASUREMENT = 0.05
FIRST_VELOCITY = 1.0  # per second
WANDER = 0.2  # of the position, per root of a second
ACCELERATION = 0.5  # per second, per root of a second


@dataclass(frozen=True, eq=False)
class Motion:
    """What is believed of N boxes.

    mean:       (N, 4, 2) float64: centre x, centre y, width, height; each position in pixels
                and velocity in pixels per second
    covariance: (N, 4, 2, 2) float64
    """

    mean: np.ndarray
    covariance: np.ndarray

    def __len__(self) -> int:
        return len(self.mean)

    def __getitem__(self, which: np.ndarray) -> "Motion":
        return Motion(self.mean[which], self.covariance[which])

    @property
    def boxes(self) -> np.ndarray:
        """(N, 4) float64 xyxy, pixels."""
        centre, size = self.mean[:, :2, 0], self.mean[:, 2:, 0].clip(min=1)
        return np.concatenate([centre - size / 2, centre + size / 2], axis=1)


def begin(boxes: np.ndarray) -> Motion:
    """Motion of boxes (N, 4) xyxy that were seen for the first time: velocity unknown.

    >>> begin(np.array([[0.0, 0.0, 10.0, 20.0]])).mean[0, :, 0]
    array([ 5., 10., 10., 20.])
    """
    positions = _positions(boxes)
    height = positions[:, 3].clip(min=1)
    mean = np.stack([positions, np.zeros_like(positions)], axis=2)  # (N, 4) -> (N, 4, 2)
    covariance = np.zeros((len(boxes), 4, 2, 2))
    covariance[..., 0, 0] = (MEASUREMENT * height[:, None]) ** 2
    covariance[..., 1, 1] = (FIRST_VELOCITY * height[:, None]) ** 2
    return Motion(mean, covariance)


def predict(motion: Motion, seconds: float) -> Motion:
    """Where the boxes will be `seconds` later."""
    step = np.array([[1.0, seconds], [0.0, 1.0]])
    height = motion.mean[:, 3, 0].clip(min=1)
    noise = ACCELERATION**2 * np.array(
        [[seconds**3 / 3, seconds**2 / 2], [seconds**2 / 2, seconds]]
    ) + np.diag([WANDER**2 * seconds, 0])
    return Motion(
        mean=motion.mean @ step.T,
        covariance=step @ motion.covariance @ step.T + noise * height[:, None, None, None] ** 2,
    )


def correct(motion: Motion, boxes: np.ndarray) -> Motion:
    """What is believed once boxes (N, 4) xyxy were measured, one for each."""
    measured = _positions(boxes)
    noise = (MEASUREMENT * measured[:, 3:].clip(min=1)) ** 2  # (N, 1)
    gain = motion.covariance[..., 0] / (motion.covariance[..., 0, 0] + noise)[..., None]
    surprise = measured - motion.mean[..., 0]  # (N, 4)
    return Motion(
        mean=motion.mean + gain * surprise[..., None],
        covariance=motion.covariance - gain[..., :, None] * motion.covariance[..., None, 0, :],
    )


def join(a: Motion, b: Motion) -> Motion:
    """The boxes of `a`, then those of `b`."""
    return Motion(np.concatenate([a.mean, b.mean]), np.concatenate([a.covariance, b.covariance]))


def _positions(boxes: np.ndarray) -> np.ndarray:
    """xyxy (N, 4) -> centre x, centre y, width, height (N, 4)."""
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    return np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], axis=1)

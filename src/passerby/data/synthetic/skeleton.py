"""The spine, the joints of the limbs, and how thick they are."""

import numpy as np

from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import towards
from passerby.data.synthetic.person import Person

LEFT = np.array([1.0, 0.0, 0.0])
UP = np.array([0.0, 1.0, 0.0])
AHEAD = np.array([0.0, 0.0, 1.0])

# Shares of the body's height, from drawing proportions of seven and a half heads.
HIP, THIGH, SHIN, ANKLE = 0.515, 0.235, 0.237, 0.043
SHOULDER, UPPER_ARM, FOREARM = 0.812, 0.172, 0.148
LEVEL = np.array([0.45, 0.48, 0.52, 0.56, 0.60, 0.63, 0.67, 0.71, 0.75, 0.785, 0.808, 0.822, 0.848])
_WIDE_MAN = np.array(
    [0.070, 0.088, 0.095, 0.092, 0.086, 0.085, 0.090, 0.098, 0.105, 0.106, 0.096, 0.071, 0.034]
)
_WIDE_WOMAN = np.array(
    [0.075, 0.096, 0.105, 0.097, 0.082, 0.076, 0.079, 0.086, 0.092, 0.092, 0.083, 0.062, 0.030]
)
_DEEP = np.array(
    [0.055, 0.064, 0.068, 0.063, 0.057, 0.055, 0.058, 0.063, 0.067, 0.062, 0.052, 0.044, 0.036]
)
_BUST = np.array([0, 0, 0.002, 0, 0, 0, 0.002, 0.008, 0.012, 0.004, 0, 0, 0])


class Trunk:
    """Where the spine is, and how the body is turned, at a height given as a share of it."""

    def __init__(self, person: Person, pose: Pose) -> None:
        self.height, self.twist, self.lean = person.height, pose.twist, pose.lean
        mix = person.female
        self.wide = ((1 - mix) * _WIDE_MAN + mix * _WIDE_WOMAN) * (0.35 + 0.65 * person.build)
        belly = np.exp(-(((LEVEL - 0.61) / 0.06) ** 2)) * 0.035 * max(0.0, person.build - 1.05)
        self.deep = (_DEEP + mix * _BUST) * person.build + belly

    def at(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Centres, lateral and depth axes (R, 3) at `level` (R,)."""
        above = np.clip(level - HIP, 0, None)
        turn = self.twist * (np.clip(above / 0.3, 0, 1) * 1.6 - 0.6) * (level < 0.86)
        sin, cos, none = np.sin(turn), np.cos(turn), np.zeros_like(turn)
        ahead = above * np.sin(self.lean) * 1.2 - 0.006 * np.sin((level - 0.5) * 9)
        centres = np.stack([none, level, ahead], 1) * self.height
        return centres, np.stack([cos, none, -sin], 1), np.stack([sin, none, cos], 1)

    def size(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Half width and half depth in metres at `level`."""
        wide, deep = np.interp(level, LEVEL, self.wide), np.interp(level, LEVEL, self.deep)
        return wide * self.height, deep * self.height


def swing(pitch: float, sideways: float) -> np.ndarray:
    """A limb's direction: hanging down, swung ahead by `pitch`, and to the left by `sideways`."""
    way = np.array([np.sin(sideways), -np.cos(sideways) * np.cos(pitch), np.sin(pitch)])
    return way / np.linalg.norm(way)


def leg_joints(person: Person, pose: Pose, side: int) -> np.ndarray:
    """Hip, knee, ankle (3, 3) in metres."""
    h, sign = person.height, 1 - 2 * side
    hip = np.array([sign * (0.046 + 0.006 * person.female) * (0.5 + 0.5 * person.build), HIP, 0.0])
    thigh = swing(pose.hip[side], -sign * (0.02 + 0.03 * person.female))
    shin = swing(pose.hip[side] - pose.knee[side], 0.0)
    knee = hip * h + thigh * THIGH * h
    return np.stack([hip * h, knee, knee + shin * SHIN * h])


def limb(joints: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres and axes along two bones; s 0 at the first joint, 1 at the bend, 2 at the end."""
    first, second = joints[1] - joints[0], joints[2] - joints[1]
    centres = np.where(
        (s < 1)[:, None], joints[0] + s[:, None] * first, joints[1] + (s - 1)[:, None] * second
    )
    blend = np.clip((s - 0.82) / 0.36, 0, 1)[:, None]
    direction = (1 - blend) * first / np.linalg.norm(first) + blend * second / np.linalg.norm(
        second
    )
    lateral, depth = towards(-direction, AHEAD + 1e-3 * UP)
    return centres, lateral, depth


def girth_of(s: np.ndarray, at: list[float], radius: list[float], person: Person) -> np.ndarray:
    """Radii in metres at `s` along a limb; `radius` in shares of the height at places `at`."""
    return np.interp(s, at, radius) * person.height * (0.3 + 0.7 * person.build)


def reach(legs: list[np.ndarray], y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far ahead and behind the thighs are at heights `y`, metres."""
    places = [np.interp(y, leg[::-1, 1], leg[::-1, 2]) for leg in legs]
    return np.maximum(*places), np.minimum(*places)


def arm_joints(
    person: Person, pose: Pose, trunk: Trunk, side: int
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Shoulder, elbow, wrist (3, 3) in metres, and the directions of the two bones."""
    h, sign = person.height, 1 - 2 * side
    centres, lateral, _ = trunk.at(np.array([SHOULDER]))
    wide = float(trunk.size(np.array([0.785]))[0][0])
    shoulder = centres[0] + sign * lateral[0] * (wide * 0.98) + np.array([0, -0.024 * h, 0])
    upper = swing(pose.shoulder[side], sign * pose.abduction[side])
    inward = -0.5 if pose.abduction[side] < 0.05 or pose.elbow[side] > 0.7 else 0.1
    if pose.abduction[side] < 0:  # across the body
        inward = 5.0
    lower = swing(pose.shoulder[side] + pose.elbow[side], sign * pose.abduction[side] * inward)
    elbow = shoulder + upper * UPPER_ARM * h
    return np.stack([shoulder, elbow, elbow + lower * FOREARM * h]), (upper, lower)


def hand_of(person: Person, pose: Pose, trunk: Trunk, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The middle of the hand, metres, and the direction of the forearm."""
    joints, (_, lower) = arm_joints(person, pose, trunk, side)
    return joints[2] + 0.045 * person.height * lower, lower

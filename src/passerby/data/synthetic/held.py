"""Things in hands: phone, bottle, book, paper bag and umbrella."""

import numpy as np

from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import Lofts
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import AHEAD, LEFT, UP, Trunk, hand_of


def add_held(lofts: Lofts, person: Person, pose: Pose, trunk: Trunk) -> None:
    """Add what the free hand holds, and an umbrella overhead when the pose has one."""
    if pose.umbrella:
        _canopy(lofts, *hand_of(person, pose, trunk, 1), person.height)
        return
    side = 1 if person.gait.carry == "phone" or person.bag.side > 0 else 0
    hand, along = hand_of(person, pose, trunk, side)
    match person.held:
        case "phone":
            _box(
                lofts, hand + 0.05 * along + 0.02 * UP, AHEAD * 0.6 + UP * 0.8, 0.037, 0.006, 0.075
            )
        case "bottle":
            up = UP + 0.25 * AHEAD
            _box(lofts, hand + 0.04 * along, up / np.linalg.norm(up), 0.034, 0.034, 0.11, 2.0)
        case "book":
            inward = LEFT * (1.0 if side else -1.0)
            _box(lofts, hand + 0.04 * inward, UP, 0.10, 0.014, 0.14)
        case "paper bag":
            _box(lofts, hand - 0.25 * UP, UP, 0.055, 0.13, 0.16, 6.0)
            _box(lofts, hand - 0.04 * UP, UP, 0.006, 0.05, 0.06)
        case "umbrella":
            down = -UP + 0.12 * AHEAD
            _box(lofts, hand + 0.30 * down, down / np.linalg.norm(down), 0.022, 0.022, 0.36, 2.0)
        case _:
            pass


def _box(
    lofts: Lofts,
    middle: np.ndarray,
    way: np.ndarray,
    wide: float,
    deep: float,
    half: float,
    power: float = 5.0,
) -> None:
    """A rounded box around `middle`, `half` metres to both ends along `way` (unit)."""
    step = np.array([-1.0, -0.97, 0.0, 0.97, 1.0]) * half
    size = np.array([0.3, 1.0, 1.0, 1.0, 0.3])
    ones = np.ones((5, 1))
    depth = np.cross(LEFT, way)
    lofts.add(
        Part.HELD, middle + np.outer(step, way), ones * LEFT, ones * depth, size * wide,
        size * deep, along=step, openness=0.9, power=power,
    )  # fmt: skip


def _canopy(lofts: Lofts, hand: np.ndarray, along: np.ndarray, height: float) -> None:
    """An open umbrella: shaft and dome."""
    top = np.array([0.35 * hand[0], max(1.16 * height, hand[1] + 0.5), hand[2] - 0.12])
    shaft = np.linspace(0, 1, 3)[:, None]
    ones = np.ones((3, 1))
    thin = np.full(3, 0.008)
    lofts.add(Part.SOLE, hand + shaft * (top - hand), ones * LEFT, ones * AHEAD, thin, thin)
    t = np.linspace(0.0, 1.0, 7)
    drop = np.array([-0.30, -0.24, -0.18, -0.12, -0.06, -0.02, 0.0])
    ring = np.array([0.50, 0.475, 0.43, 0.36, 0.26, 0.13, 0.01])
    folds = 1 + 0.03 * np.cos(8 * np.linspace(-np.pi, np.pi, 19))
    ones = np.ones((7, 1))
    lofts.add(
        Part.HELD, top + np.outer(drop, UP), ones * LEFT, ones * AHEAD, ring, ring,
        along=t, swell=np.repeat(folds[None], 7, 0),
    )  # fmt: skip

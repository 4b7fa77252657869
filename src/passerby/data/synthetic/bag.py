"""Backpacks, shoulder bags and totes."""

import numpy as np

from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import Lofts
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import (
    AHEAD,
    FOREARM,
    LEFT,
    SHOULDER,
    UP,
    UPPER_ARM,
    Trunk,
    swing,
)


def add_bag(lofts: Lofts, person: Person, pose: Pose, trunk: Trunk) -> None:
    """Add what the person carries: on the back, over the shoulder or in the hand."""
    h, sign = person.height, person.bag_side
    if person.bag == "backpack":
        levels = np.array([0.605, 0.61, 0.63, 0.68, 0.74, 0.79, 0.815, 0.825])
        centres, lateral, depth = trunk.at(levels)
        back = trunk.size(levels)[1] + person.upper.ease
        fat = np.array([0.02, 0.036, 0.046, 0.048, 0.044, 0.036, 0.024, 0.006]) * 1.75
        centres = centres - depth * (np.minimum(back, 0.075 * h) + fat * 0.75)[:, None]
        wide = np.array([0.05, 0.074, 0.082, 0.084, 0.082, 0.074, 0.05, 0.01]) * 1.75
        lofts.add(
            Part.BAG, centres, lateral, depth, wide, fat, along=levels * h, power=3.2, openness=0.95
        )
    elif person.bag == "shoulder":
        levels = np.array([0.455, 0.46, 0.48, 0.52, 0.545, 0.55])
        centres, lateral, depth = trunk.at(levels)
        out = float(trunk.size(np.array([0.52]))[0][0]) + person.upper.ease * 1.9 + 0.035
        centres = centres + sign * lateral * out - depth * 0.02
        wide = np.array([0.02, 0.034, 0.04, 0.04, 0.036, 0.01])
        deep = np.array([0.10, 0.14, 0.15, 0.15, 0.145, 0.12])
        lofts.add(Part.BAG, centres, lateral, depth, wide, deep, along=levels * h, power=4.0)
    elif person.bag == "tote":
        side = 0 if sign > 0 else 1
        shoulder, lateral, _ = trunk.at(np.array([SHOULDER]))
        wide = float(trunk.size(np.array([0.785]))[0][0])
        top = shoulder[0] + sign * lateral[0] * (wide * 1.02)
        upper = swing(pose.shoulder[side], sign * pose.abduction[side])
        lower = swing(pose.shoulder[side] + pose.elbow[side], 0.1 * sign * pose.abduction[side])
        hand = top + upper * UPPER_ARM * h + lower * (FOREARM + 0.06) * h - 0.022 * h * UP
        drop = np.array([-0.02, -0.10, -0.12, -0.16, -0.34, -0.38, -0.385])
        ones = np.ones((7, 1))
        centres = hand + np.outer(drop, UP) + np.array([0.02 * sign, 0, 0])
        lofts.add(
            Part.BAG, centres, ones * LEFT, ones * AHEAD,
            np.array([0.008, 0.012, 0.03, 0.045, 0.055, 0.05, 0.02]),
            np.array([0.02, 0.06, 0.15, 0.16, 0.17, 0.16, 0.1]), along=drop, power=3.5,
        )  # fmt: skip

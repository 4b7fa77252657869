"""Backpacks, shoulder bags, totes, handbags and bags across chest or hips."""

import numpy as np

from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import Lofts
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import AHEAD, LEFT, UP, Trunk, arm_joints, hand_of


def add_bag(lofts: Lofts, person: Person, pose: Pose, trunk: Trunk) -> None:
    """Add what the person carries: on the back, over the shoulder, at the hips or in the hand."""
    match person.bag.kind:
        case "backpack":
            _backpack(lofts, person, trunk)
        case "shoulder" | "crossbody":
            _beside(lofts, person, trunk)
        case "waist":
            _waist(lofts, person, trunk)
        case "tote":
            side = 0 if person.bag.side > 0 else 1
            hand, _ = hand_of(person, pose, trunk, side)
            _hanging(lofts, person, hand - 0.01 * UP, 0.85)
        case "handbag":
            side = 0 if person.bag.side > 0 else 1
            joints, _ = arm_joints(person, pose, trunk, side)
            _hanging(lofts, person, 0.45 * joints[1] + 0.55 * joints[2], 0.72)
        case _:
            pass


def _backpack(lofts: Lofts, person: Person, trunk: Trunk) -> None:
    h, bag = person.height, person.bag
    levels = 0.825 - (0.825 - np.array([0.59, 0.595, 0.62, 0.68, 0.74, 0.79, 0.815, 0.825])) * (
        0.4 + 0.6 * bag.size
    )
    centres, lateral, depth = trunk.at(levels)
    back = trunk.size(levels)[1] + person.upper.ease
    fat = np.array([0.03, 0.042, 0.050, 0.052, 0.046, 0.037, 0.025, 0.006]) * 1.8 * bag.size
    centres = centres - depth * (np.minimum(back, 0.075 * h) + fat * 0.75)[:, None]
    wide = np.array([0.06, 0.080, 0.086, 0.088, 0.085, 0.076, 0.055, 0.01]) * 1.75
    lofts.add(
        Part.BAG, centres, lateral, depth, wide * (0.45 + 0.55 * bag.size), fat,
        along=np.linspace(0, 1, 8), power=bag.boxy, openness=0.95,
    )  # fmt: skip


def _beside(lofts: Lofts, person: Person, trunk: Trunk) -> None:
    h, bag = person.height, person.bag
    low = 0.44 if bag.kind == "shoulder" else 0.455
    rise = np.array([0.0, 0.005, 0.025, 0.065, 0.09, 0.095]) * (1.35 if low == 0.44 else 1.0)
    levels = low + 0.01 + rise * bag.size
    centres, lateral, depth = trunk.at(levels)
    out = float(trunk.size(np.array([0.52]))[0][0]) + person.upper.ease * 1.2 + 0.045
    behind = 0.02 + 0.06 * ((person.number * 7) % 5 - 2) / 2
    hip = centres + bag.side * lateral * out - depth * behind
    wide = np.array([0.03, 0.05, 0.055, 0.05, 0.04, 0.01]) * bag.size
    deep = np.array([0.11, 0.15, 0.16, 0.155, 0.145, 0.12]) * bag.size
    lofts.add(
        Part.BAG, hip, lateral, depth, wide, deep,
        along=np.linspace(0, 1, 6), power=bag.boxy, openness=0.92,
    )  # fmt: skip
    if bag.kind == "shoulder":
        at = np.array([levels[-1], 0.70, 0.775, 0.822, 0.775, 0.70, levels[-1]])
        middle, lateral, depth = trunk.at(at)
        wide, deep = trunk.size(at)
        ahead = np.array([0.4, 0.84, 0.9, 0.0, -0.9, -0.84, -0.4]) * (deep + person.upper.ease)
        side = np.array([out, 0.0, 0.0, 0.062 * h, 0.0, 0.0, out])
        side = np.where(side == 0, 0.72 * (wide + person.upper.ease), side)
        path = middle + bag.side * lateral * side[:, None] + depth * ahead[:, None]
        thin = np.full(7, 0.014)
        lofts.add(Part.BAG, path, lateral, depth, thin, thin, along=np.full(7, 2.0))


def _waist(lofts: Lofts, person: Person, trunk: Trunk) -> None:
    levels = np.array([0.535, 0.54, 0.56, 0.585, 0.59])
    centres, lateral, depth = trunk.at(levels)
    out = trunk.size(levels)[1] + person.upper.ease * 1.5 + 0.02
    centres = centres + person.bag.side * depth * out[:, None]
    wide = np.array([0.07, 0.11, 0.12, 0.11, 0.07]) * person.bag.size
    deep = np.array([0.02, 0.045, 0.05, 0.045, 0.02]) * person.bag.size
    lofts.add(Part.BAG, centres, lateral, depth, wide, deep, along=np.linspace(0, 1, 5), power=3.0)


def _hanging(lofts: Lofts, person: Person, grip: np.ndarray, long: float) -> None:
    """A bag whose handles go through `grip`."""
    bag = person.bag
    drop = np.array([-0.02, -0.10, -0.12, -0.16, -0.34, -0.38, -0.385]) * long * bag.size
    rows = np.ones((7, 1))
    centres = grip + np.outer(drop, UP) + np.array([0.02 * bag.side, 0, 0])
    lofts.add(
        Part.BAG, centres, rows * LEFT, rows * AHEAD,
        np.array([0.008, 0.014, 0.035, 0.05, 0.065, 0.06, 0.02]) * bag.size,
        np.array([0.02, 0.06, 0.14, 0.155, 0.17, 0.16, 0.1]) * bag.size,
        along=np.array([2.0, 1.5, 1.0, 0.85, 0.2, 0.0, 0.0]), power=bag.boxy,
    )  # fmt: skip

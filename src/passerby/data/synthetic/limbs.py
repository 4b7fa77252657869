"""Arms and legs, in sleeves and trousers, with hands and shoes."""

import numpy as np

from passerby.data.synthetic.folds import folds
from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import Lofts, towards
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import (
    AHEAD,
    ANKLE,
    HIP,
    LEFT,
    SHOULDER,
    UP,
    Trunk,
    arm_joints,
    girth_of,
    limb,
)


def add_arm(lofts: Lofts, person: Person, pose: Pose, trunk: Trunk, side: int) -> None:
    """Add sleeve, bare arm and hand; side 0 is the left."""
    h, sign = person.height, 1 - 2 * side
    joints, (_, lower) = arm_joints(person, pose, trunk, side)
    at = [-0.13, -0.11, -0.07, 0, 0.12, 0.4, 1.0, 1.25, 2.0]
    radius = [0.003, 0.013, 0.021, 0.028, 0.030, 0.0275, 0.0230, 0.0235, 0.0160]
    end = 2 * person.upper.length
    s = np.concatenate([[-0.13, -0.11, -0.07, -0.03], np.linspace(0.02, end, 9)])
    centres, lat, dep = limb(joints, s)
    # The shoulder slopes towards the neck.
    slope = np.clip(0.08 - s, 0, None) / 0.21
    centres = centres - np.outer(slope * sign * 0.030 * h, LEFT) - np.outer(slope * 0.003 * h, UP)
    room = person.upper.ease * np.interp(
        s, [-0.13, 0.1, 0.3, 1, 2], [0.0, 0.3, 0.7, 1, 0.8]
    ) + 0.003 * (s > -0.1)
    size = girth_of(s, at, radius, person) + room
    shade = np.interp(s, [0, 0.6, 1.2], [0.85, 0.95, 1.0])
    lofts.add(
        Part.SLEEVE, centres, lat, dep, size, size, openness=shade,
        along=(SHOULDER + 0.01) * h - s * 0.165 * h,
        swell=folds(person.upper.motif % 16 + side, len(s), 0.08),
    )  # fmt: skip
    if end < 1.9:
        s = np.linspace(end - 0.1, 2.0, 7)
        centres, lat, dep = limb(joints, s)
        size = girth_of(s, at, radius, person)
        lofts.add(Part.ARM, centres, lat, dep, size, size)
    # The hand: flat, thumb ahead.
    step = np.array([-0.1, 0.1, 0.35, 0.6, 0.85, 1.0]) * 0.098 * h
    centres = joints[2] + step[:, None] * lower
    lat, dep = towards(-np.repeat(lower[None], 6, 0), AHEAD + 1e-3 * UP)
    lofts.add(
        Part.HAND, centres, lat, dep,
        np.array([0.013, 0.014, 0.017, 0.016, 0.012, 0.003]) * h,
        np.array([0.016, 0.019, 0.025, 0.022, 0.016, 0.004]) * h,
    )  # fmt: skip


def add_leg(lofts: Lofts, person: Person, pose: Pose, joints: np.ndarray, side: int) -> None:
    """Add trouser leg, bare leg and shoe around `joints` (3, 3); side 0 is the left."""
    h, lower = person.height, person.lower
    at = [0.0, 0.3, 0.7, 1.0, 1.3, 1.65, 2.0]
    radius = [0.055, 0.052, 0.041, 0.034, 0.0335, 0.026, 0.020]
    tight = lower.kind == "leggings"
    end = 2 * lower.length - (0.04 if lower.length == 1 else 0)
    if lower.kind != "skirt":
        s = np.concatenate([[-0.06], np.linspace(0.06, min(end, 0.8), 4)])
        if end > 1:
            s = np.concatenate([s, [0.9, 1.0, 1.1], np.linspace(1.25, end, 5)])
        centres, lat, dep = limb(joints, s)
        skin = girth_of(s, at, radius, person)
        hem = (0.026 * h + lower.ease * 1.4) if end > 1.5 else 0.04 * h + lower.ease
        size = np.maximum(skin + lower.ease * 0.7 + 0.003, hem * np.clip(s - 0.3, 0, 1))
        shade = np.interp(s, [0, 0.35, 0.9], [0.6, 0.8, 1.0])
        lofts.add(
            Part.LEG, centres, lat, dep, size * 0.97, size * 1.04, openness=shade,
            swell=folds(lower.motif % 16 + side, len(s), 0.015 if tight else 0.07),
            along=HIP * h - s * 0.235 * h,
        )  # fmt: skip
    if end < 1.9:
        s = np.linspace(max(end - (0.15 if lower.kind == "skirt" else 0.05), 0.1), 2.0, 9)
        centres, lat, dep = limb(joints, s)
        centres = centres - dep * (0.006 * h * np.exp(-(((s - 1.3) / 0.25) ** 2)))[:, None]
        size = girth_of(s, at, radius, person)
        lofts.add(
            Part.SHANK, centres, lat, dep, size * 0.95, size * 1.05, openness=0.9,
            along=HIP * h - s * 0.235 * h,
        )  # fmt: skip
    if person.shoes.kind == "boots":
        s = np.linspace(1.45, 2.0, 5)
        centres, lat, dep = limb(joints, s)
        size = girth_of(s, at, radius, person) + 0.012
        lofts.add(Part.SHOE, centres, lat, dep, size, size * 1.05, along=np.full(5, -1.0))
    # The shoe: rings from heel to toe.
    pitch = pose.foot[side]
    ahead = np.array([0.10 * (1 - 2 * side), np.sin(pitch), np.cos(pitch)])
    ahead /= np.linalg.norm(ahead)
    lat, up = towards(np.repeat(ahead[None], 8, 0), UP + 1e-3 * AHEAD)
    step = np.array([-0.034, -0.028, -0.012, 0.015, 0.045, 0.075, 0.098, 0.106]) * h
    tall = np.array([0.006, 0.021, 0.028, 0.026, 0.019, 0.0145, 0.010, 0.003]) * h
    wide = np.array([0.008, 0.018, 0.022, 0.023, 0.025, 0.0265, 0.021, 0.006]) * h
    floor = joints[2] - up[0] * ANKLE * h
    for part, low, high in ((Part.SHOE, 0.006, 1.0), (Part.SOLE, 0.0, 0.0)):
        thick = tall if part == Part.SHOE else np.full(8, 0.0065 * h)
        centres = floor + step[:, None] * ahead + up * (low * h + thick)[:, None]
        grow = 1.0 if part == Part.SHOE else 1.06
        lofts.add(
            part, centres, lat, up, wide * grow, thick, along=step / h, power=2.5,
            openness=0.75 + 0.25 * high,
        )  # fmt: skip

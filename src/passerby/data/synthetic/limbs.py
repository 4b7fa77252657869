"""Arms and legs, in sleeves and trousers, with hands and shoes."""

import numpy as np

from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import Lofts, towards
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import (
    AHEAD,
    ANKLE,
    FOREARM,
    HIP,
    SHOULDER,
    UP,
    UPPER_ARM,
    Trunk,
    girth_of,
    limb,
    swing,
)


def add_arm(lofts: Lofts, person: Person, pose: Pose, trunk: Trunk, side: int) -> None:
    """Add sleeve, bare arm and hand; side 0 is the left."""
    h, sign = person.height, 1 - 2 * side
    centres, lateral, _ = trunk.at(np.array([SHOULDER]))
    wide = float(trunk.size(np.array([0.785]))[0][0])
    shoulder = centres[0] + sign * lateral[0] * (wide * 0.98) + np.array([0, -0.024 * h, 0])
    upper = swing(pose.shoulder[side], sign * pose.abduction[side])
    inward = -0.5 if pose.abduction[side] < 0.05 or pose.elbow[side] > 0.7 else 0.1
    lower = swing(pose.shoulder[side] + pose.elbow[side], sign * pose.abduction[side] * inward)
    elbow = shoulder + upper * UPPER_ARM * h
    joints = np.stack([shoulder, elbow, elbow + lower * FOREARM * h])
    at = [-0.13, -0.11, -0.07, 0, 0.12, 0.4, 1.0, 1.25, 2.0]
    radius = [0.003, 0.013, 0.022, 0.030, 0.032, 0.0285, 0.0235, 0.0245, 0.0165]
    end = 2 * person.upper.length
    s = np.concatenate([[-0.13, -0.11, -0.07, -0.03], np.linspace(0.02, end, 9)])
    centres, lat, dep = limb(joints, s)
    room = person.upper.ease * np.interp(
        s, [-0.13, 0.1, 0.3, 1, 2], [0.0, 0.3, 0.7, 1, 0.8]
    ) + 0.003 * (s > -0.1)
    size = girth_of(s, at, radius, person) + room
    shade = np.interp(s, [0, 0.6, 1.2], [0.85, 0.95, 1.0])
    lofts.add(
        Part.SLEEVE, centres, lat, dep, size, size, openness=shade,
        along=(SHOULDER + 0.01) * h - s * 0.165 * h,
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
            along=HIP * h - s * 0.235 * h,
        )  # fmt: skip
    if end < 1.9:
        s = np.linspace(max(end - 0.3, 0.1), 2.0, 9)
        centres, lat, dep = limb(joints, s)
        centres = centres - dep * (0.006 * h * np.exp(-(((s - 1.3) / 0.25) ** 2)))[:, None]
        size = girth_of(s, at, radius, person)
        lofts.add(Part.SHANK, centres, lat, dep, size * 0.95, size * 1.05, openness=0.9)
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
            part, centres, lat, up, wide * grow, thick, openness=0.75 + 0.25 * high, power=2.5
        )

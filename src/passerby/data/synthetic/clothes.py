"""Shirts, jackets and coats; trousers and skirts around the hips."""

import numpy as np

from passerby.data.synthetic.folds import folds
from passerby.data.synthetic.mesh import SECTORS, Lofts
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import AHEAD, LEFT, LEVEL, Trunk, reach


def add_torso(lofts: Lofts, person: Person, trunk: Trunk, legs: list[np.ndarray]) -> None:
    """Add shirt, jacket or coat from hem to neck, its collar and hood; `legs` two of (3, 3)."""
    upper, h = person.upper, person.height
    levels = np.concatenate([np.linspace(upper.hem, 0.62, 7)[:-1], LEVEL[5:]])
    wide, deep = trunk.size(levels)
    centres, lateral, depth = trunk.at(levels)
    room = np.full_like(levels, upper.ease)
    room[levels > 0.8] *= 0.5
    # Cloth hangs straight from chest and hips, and gathers at a ribbed hem.
    loose = np.clip((0.66 - levels) / 0.2, 0, 1) * upper.ease * 0.45
    if upper.kind in ("dress", "coat", "blouse"):
        flare = 0.035 if upper.kind == "dress" else 0.014
        loose += np.clip((0.54 - levels) / 0.2, 0, 1.2) * flare * (0.5 + upper.motif % 3 / 2)
    if upper.kind in ("sweater", "hoodie", "jacket"):
        room[:1] *= 0.25
        loose[:1] = 0.0
    straight = 1 - 0.6 * person.female if upper.kind not in ("dress", "blouse") else 0.2
    wide = np.maximum(wide, ((levels > 0.5) & (levels < 0.78)) * straight * wide.max() * 0.91)
    # Below the hips the cloth hangs around the legs and follows them.
    front, back = reach(legs, centres[:, 1])
    hang = np.clip((0.55 - levels) / 0.035, 0, 1)
    thigh = 0.056 * h * (0.3 + 0.7 * person.build) + person.lower.ease + 0.012
    deep = np.maximum(deep, hang * ((front - back) / 2 + thigh))
    centres[:, 2] += hang * (front + back) / 2
    thighs = 0.097 * h * (0.4 + 0.6 * person.build) + 0.7 * person.lower.ease
    wide = np.maximum(wide, (levels < 0.54) * thighs)
    openness = np.interp(levels, [0.5, 0.56, 0.74, 0.82, 0.845], [0.75, 0.9, 1.0, 0.95, 0.7])
    lofts.add(
        Part.TORSO, centres, lateral, depth, wide + room + loose, deep + room + loose,
        along=levels * h, openness=openness, power=2.35,
        swell=_hanging(levels, upper.motif, 0.02 + 1.2 * upper.ease),
    )  # fmt: skip
    tall = {"shirt": 0.022, "jacket": 0.026, "coat": 0.032, "hoodie": 0.026}.get(upper.kind, 0.006)
    tall = 0.016 if upper.kind == "polo" else tall
    if upper.kind not in ("tee", "blouse", "dress", "sport"):
        levels = np.array([0.826, 0.842, 0.846 + tall])
        centres, lateral, depth = trunk.at(levels)
        lofts.add(
            Part.COLLAR, centres, lateral, depth,
            np.array([0.064, 0.044, 0.040]) * h, np.array([0.046, 0.041, 0.039]) * h, openness=0.85,
        )  # fmt: skip
    if person.scarf is not None:
        levels = np.array([0.795, 0.805, 0.825, 0.85, 0.868, 0.872])
        centres, lateral, depth = trunk.at(levels)
        size = np.array([0.050, 0.060, 0.056, 0.052, 0.046, 0.03]) * h
        centres = centres + depth * 0.012
        lofts.add(Part.SCARF, centres, lateral, depth, size * 1.1, size, along=levels * h)
    if upper.kind == "hoodie" and person.hat != "hood":
        levels = np.array([0.785, 0.80, 0.825, 0.85, 0.865])
        centres, lateral, depth = trunk.at(levels)
        centres = centres - depth * 0.045 * h
        size = np.array([0.02, 0.045, 0.055, 0.05, 0.03]) * h
        lofts.add(
            Part.COLLAR, centres, lateral, depth, size * 1.15, size * 0.7,
            along=levels * h, openness=0.9,
        )  # fmt: skip


def _hanging(levels: np.ndarray, motif: int, amount: float) -> np.ndarray:
    """Folds that grow from the shoulders down."""
    share = np.clip((0.80 - levels) / 0.2, 0, 1)[:, None]
    return 1 + share * (folds(motif % 16, len(levels), round(amount, 2)) - 1)


def add_lower(lofts: Lofts, person: Person, trunk: Trunk, legs: list[np.ndarray]) -> None:
    """Add the seat of trousers, or a skirt that hangs around `legs`, two of (3, 3) joints."""
    h, lower = person.height, person.lower
    trunk_wide = 0.093 * (0.35 + 0.65 * person.build) * h
    if lower.kind == "skirt":
        levels = np.linspace(0.62, 0.515 - 0.47 * lower.length, 11)
        y = levels * h
        front, back = reach(legs, y)
        out = np.clip((0.52 - levels) / 0.25, 0, 1.2)
        wide = np.interp(levels, [0.3, 0.52, 0.62], [1.12, 1.12, 0.9]) * trunk_wide + 0.03 * h * out
        wide += 0.006
        deep = np.interp(levels, [0.5, 0.62], [0.072, 0.058]) * h * person.build
        deep = np.maximum(
            deep, np.clip((0.52 - levels) / 0.05, 0, 1) * ((front - back) / 2 + 0.05 * h)
        )
        middle = np.clip((0.52 - levels) / 0.05, 0, 1) * (front + back) / 2
        folds = 1 + 0.035 * out[:, None] * np.cos(6 * np.linspace(-np.pi, np.pi, SECTORS + 1))
        centres = np.stack([np.zeros_like(y), y, middle], 1)
        part, swell, openness = Part.SKIRT, folds, np.interp(levels, [0.3, 0.6], [0.9, 1.0])
    else:
        levels = np.array([0.62, 0.60, 0.57, 0.54, 0.51, 0.485, 0.465, 0.455])
        y = levels * h
        size = np.array([0.90, 0.94, 1.0, 1.05, 1.07, 1.0, 0.75, 0.4])
        wide = size * trunk_wide * (1 + 0.08 * person.female) + 0.004
        deep = np.array([0.058, 0.06, 0.064, 0.069, 0.07, 0.064, 0.05, 0.03]) * h * person.build
        centres = np.stack([np.zeros_like(y), y, np.zeros_like(y)], 1)
        part, swell = Part.PELVIS, 1.0
        openness = np.array([1, 1, 1, 0.95, 0.85, 0.7, 0.6, 0.5])
    # What a shirt covers stays beneath it.
    covered = levels > person.upper.hem + 0.005
    roomy, thick = trunk.size(levels)
    wide = np.where(covered, np.minimum(wide, 0.95 * roomy), wide)
    deep = np.where(covered, np.minimum(deep, 0.95 * thick), deep)
    rows = len(levels)
    lateral, depth = np.repeat(LEFT[None], rows, 0), np.repeat(AHEAD[None], rows, 0)
    lofts.add(
        part,
        centres,
        lateral,
        depth,
        wide,
        deep,
        along=y,
        openness=openness,
        power=2.3,
        swell=swell,
    )

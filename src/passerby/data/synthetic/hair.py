"""What hangs from a head or sits on it: locks, tails, buns, peaks and brims."""

import numpy as np

from passerby.data.synthetic.mesh import Lofts, towards
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.skeleton import AHEAD, LEFT, UP


def add_locks(lofts: Lofts, style: str, chin: np.ndarray, size: float) -> None:
    """Add the part of a hair style or hat that is not the cap of hair itself.

    chin: (3,) metres; size: metres from chin to crown
    """
    match style:
        case "cap":
            _peak(lofts, chin, size)
        case "long":
            drop = np.linspace(0.62, -0.80, 8)
            back = np.interp(drop, [-0.8, 0, 0.6], [-0.36, -0.2, -0.06])
            centres = chin + np.stack([0 * drop, drop, back], 1) * size
            rings = np.ones((8, 1))
            lofts.add(
                Part.HAIR, centres, rings * LEFT, rings * AHEAD,
                np.array([0.34, 0.38, 0.40, 0.41, 0.40, 0.37, 0.30, 0.1]) * size,
                np.array([0.32, 0.31, 0.28, 0.24, 0.20, 0.17, 0.13, 0.04]) * size,
                along=drop * size, openness=0.85,
            )  # fmt: skip
        case "ponytail":
            drop = np.linspace(0.72, -0.45, 8)
            centres = chin + np.stack([0 * drop, drop, -0.5 + 0.16 * (drop - 0.2) ** 2], 1) * size
            rings = np.ones((8, 1))
            girth = np.array([0.03, 0.09, 0.12, 0.12, 0.11, 0.09, 0.06, 0.02]) * size
            lofts.add(Part.HAIR, centres, rings * LEFT, rings * AHEAD, girth, girth, openness=0.9)
        case "bun":
            middle = chin + np.array([0, 0.90, -0.38]) * size
            lofts.add(Part.HAIR, *_ball(middle, 0.18 * size, 0.18 * size, 0.18 * size))
        case _:
            pass


def add_brim(lofts: Lofts, chin: np.ndarray, size: float) -> None:
    """A sun hat: a crown and a brim all around."""
    level = np.array([0.70, 0.72, 0.745, 0.76, 0.90, 1.02, 1.07, 1.08])
    wide = np.array([0.62, 0.64, 0.45, 0.38, 0.37, 0.34, 0.25, 0.02]) * size
    deep = np.array([0.68, 0.70, 0.52, 0.46, 0.45, 0.42, 0.30, 0.02]) * size
    centres = chin + np.stack([0 * level, level, 0 * level - 0.02], 1) * size
    rings = np.ones((8, 1))
    lofts.add(
        Part.HAT, centres, rings * LEFT, rings * AHEAD, wide, deep,
        openness=np.array([0.5, 0.9, 1, 1, 1, 1, 1, 1]),
    )  # fmt: skip


def _peak(lofts: Lofts, chin: np.ndarray, size: float) -> None:
    out = np.linspace(0.2, 0.68, 5)
    centres = chin + np.stack([0 * out, 0.72 - 0.12 * (out - 0.2), out], 1) * size
    lat, up = towards(np.repeat(AHEAD[None], 5, 0), UP)
    lofts.add(
        Part.HAT, centres, lat, up,
        np.array([0.3, 0.31, 0.29, 0.22, 0.03]) * size, np.full(5, 0.018) * size,
    )  # fmt: skip
    middle = chin + np.array([0, 0.45, -0.12]) * size  # short hair beneath
    lofts.add(Part.HAIR, *_ball(middle, 0.3 * size, 0.33 * size, 0.2 * size))


def _ball(
    centre: np.ndarray, wide: float, deep: float, tall: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Centres, axes and half axes of the rings of an ellipsoid."""
    t = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 8)
    ring = np.maximum(np.cos(t), 0.02)
    ones = np.ones((8, 1))
    return (
        centre + np.outer(np.sin(t) * tall, UP),
        ones * LEFT,
        ones * AHEAD,
        ring * wide,
        ring * deep,
    )

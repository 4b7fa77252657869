"""Neck, head, hair and hats."""

import numpy as np

from passerby.data.synthetic.mesh import SECTORS, Lofts, towards
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import AHEAD, LEFT, UP, Trunk


def add_head(lofts: Lofts, person: Person, trunk: Trunk) -> None:
    """Add neck and head, with hair or a hat."""
    h = person.height
    size = 0.128 * 1.75 * (0.6 + 0.4 * h / 1.75)  # heads differ less than bodies do
    neck, _, _ = trunk.at(np.array([0.80, 0.825, 0.85, 0.885]))
    neck[:, 2] += np.array([-0.006, -0.004, 0.002, 0.006]) * h
    girth = np.array([0.042, 0.034, 0.031, 0.031]) * h * (0.5 + 0.5 * person.build)
    girth *= 1 - 0.12 * person.female
    ones = np.ones(4)[:, None]
    lofts.add(
        Part.ARM,
        neck,
        ones * LEFT,
        ones * AHEAD,
        girth,
        girth,
        openness=np.array([0.7, 0.65, 0.6, 0.5]),
    )
    chin = neck[-1] + np.array([0, 0.868 * h - neck[-1][1], 0.012])
    y = np.array([0.0, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.95, 0.985, 1.0])
    wide = np.array(
        [0.06, 0.13, 0.2, 0.25, 0.285, 0.305, 0.315, 0.325, 0.325, 0.305, 0.26, 0.175, 0.1, 0.02]
    )
    deep = np.array(
        [0.07, 0.14, 0.22, 0.29, 0.34, 0.38, 0.40, 0.415, 0.42, 0.395, 0.335, 0.23, 0.13, 0.03]
    )
    shift = np.array(
        [0.20, 0.19, 0.15, 0.10, 0.06, 0.03, 0.01, 0, -0.01, -0.02, -0.03, -0.03, -0.03, -0.03]
    )
    wide *= 1.03 - 0.06 * person.female
    angle = np.linspace(-np.pi, np.pi, SECTORS + 1)
    ring = np.ones((len(y), 1))
    swell = np.ones((len(y), SECTORS + 1))
    swell[4:7, SECTORS // 2] += np.array([0.16, 0.12, 0.05])  # nose
    for ear in (SECTORS // 4, SECTORS - SECTORS // 4):
        swell[4:7, ear] += np.array([0.07, 0.12, 0.10])
    centres = chin + np.stack([0 * y, y, shift], 1) * size
    lateral, depth = ring * LEFT, ring * AHEAD
    shade = np.interp(y, [0, 0.1, 0.3], [0.55, 0.75, 1.0])
    lofts.add(
        Part.HEAD,
        centres,
        lateral,
        depth,
        wide * size,
        deep * size,
        along=y,
        openness=shade,
        swell=swell,
    )
    if person.hair_style != "bald":
        _add_hair(lofts, person.hair_style, chin, size, y, wide, deep, shift, angle)


def _add_hair(
    lofts: Lofts,
    style: str,
    chin: np.ndarray,
    size: float,
    y: np.ndarray,
    wide: np.ndarray,
    deep: np.ndarray,
    shift: np.ndarray,
    angle: np.ndarray,
) -> None:
    """Hair is a second head, a little larger, that sinks into the first where the face is."""
    hat = style in ("cap", "beanie")
    thick = {"short": 0.022, "full": 0.055, "bob": 0.055, "afro": 0.16, "beanie": 0.05}.get(
        style, 0.035
    )
    back = {"bob": 0.02, "long": -0.02, "afro": 0.2, "full": 0.16, "cap": 0.52, "beanie": 0.42}.get(
        style, 0.2
    )
    side = {"bob": 0.05, "long": 0.0, "afro": 0.3, "full": 0.42, "cap": 0.62, "beanie": 0.5}.get(
        style, 0.5
    )
    front = 0.66 if hat else 0.80
    off = np.abs(angle)
    line = np.interp(
        off, [0, 0.75, 1.05, 1.5, 1.9, 3.2], [front, front - 0.04, side + 0.08, side, back, back]
    )
    y = np.concatenate(
        [np.linspace(max(back, 0.0), 0.5, 6), np.linspace(0.56, 0.9, 7), [0.95, 0.985, 1.0]]
    )
    at = np.array([0.0, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.95, 0.985, 1.0])
    wide, deep, shift = (np.interp(y, at, values) for values in (wide, deep, shift))
    head = wide
    if style in ("bob", "afro"):  # hair that stands off the neck
        low = np.minimum(1, (1 - y) * 8)
        wide, deep = np.maximum(wide, 0.27 * low), np.maximum(deep, 0.324 * low)
    shown = np.clip((y[:, None] - line) / 0.05 + 0.5, 0, 1)
    hidden = 0.8 * head / wide
    relative = 1 + thick / np.maximum(wide, 0.12)
    swell = hidden[:, None] + shown * (relative - hidden)[:, None]
    ring = np.ones((len(y), 1))
    lift = np.clip((y - 0.6) / 0.4, 0, 1) * thick * 0.9
    centres = chin + np.stack([0 * y, y + lift, shift - 0.02], 1) * size
    part = Part.HAT if hat else Part.HAIR
    lofts.add(
        part, centres, ring * LEFT, ring * AHEAD, wide * size, deep * size,
        along=y * size, swell=swell, openness=np.interp(y, [0, 0.4, 1], [0.6, 0.85, 1]),
    )  # fmt: skip
    if style == "cap":
        out = np.linspace(0.2, 0.68, 5)
        centres = chin + np.stack([0 * out, 0.72 - 0.12 * (out - 0.2), out], 1) * size
        lat, up = towards(np.repeat(AHEAD[None], 5, 0), UP)
        lofts.add(
            Part.HAT, centres, lat, up,
            np.array([0.3, 0.31, 0.29, 0.22, 0.03]) * size, np.full(5, 0.018) * size,
        )  # fmt: skip
        lofts.add(  # short hair beneath
            Part.HAIR,
            *_ball(chin + np.array([0, 0.45, -0.12]) * size, 0.3 * size, 0.33 * size, 0.2 * size),
        )
    elif style == "long":
        drop = np.linspace(0.62, -0.75, 8)
        centres = (
            chin
            + np.stack([0 * drop, drop, np.interp(drop, [-0.75, 0, 0.6], [-0.33, -0.2, -0.06])], 1)
            * size
        )
        rings = np.ones((8, 1))
        lofts.add(
            Part.HAIR, centres, rings * LEFT, rings * AHEAD,
            np.array([0.32, 0.36, 0.37, 0.37, 0.36, 0.33, 0.27, 0.1]) * size,
            np.array([0.30, 0.29, 0.26, 0.22, 0.18, 0.15, 0.12, 0.04]) * size,
            along=drop * size, openness=0.85,
        )  # fmt: skip
    elif style == "ponytail":
        drop = np.linspace(0.72, -0.45, 8)
        centres = chin + np.stack([0 * drop, drop, -0.5 + 0.16 * (drop - 0.2) ** 2], 1) * size
        rings = np.ones((8, 1))
        girth = np.array([0.03, 0.09, 0.12, 0.12, 0.11, 0.09, 0.06, 0.02]) * size
        lofts.add(Part.HAIR, centres, rings * LEFT, rings * AHEAD, girth, girth, openness=0.9)
    elif style == "bun":
        lofts.add(
            Part.HAIR,
            *_ball(chin + np.array([0, 0.86, -0.4]) * size, 0.17 * size, 0.17 * size, 0.17 * size),
        )


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

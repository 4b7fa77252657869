"""Neck, head, hair and hats."""

import numpy as np

from passerby.data.synthetic.hair import add_brim, add_locks
from passerby.data.synthetic.mesh import SECTORS, Lofts
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import AHEAD, LEFT, Trunk


def add_neck(lofts: Lofts, person: Person, trunk: Trunk) -> None:
    """Add the neck, which stays where the shoulders are when the head turns."""
    h = person.height
    neck, _, _ = trunk.at(np.array([0.81, 0.825, 0.85, 0.885]))
    neck[:, 2] += np.array([0.002, 0.0, 0.002, 0.006]) * h
    girth = np.array([0.036, 0.034, 0.031, 0.031]) * h * (0.5 + 0.5 * person.build)
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


def add_head(lofts: Lofts, person: Person, trunk: Trunk) -> None:
    """Add the head, with hair or a hat."""
    h = person.height
    size = 0.130 * 1.75 * (0.6 + 0.4 * h / 1.75)  # heads differ less than bodies do
    top = trunk.at(np.array([0.885]))[0][0]
    chin = np.array([top[0], 0.868 * h, top[2] + 0.006 * h + 0.012])
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
    style = person.hair_style
    if person.hat in ("cap", "beanie", "hood"):
        if style in ("long", "ponytail", "bob"):
            add_locks(lofts, "long" if style == "bob" else style, chin, size)
        style = person.hat
    if style != "bald":
        _add_hair(lofts, style, chin, size, y, wide, deep, shift, angle)
        add_locks(lofts, style, chin, size)
    if person.hat == "brim":
        add_brim(lofts, chin, size)


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
    hat = style in ("cap", "beanie", "hood")
    thick = _THICK.get(style, 0.05)
    back, side = _BACK.get(style, 0.2), _SIDE.get(style, 0.5)
    front = {"hood": 0.84, "shaggy": 0.70, "bob": 0.74}.get(style, 0.66 if hat else 0.79)
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
    if style in ("bob", "afro", "hood"):  # hair that stands off the neck
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


# How thick hair lies, and how low it reaches at the back and at the sides, in heads.
_THICK = {
    "crew": 0.02, "short": 0.045, "full": 0.075, "shaggy": 0.085, "bob": 0.075, "long": 0.06,
    "afro": 0.16, "beanie": 0.06, "hood": 0.11, "cap": 0.04,
}  # fmt: skip
_BACK = {
    "bob": 0.0, "long": -0.02, "afro": 0.2, "full": 0.13, "shaggy": 0.06, "cap": 0.52,
    "beanie": 0.42, "hood": -0.1, "crew": 0.3,
}  # fmt: skip
_SIDE = {
    "bob": 0.05, "long": 0.0, "afro": 0.3, "full": 0.40, "shaggy": 0.26, "cap": 0.62,
    "beanie": 0.5, "hood": 0.0, "crew": 0.56,
}  # fmt: skip

"""Light on bodies: colour, creases, sun and sky."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.owned import Owned
from passerby.data.synthetic.paint import base_colours, paint
from passerby.data.synthetic.parts import PARTS, Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.upload import upload

# How much cloth creases, by part.
_CREASES = {
    Part.TORSO: 0.30, Part.SLEEVE: 0.34, Part.PELVIS: 0.2, Part.LEG: 0.26, Part.SKIRT: 0.15,
    Part.BAG: 0.12, Part.COLLAR: 0.1,
}  # fmt: skip


def albedo(parts: Tensor, around: Tensor, along: Tensor, who: Owned[Person]) -> Tensor:
    """Linear colour of cloth, skin and hair at P points: (P, 3)."""
    table = by_part([base_colours(person) for person in who.things], parts.device)
    colours = table.index_select(0, who.owner * PARTS + parts)
    paint(colours, parts, around, along, who)
    return colours


def by_part(tables: Sequence[Tensor], device: torch.device) -> Tensor:
    """Tables (PARTS, ...) of N figures, of the host, as (N * PARTS, ...) on a device."""
    return torch.cat(tuple(tables)).to(device, non_blocking=True)


def shade(colours: Tensor, values: Tensor, parts: Tensor, cameras: Owned[Camera]) -> Tensor:
    """Light that leaves bodies at P points towards their cameras: (P, 3).

    colours: (P, 3), see `albedo`; values: (6, P), normal, around, along and openness
    """
    right, upward, ahead, around, along, openness = values
    crease = torch.sin(along * 62 + 3.0 * torch.sin(around * 2.3 + along * 17))
    crease = crease * torch.sin(around * 3.1 + along * 9)
    crease = crease * _creases(str(parts.device)).index_select(0, parts)
    up = upward + crease
    length = (right * right + up * up + ahead * ahead).clamp(min=1e-9).rsqrt()
    x, y, z = (cameras.number(lambda one, axis=axis: one.sun[axis]) for axis in range(3))
    facing = (right * x + up * y + ahead * z) * length
    sun = ((facing + 0.15) / 1.15).clamp(min=0) * (0.35 + 0.65 * openness)
    upright = up * length
    sky = (0.62 + 0.38 * upright) * openness
    # Even black cloth and hair shine a little where they face the sky.
    sheen = upright.clamp(min=0).pow_(3) * 0.03
    direct, ambient = cameras.vector(lambda one: one.direct), cameras.vector(lambda one: one.sky)
    return (colours + sheen[:, None]) * (sun[:, None] * direct + sky[:, None] * ambient)


@lru_cache(maxsize=4)
def _creases(device: str) -> Tensor:
    """How much cloth creases: (PARTS,)."""
    return upload([_CREASES.get(part, 0.0) for part in Part], device, torch.float32)

"""Light on bodies: colour, creases, sun and sky."""

from collections.abc import Sequence

import torch
from torch import Tensor

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Figure
from passerby.data.synthetic.paint import base_colours, paint
from passerby.data.synthetic.parts import PARTS, Part

# How much cloth creases, by part.
_CREASES = torch.zeros(PARTS)
for _part, _depth in (
    (Part.TORSO, 0.30), (Part.SLEEVE, 0.34), (Part.PELVIS, 0.2), (Part.LEG, 0.26),
    (Part.SKIRT, 0.15), (Part.BAG, 0.12), (Part.COLLAR, 0.1),
):  # fmt: skip
    _CREASES[_part] = _depth


def albedo(
    parts: Tensor, owner: Tensor, around: Tensor, along: Tensor, figures: Sequence[Figure]
) -> Tensor:
    """Linear colour of cloth, skin and hair at P points: (P, 3)."""
    table = torch.cat([base_colours(f.walker.person) for f in figures])
    colours = table.index_select(0, owner * PARTS + parts)
    for number, one in enumerate(figures):
        if len(figures) == 1:
            paint(colours, parts, around, along, one.walker.person)
            break
        mine = (owner == number).nonzero()[:, 0]
        own = colours[mine]
        paint(own, parts[mine], around[mine], along[mine], one.walker.person)
        colours[mine] = own
    return colours


def shade(colours: Tensor, values: Tensor, parts: Tensor, camera: Camera) -> Tensor:
    """Light that leaves the body at P points towards the camera: (P, 3).

    colours: (P, 3), see `albedo`; values: (6, P), normal, around, along and openness
    """
    right, upward, ahead, around, along, openness = values
    crease = torch.sin(along * 62 + 3.0 * torch.sin(around * 2.3 + along * 17))
    crease = crease * torch.sin(around * 3.1 + along * 9) * _CREASES.index_select(0, parts)
    up = upward + crease
    length = (right * right + up * up + ahead * ahead).clamp(min=1e-9).rsqrt()
    x, y, z = camera.sun
    facing = (right * x + up * y + ahead * z) * length
    sun = ((facing + 0.15) / 1.15).clamp(min=0) * (0.35 + 0.65 * openness)
    upright = up * length
    sky = (0.62 + 0.38 * upright) * openness
    # Even black cloth and hair shine a little where they face the sky.
    sheen = upright.clamp(min=0).pow_(3) * 0.03
    direct, ambient = torch.tensor(camera.direct), torch.tensor(camera.sky)
    return (colours + sheen[:, None]) * (sun[:, None] * direct + sky[:, None] * ambient)

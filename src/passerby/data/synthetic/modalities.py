"""What else than a colour camera sees: near-infrared and heat."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.owned import Owned
from passerby.data.synthetic.paint import base_colours
from passerby.data.synthetic.parts import PARTS, Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.pigment import grey
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.shading import by_part
from passerby.data.synthetic.upload import upload

Modality = Literal["visible", "infrared", "thermal", "sketch", "low"]
"""Kinds of pictures: colour; near-infrared at night, lit by a lamp at the camera; heat; drawn by
hand; colour, from far away."""

MODALITIES: tuple[Modality, ...] = ("visible", "infrared", "thermal", "sketch", "low")

_REACH = 6.5  # metres at which a lamp gives light 1
_SKIN = (Part.ARM, Part.HAND, Part.HEAD, Part.SHANK)
_CLOTH = (Part.TORSO, Part.SLEEVE, Part.COLLAR, Part.PELVIS, Part.LEG, Part.SKIRT)


@dataclass(frozen=True, slots=True)
class Lamp:
    """How a modality sees.

    place: (colour (B, 3, H, W), nearness (B, H, W), B cameras) -> light (B, 3, H, W) of the empty
           places
    body:  (colours (P, 3), values (6, P), parts, nearness (P,), people, cameras) -> (P, 3)
    """

    place: Callable[[Tensor, Tensor, Sequence[Camera]], Tensor]
    body: Callable[[Tensor, Tensor, Tensor, Tensor, Owned[Person], Owned[Camera]], Tensor]


@lru_cache(maxsize=1024)
def infrared_tones(person: Person) -> Tensor:
    """How bright each part is in near-infrared: (PARTS,) float32.

    Dyes are nearly clear there: cloth is as bright as its fibre, whatever its colour; so most
    black clothes are bright, and some (carbon black, leather) stay dark.
    """
    rng = _draw(person, "infrared")
    tones = torch.full((PARTS,), 0.35)
    upper, lower = (
        float(rng.uniform(0.12, 0.3) if rng.random() < 0.25 else rng.uniform(0.42, 0.8))
        for _ in range(2)
    )
    for part in (Part.TORSO, Part.SLEEVE):
        tones[part] = upper
    for part in (Part.PELVIS, Part.LEG, Part.SKIRT):
        tones[part] = lower
    tones[Part.COLLAR] = float(rng.uniform(0.4, 0.75)) if person.upper.opening else upper
    for part in _SKIN:
        tones[part] = 0.52
    dark = sum(person.hair) / 3 < 0.25
    tones[Part.HAIR] = 0.20 if dark else 0.40
    for part in (Part.SHOE, Part.SOLE, Part.BAG, Part.HAT, Part.HELD, Part.SCARF):
        tones[part] = float(rng.uniform(0.12, 0.6))
    return tones


@lru_cache(maxsize=1024)
def warmth(person: Person) -> Tensor:
    """How warm each part looks, 0 (night air) to 1 (skin): (PARTS,) float32."""
    rng = _draw(person, "thermal")
    table = torch.full((PARTS,), 0.45)
    skin = float(rng.uniform(0.80, 0.95))
    for part in _SKIN:
        table[part] = skin
    table[Part.HAND] = skin - float(rng.uniform(0.02, 0.22))
    thick = {"coat": 0.20, "jacket": 0.14, "hoodie": 0.08, "sweater": 0.06}
    upper = float(rng.uniform(0.46, 0.74)) - thick.get(person.upper.kind, 0.0)
    lower = float(rng.uniform(0.40, 0.64))
    for part in (Part.TORSO, Part.SLEEVE):
        table[part] = upper
    table[Part.COLLAR] = upper + 0.06
    for part in (Part.PELVIS, Part.LEG, Part.SKIRT):
        table[part] = lower
    table[Part.HAIR] = float(rng.uniform(0.42, 0.6))
    table[Part.HAT] = float(rng.uniform(0.34, 0.5))
    table[Part.SHOE] = float(rng.uniform(0.28, 0.45))
    table[Part.SOLE] = 0.30
    table[Part.SCARF] = upper - 0.04
    table[Part.HELD] = 0.25
    table[Part.BAG] = float(rng.uniform(0.22, 0.34))
    return table


def _infrared_place(colour: Tensor, nearness: Tensor, cameras: Sequence[Camera]) -> Tensor:
    """Leaves glow, the sky is black, and all grows dark with distance."""
    lit = [[0.5 * d + s for d, s in zip(one.direct, one.sky, strict=True)] for one in cameras]
    lit = upload(lit, colour.device).clamp(min=0.05)
    red, green, blue = (colour / lit[:, :, None, None]).unbind(1)
    leaf = (green - torch.maximum(red, blue)).clamp(min=0)
    tone = 0.14 + 0.45 * (0.5 * red + 0.35 * green + 0.15 * blue).clamp(0, 1) + 3.0 * leaf
    return (tone * _fall(nearness))[:, None].expand(-1, 3, -1, -1).contiguous()


def _infrared_body(
    colours: Tensor, values: Tensor, parts: Tensor, near: Tensor,
    who: Owned[Person], cameras: Owned[Camera],
) -> Tensor:  # fmt: skip
    """Fibre, a quarter of the pattern, and the lamp's light from the front."""
    where, device = who.owner * PARTS + parts, parts.device
    tones = by_part([infrared_tones(one) for one in who.things], device).index_select(0, where)
    plain = by_part([base_colours(one) for one in who.things], device).index_select(0, where)
    drawn = (grey(colours) + 0.02).sqrt() - (grey(plain) + 0.02).sqrt()
    tones = (tones * (1 + 0.55 * drawn).clamp(0.6, 1.4)).clamp(0.03, 1)
    facing = _facing(values, parts, cameras)
    tones = tones * (0.22 + 0.78 * facing) * (0.6 + 0.4 * values[5]) * _fall(near)
    return tones[:, None].expand(-1, 3).contiguous()


def _thermal_place(colour: Tensor, nearness: Tensor, cameras: Sequence[Camera]) -> Tensor:
    """What stands around is nearly as cool as the air; the sky is cold."""
    red, green, blue = colour.unbind(1)
    tone = 0.12 + 0.10 * (0.3 * red + 0.59 * green + 0.11 * blue).clamp(0, 1.2)
    tone = torch.where(nearness < 0.012, 0.04, tone)
    return tone[:, None].expand(-1, 3, -1, -1).contiguous()


def _thermal_body(
    colours: Tensor, values: Tensor, parts: Tensor, near: Tensor,
    who: Owned[Person], cameras: Owned[Camera],
) -> Tensor:  # fmt: skip
    """Bodies glow by themselves: no sun, no shadow, hardly a pattern."""
    where = who.owner * PARTS + parts
    warm = by_part([warmth(one) for one in who.things], parts.device).index_select(0, where)
    along, openness = values[4], values[5]
    face = (parts == Part.HEAD) * torch.exp(-(((along - 0.33) / 0.09) ** 2)) * 0.14  # the nose
    facing = _facing(values, parts, cameras)
    warm = warm * (0.80 + 0.20 * facing) + 0.08 * (1 - openness) - face
    return warm.clamp(0.03, 1)[:, None].expand(-1, 3).contiguous()


LAMPS: dict[str, Lamp] = {
    "infrared": Lamp(_infrared_place, _infrared_body),
    "thermal": Lamp(_thermal_place, _thermal_body),
}
"""The modalities that see by other light than that of day."""


def _fall(nearness: Tensor) -> Tensor:
    """Light of a lamp at the camera, by one over depth; people near it do not burn out."""
    light = (nearness * _REACH).square()
    return 1.9 * light / (0.9 + light)


def _facing(values: Tensor, parts: Tensor, cameras: Owned[Camera]) -> Tensor:
    """How far bodies at P points are turned towards their cameras, with their creases: (P,)."""
    right, upward, ahead, around, along, _ = values
    crease = torch.sin(along * 62 + 3.0 * torch.sin(around * 2.3 + along * 17)) * 0.18
    upward = upward + crease * _rough(str(parts.device)).index_select(0, parts)
    x, y, z = (cameras.number(lambda one, axis=axis: float(one.view[axis])) for axis in range(3))
    length = (right * right + upward * upward + ahead * ahead).clamp(min=1e-9).rsqrt()
    return (-(right * x + upward * y + ahead * z) * length).clamp(min=0)


@lru_cache(maxsize=4)
def _rough(device: str) -> Tensor:
    """1 for parts that are cloth, 0 for others: (PARTS,)."""
    return upload([float(part in _CLOTH) for part in Part], device, torch.float32)


def _draw(person: Person, name: str) -> np.random.Generator:
    """The same for a person in the same clothes, whatever the camera."""
    return stream(zlib.crc32(repr(person).encode()), name)

"""What stands around in a place: benches, bins, bushes, bicycles, parked cars."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.canvas import greyish
from passerby.data.synthetic.person import Colour
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.styles import STYLES


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on the ground, in a box: x, z of its middle, half its width and depth, its height,
    metres.
    """

    kind: str
    x: float
    z: float
    wide: float
    deep: float
    tall: float
    colour: Colour


SIZES: dict[str, tuple[float, float, float]] = {
    "box": (0.35, 0.3, 0.8),
    "planter": (0.5, 0.35, 0.95),
    "bush": (0.6, 0.5, 0.95),
    "bin": (0.24, 0.24, 0.95),
    "bollard": (0.07, 0.07, 0.85),
    "post": (0.06, 0.06, 3.4),
    "pillar": (0.28, 0.28, 3.2),
    "tree": (0.13, 0.13, 3.0),
    "bench": (0.8, 0.25, 0.85),
    "sign": (0.3, 0.06, 0.95),
    "stand": (0.6, 0.4, 1.5),
    "bicycle": (0.86, 0.05, 1.05),
    "car": (2.1, 0.85, 1.42),
    "railing": (1.4, 0.04, 1.0),
    "board": (0.55, 0.05, 1.7),
}
"""Half the width, half the depth and the height of each kind, about, in metres."""

_VIVID: tuple[Colour, ...] = (
    (0.60, 0.22, 0.18), (0.20, 0.34, 0.28), (0.75, 0.62, 0.25), (0.25, 0.34, 0.52),
    (0.85, 0.45, 0.15), (0.80, 0.80, 0.78),
)  # fmt: skip


@lru_cache(maxsize=256)
def things(camera: Camera, seed: int) -> tuple[Thing, ...]:
    """What stands around in the camera's place; people walk around it.

    >>> from passerby.data.synthetic.camera import describe_camera
    >>> all(thing.tall > 0 for thing in things(describe_camera(0, 1), 0))
    True
    """
    rng = stream(seed, "things", camera.style, camera.number)
    style = STYLES[camera.style]
    low, high = style.clutter
    found = [
        _thing(str(rng.choice(style.things)), camera, rng)
        for _ in range(int(rng.integers(low, high + 1)))
    ]
    return tuple(found)


def shown(camera: Camera, seed: int) -> tuple[Thing, ...]:
    """Those of `things` that are drawn: a clear camera has none among or before the people, a bare
    one none behind them. People walk around them all the same.
    """
    return tuple(
        thing
        for thing in things(camera, seed)
        if not (camera.bare if thing.z - thing.deep >= camera.far else camera.clear)
    )


def _thing(kind: str, camera: Camera, rng: np.random.Generator) -> Thing:
    if kind == "car" and camera.wall < 2.2:
        kind = "bicycle"  # there is no room for a car
    wide, deep, tall = (float(v) for v in np.array(SIZES[kind]) * rng.uniform(0.8, 1.2, 3))
    if kind == "car":
        wide, deep, tall = (float(v) for v in np.array(SIZES[kind]) * rng.uniform(0.92, 1.08))
    plain = kind in ("post", "bollard", "pillar", "tree", "bench")
    vivid = _VIVID[int(rng.integers(len(_VIVID)))]
    colour = greyish(rng, 0.15, 0.75) if plain or rng.random() < 0.6 else vivid
    zone = rng.random()
    half = 0.889 / camera.focal  # how far the picture reaches to the side, a metre ahead
    if kind == "car" or zone < 0.35:  # behind everybody, against the front
        z = camera.far + float(rng.uniform(deep + 0.15, max(deep + 0.2, camera.wall - deep)))
        x = float(rng.uniform(-0.9, 0.9)) * half * z
    elif zone < 0.75:  # among the people
        z = float(rng.uniform(camera.near + 1.0, camera.far))
        x = float(rng.uniform(-0.75, 0.75)) * half * z
    else:  # between them and the camera
        z = float(rng.uniform(0.85, 1.1)) * camera.near
        x = float(rng.uniform(-0.7, 0.7)) * half * z
        tall = min(tall, 1.1)
    return Thing(kind, x, z, wide, deep, tall, colour)

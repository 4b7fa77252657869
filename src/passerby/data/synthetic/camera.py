"""`Camera`: where it stands, how it sees, and in what light."""

import math
from dataclasses import dataclass

import numpy as np

from passerby.data.synthetic.person import Colour
from passerby.data.synthetic.seeds import stream

ROUTES = ("towards", "away", "across", "diagonal")


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera over one place. Its place has x to the right, y up, z ahead, in metres.

    number:   from 1
    mast:     metres above the ground; tilt: radians downwards
    focal:    focal length as a share of the frame's height
    lines:    rows that the sensor really resolves; fewer are blurrier pictures
    route:    how people mostly walk, one of `ROUTES`; far, near: metres
    sun:      direction towards the light, unit vector; direct, sky: linear light
    cast, gain, contrast, saturation: how the picture is developed
    blur:   sigma in sensor pixels; noise: sigma in grey levels

    >>> describe_camera(0, 2) == describe_camera(0, 2)
    True
    """

    number: int
    place: int
    mast: float
    tilt: float
    focal: float
    lines: int
    route: str
    far: float
    near: float
    sun: tuple[float, float, float]
    direct: Colour
    sky: Colour
    cast: Colour
    gain: float
    contrast: float
    saturation: float
    blur: float
    noise: float

    def project(self, points: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """Points (..., 3) of the place as pixels (..., 2) of a frame, and one over depth (...).

        >>> camera = describe_camera(0, 1)
        >>> ahead = np.array([0.0, camera.mast, 0.0]) + 5 * camera.view
        >>> camera.project(ahead, 360, 640)[0].round(6).tolist()
        [320.0, 180.0]
        """
        x, y, z = points[..., 0], points[..., 1] - self.mast, points[..., 2]
        sin, cos = math.sin(self.tilt), math.cos(self.tilt)
        near = 1 / np.maximum(z * cos - y * sin, 0.05)
        down = -(y * cos + z * sin)
        scale = self.focal * height * near
        return np.stack([width / 2 + scale * x, height / 2 + scale * down], -1), near

    @property
    def view(self) -> np.ndarray:
        """Unit vector (3,) along the optical axis."""
        return np.array([0.0, -math.sin(self.tilt), math.cos(self.tilt)])


_LIGHTS: tuple[tuple[Colour, Colour, Colour], ...] = (
    # direct, sky, cast: sun, overcast, low sun, shade, tungsten hall, neon hall, dusk
    ((1.15, 1.08, 0.95), (0.42, 0.48, 0.58), (1.0, 1.0, 1.0)),
    ((0.35, 0.35, 0.35), (0.72, 0.75, 0.80), (0.96, 1.0, 1.05)),
    ((1.15, 0.82, 0.52), (0.38, 0.42, 0.55), (1.12, 0.98, 0.84)),
    ((0.30, 0.32, 0.36), (0.55, 0.66, 0.84), (0.88, 0.98, 1.16)),
    ((0.70, 0.58, 0.40), (0.62, 0.52, 0.40), (1.14, 0.98, 0.80)),
    ((0.55, 0.62, 0.55), (0.58, 0.66, 0.60), (0.92, 1.10, 0.94)),
    ((0.22, 0.20, 0.28), (0.34, 0.36, 0.50), (1.02, 0.94, 1.12)),
)


def describe_camera(seed: int, number: int) -> Camera:
    """Camera `number` of the world `seed`, whatever other cameras there are."""
    rng = stream(seed, "camera", number)
    # Neighbouring numbers get different lights, routes and heights, so that few cameras differ.
    turn = int(stream(seed, "cameras").integers(1000))
    direct, sky, cast = _LIGHTS[(turn + 3 * number) % len(_LIGHTS)]
    mast = float(rng.uniform(2.2, 4.6))
    tilt = math.atan2(mast - 1.0, float(rng.uniform(7.0, 9.5)))
    side, up = float(rng.uniform(-1.2, 1.2)), float(rng.uniform(0.7, 1.3))
    sun = np.array([math.sin(side), up, math.cos(side) * float(rng.choice([-1, 1]))])
    sun /= np.linalg.norm(sun)
    wobble = rng.normal(0, 0.03, 3)
    red, green, blue = (float(c + w) for c, w in zip(cast, wobble, strict=True))
    return Camera(
        number=number,
        place=(turn + number) % 3,
        mast=mast,
        tilt=tilt,
        focal=float(rng.uniform(1.0, 1.4)),
        lines=int(rng.choice([480, 600, 720, 1080])),
        route=ROUTES[(turn + number) % 4],
        far=float(rng.uniform(10, 14)),
        near=float(rng.uniform(3.2, 4.4)),
        sun=(float(sun[0]), float(sun[1]), float(sun[2])),
        direct=direct,
        sky=sky,
        cast=(red, green, blue),
        gain=float(rng.uniform(0.75, 1.25)),
        contrast=float(rng.uniform(0.82, 1.15)),
        saturation=float(rng.uniform(0.6, 1.1)),
        blur=float(rng.uniform(0.2, 0.75)),
        noise=float(rng.uniform(1.5, 6.5)),
    )

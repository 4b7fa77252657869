"""`Camera`: where it stands, how it sees, and in what light."""

import math
from dataclasses import dataclass

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.light import LIGHTS, Light, white_balance
from passerby.data.synthetic.person import Colour
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.styles import STYLES, Range, Style
from passerby.data.synthetic.transitions import bearing, spot

ROUTES = ("towards", "away", "across", "diagonal")


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera over one place. Its place has x to the right, y up, z ahead, in metres.

    number:   from 1
    style:    of the world, a name of `STYLES`
    spot:     of its place in town, metres east and north; bearing: radians clockwise from north
    mast:     metres above the ground; tilt: radians downwards
    focal:    focal length as a share of the frame's height
    lines:    rows that the sensor really resolves; fewer are blurrier pictures
    route:    how people mostly walk, one of `ROUTES`; far, near: metres
    light:    name of `LIGHTS`; sun: direction towards it, unit vector; direct, sky: linear light
    ground, front, sides: names of what is drawn below, ahead and left and right; wall: metres
              from `far` to the front
    cast, gain, contrast, saturation, sharpen: how the picture is developed
    veil:     stray light in the lens, linear
    blur:     sigma in sensor pixels; noise: sigma in grey levels
    shutter:  seconds; hunting: sigma of the automatics' error, as a share of the light
    quality:  of the compression, as JPEG counts it; interlaced: rows are read in two halves
    focus:    share of the pictures that are in focus
    bare:     the place is a grey stage, with nothing behind the people
    clear:    nothing stands between people and camera
    """

    number: int
    style: str
    spot: tuple[float, float]
    bearing: float
    mast: float
    tilt: float
    focal: float
    lines: int
    route: str
    far: float
    near: float
    wall: float
    light: str
    sun: tuple[float, float, float]
    direct: Colour
    sky: Colour
    ground: str
    front: str
    sides: str
    cast: Colour
    gain: float
    contrast: float
    saturation: float
    sharpen: float
    veil: float
    blur: float
    noise: float
    shutter: float
    hunting: float
    quality: int
    interlaced: bool
    focus: float = 0.9
    bare: bool = False
    clear: bool = False

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


def describe_camera(seed: int, number: int, style: str = "town") -> Camera:
    """Camera `number` of the world `seed` in a style, whatever other cameras there are.

    Raises PasserbyError when there is no such style.

    >>> describe_camera(0, 2) == describe_camera(0, 2)
    True
    """
    if style not in STYLES:
        raise PasserbyError(f"there is no style '{style}'; choose one of {', '.join(STYLES)}")
    kind = STYLES[style]
    rng = stream(seed, "camera", style, number)
    light_name = _turn(kind.lights, seed, "lights", number)
    light = LIGHTS[light_name]
    mast, tilt, focal = _aim(kind, rng)
    far = float(rng.uniform(*kind.depths))
    # The nearest ground in the picture, where people leave it.
    near = max(3.2, mast / math.tan(tilt + math.atan(0.5 / focal)) + float(rng.uniform(0.2, 1.0)))
    sun = _sun(light, seed, bearing(seed, number), rng)
    dim = 2.0 if light.dark else 1.0
    return Camera(
        number=number,
        style=style,
        spot=spot(seed, style, number),
        bearing=bearing(seed, number),
        mast=mast,
        tilt=tilt,
        focal=focal,
        lines=int(rng.choice(kind.lines)),
        route=_turn(ROUTES, seed, "routes", number),
        far=max(far, near + 3.0),
        near=near,
        wall=float(rng.uniform(*kind.walls)),
        light=light_name,
        sun=sun,
        direct=light.direct,
        sky=light.sky,
        ground=_turn(kind.grounds, seed, "grounds", number),
        front=_turn(kind.fronts, seed, "fronts", number),
        sides=_turn(kind.sides, seed, "sides", number),
        cast=_cast(light, rng),
        gain=_gain(light, sun, rng),
        contrast=_within(kind.contrast, rng),
        saturation=_within(kind.saturation, rng),
        sharpen=_within(kind.sharpen, rng),
        veil=float(rng.exponential(0.012)),
        blur=float(rng.uniform(0.2, 0.8)),
        noise=float(rng.uniform(1.0, 5.0)) * dim**0.5,
        shutter=float(np.exp(rng.uniform(math.log(1 / 250), math.log(1 / 40)))) * dim,
        hunting=float(rng.uniform(0.04, 0.16)),
        quality=round(_within(kind.quality, rng)),
        interlaced=bool(rng.random() < 0.15),
    )


def _turn(choices: tuple[str, ...], seed: int, what: str, number: int) -> str:
    """Neighbouring numbers get different ones, so that few cameras differ."""
    order = stream(seed, what, *choices, (number - 1) // len(choices)).permutation(len(choices))
    return choices[int(order[(number - 1) % len(choices)])]


def _within(limits: Range, rng: np.random.Generator) -> float:
    return float(rng.uniform(*limits))


def _aim(style: Style, rng: np.random.Generator) -> tuple[float, float, float]:
    """Height, tilt and focal length: high masts look down steeply, some cameras straight ahead."""
    focal = float(rng.uniform(1.0, 1.5))
    if rng.random() < style.level:
        return float(rng.uniform(2.2, 2.7)), float(rng.uniform(0.06, 0.13)), focal
    mast = _within(style.masts, rng)
    # Aimed at the waist of people at some metres.
    return mast, math.atan2(mast - 1.0, float(rng.uniform(6.5, 9.5))), focal


def _sun(
    light: Light, seed: int, looks: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Direction towards the direct light: one sun for the whole town, a lamp for each place."""
    town = stream(seed, "sun")
    side, up = float(town.uniform(0, 2 * math.pi)) - looks, float(town.uniform(0.45, 1.05))
    up = min(1.2, max(0.4, up + float(rng.normal(0, 0.08))))
    if light.lamp:
        side, up = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.8, 1.35))
    return math.sin(side) * math.cos(up), math.sin(up), math.cos(side) * math.cos(up)


def _cast(light: Light, rng: np.random.Generator) -> Colour:
    """What is left of the light's colour, and the maker's own taste; most cameras are neutral."""
    balance = np.array(white_balance(light, float(rng.uniform(0.7, 1.0))))
    taste = np.exp(rng.normal(0, 0.02 if rng.random() < 0.65 else 0.065, 3))
    red, green, blue = (balance * taste).tolist()
    return red, green, blue


def exposure(light: Light, sun: tuple[float, float, float]) -> float:
    """What the automatics multiply a light with when they do not err, `sun` being the direction
    towards it: bright places are turned down, dark ones never quite up.

    >>> exposure(LIGHTS["sun"], (0.0, 1.0, 0.0)) < exposure(LIGHTS["overcast"], (0.0, 1.0, 0.0))
    True
    """
    target = 0.58 if light.dark else 0.74
    # People count for more than the ground: light in their faces, not on their backs.
    up = 0.6 * sun[1] + 0.35 * max(0.0, -sun[2])
    return target / light.level(up)


def _gain(light: Light, sun: tuple[float, float, float], rng: np.random.Generator) -> float:
    return exposure(light, sun) * float(np.exp(rng.normal(0, 0.22)))

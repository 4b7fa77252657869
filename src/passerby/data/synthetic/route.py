"""Where people walk through a camera's place, and when."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from passerby.data.synthetic.camera import ROUTES, Camera
from passerby.data.synthetic.gait import stride_length
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.render import Walker
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.things import Thing, things

_STEPS = 64


@dataclass(frozen=True, slots=True)
class Visit:
    """One walk of one person through one camera's place.

    number:  0 is the first visit of that person to that camera
    start:   seconds of the world's clock; seconds: how long it lasts
    bends:   three points (x, z) in metres of a quadratic Bezier curve; both ends lie out of view
    phase:   of the walking cycle at the start
    """

    person: int
    camera: int
    number: int
    start: float
    seconds: float
    bends: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    phase: float

    @property
    def end(self) -> float:
        """Seconds of the world's clock."""
        return self.start + self.seconds

    @property
    def tracklet(self) -> int:
        """A number that no other visit has."""
        return (self.person * 100 + self.camera) * 100 + self.number

    def walker(self, person: Person, time: float) -> Walker:
        """The person at `time`, between `start` and `end`."""
        (x, z), (dx, dz), metres = self._along(np.array([time]))
        phase = self.phase + float(metres[0]) / stride_length(person.gait, person.height)
        heading = float(np.arctan2(dx[0], dz[0]))
        return Walker(person, float(x[0]), float(z[0]), heading, phase % 1.0)

    def spots(self, times: np.ndarray) -> np.ndarray:
        """Where the person is at `times` (T,): (T, 2), x and z."""
        return np.stack(self._along(times)[0], 1)

    def _along(self, times: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
        """Places, directions and metres walked at `times`."""
        path = _curve(self.bends)
        walked = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
        metres = np.clip((times - self.start) / self.seconds, 0, 1) * walked[-1]
        step = np.gradient(path, axis=0)
        places = [np.interp(metres, walked, path[:, axis]) for axis in (0, 1)]
        return places, [np.interp(metres, walked, step[:, axis]) for axis in (0, 1)], metres


def plan_visit(seed: int, person: Person, camera: Camera, number: int, start: float) -> Visit:
    """Visit `number` of a person to a camera; depends on nothing but the arguments."""
    rng = stream(seed, "visit", person.number, camera.number, number)
    around = things(camera, seed)
    clearances = []
    for _ in range(6):
        # Most people walk as the place wants it; nobody walks through a bench.
        route = camera.route if rng.random() < 0.65 else str(rng.choice(ROUTES))
        bends = _bends(route, camera, rng)
        path = _curve(bends)
        clear = min((float(_gap(path, thing).min()) for thing in around), default=1.0)
        clearances.append((clear, bends))
        if clear > 0.35:
            break
    bends = max(clearances)[1]
    metres = float(np.hypot(*np.diff(_curve(bends), axis=0).T).sum())
    speed = stride_length(person.gait, person.height) / float(rng.uniform(0.98, 1.2))
    return Visit(
        person.number, camera.number, number, start, metres / speed, bends, float(rng.random())
    )


def pixel_speed(visit: Visit, camera: Camera, time: float) -> tuple[float, float]:
    """How fast a visitor's waist crosses the picture at `time`: pixels a second right and down,
    of a picture of ROWS x COLUMNS.
    """
    x, z = visit.spots(np.array([time - 0.1, time + 0.1])).T
    waist = np.column_stack([x, np.ones(2), z])
    at, _ = camera.project(waist, ROWS, COLUMNS)
    right, down = ((at[1] - at[0]) / 0.2).tolist()
    return right, down


@lru_cache(maxsize=4096)
def usable_times(visit: Visit, person: Person, camera: Camera) -> np.ndarray:
    """Times (T,), rising, at which the whole person is in view and large enough; never empty."""
    times = np.linspace(visit.start, visit.end, 48)
    spots = visit.spots(times)
    feet = np.column_stack([spots[:, 0], np.zeros(48), spots[:, 1]])
    head = feet + np.array([0, person.height, 0])
    (low, near), (high, _) = (
        camera.project(feet, ROWS, COLUMNS),
        camera.project(head, ROWS, COLUMNS),
    )
    margin = 0.3 * camera.focal * ROWS * near
    tall = low[:, 1] - high[:, 1]
    inside = (low[:, 0] > margin) & (low[:, 0] < COLUMNS - margin)
    inside &= (high[:, 1] > 4) & (low[:, 1] < ROWS - 4) & (tall * camera.lines / ROWS > 72)
    if not inside.any():
        inside[int(np.abs(low - [COLUMNS / 2, ROWS / 2]).sum(1).argmin())] = True
    return times[inside]


def _bends(
    route: str, camera: Camera, rng: np.random.Generator
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    def beside(z: float, side: float) -> tuple[float, float]:
        return (side * (z * COLUMNS / 2 / (camera.focal * ROWS) + 0.8), z)

    side = float(rng.choice([-1, 1]))
    if route == "across":
        z = float(rng.uniform(camera.near + 1.2, min(camera.near + 6.0, camera.far - 0.3)))
        drift = float(rng.uniform(-1, 1))
        middle = (float(rng.uniform(-1, 1)), z + float(rng.uniform(-0.6, 0.6)))
        return beside(z + drift, side), middle, beside(z - drift, -side)
    far = float(rng.uniform(0.75, 1.0)) * camera.far
    near = float(rng.uniform(0.8, 1.0)) * camera.near
    middle = (float(rng.uniform(-1.2, 1.2)), (far + near) / 2 + float(rng.uniform(-1, 1)))
    other = -side if route == "diagonal" else float(rng.choice([-1, 1]))
    ends = (beside(far, side), beside(near, other))
    if route == "away" or (route == "diagonal" and rng.random() < 0.5):
        ends = (ends[1], ends[0])
    return ends[0], middle, ends[1]


def _gap(path: np.ndarray, thing: Thing) -> np.ndarray:
    """Metres between points (T, 2), x and z, and a thing."""
    beside = np.abs(path - [thing.x, thing.z]) - [thing.wide, thing.deep]
    return np.hypot(*np.maximum(beside, 0).T)


@lru_cache(maxsize=4096)
def _curve(
    bends: tuple[tuple[float, float], tuple[float, float], tuple[float, float]],
) -> np.ndarray:
    """(_STEPS, 2) points x, z."""
    t = np.linspace(0, 1, _STEPS)[:, None]
    a, b, c = (np.array(point) for point in bends)
    # The middle point pulls half-way: twice its distance puts the curve through it.
    b = 2 * b - (a + c) / 2
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c

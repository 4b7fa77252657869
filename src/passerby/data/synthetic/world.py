"""`World`: people, cameras and who walks where when, all from one seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch.nn.functional import interpolate

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.data.synthetic.camera import Camera, describe_camera
from passerby.data.synthetic.person import Person, describe_person
from passerby.data.synthetic.photograph import photograph
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.render import Figure, Rendered, Walker, Window, figure, render
from passerby.data.synthetic.route import Visit, plan_visit, usable_times
from passerby.data.synthetic.seeds import stream

SHOTS_PER_VISIT = 4
"""Crops of one person that come from the same walk through a camera."""

_LEAST_VISIBLE = 0.25
_BYSTANDER = 1_000_000  # numbers of people who only ever stand in the way


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of a camera, with the truth.

    time:    seconds of the world's clock
    pixels:  (H, W, 3) uint8 RGB
    people:  N boxes around whole bodies, cut at the frame's border, scores 1; a person is listed
             when at least a quarter of the body can be seen
    persons: (N,) int64, identities, in the order of the boxes
    visible: (N,) float32, the share of the body that nothing hides
    """

    time: float
    pixels: np.ndarray
    people: Detections
    persons: np.ndarray
    visible: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What one crop shows: the figures (the person is the first), the window, time and visit."""

    figures: tuple[Figure, ...]
    window: Window
    time: float
    visit: Visit


@dataclass(frozen=True)
class World:
    """A small town: `people` (numbers 1 to people) who walk past `cameras` (1 to cameras).

    seed:   another seed is another town: other people, places and cameras
    every:  seconds between two people who come into a camera's view, on average
    visits: how often each person comes past each camera in the schedule

    Everything is described by the seed and rendered when asked for. The same call gives the same
    bytes on one machine, in whatever order or process it is made.

    Raises PasserbyError when a number is not positive.

    >>> world = World(seed=3, people=2, cameras=2)
    >>> world.crop(person=1, camera=2, shot=0, height=64, width=32).shape
    (64, 32, 3)
    """

    seed: int = 0
    people: int = 20
    cameras: int = 3
    every: float = 4.0
    visits: int = 1

    def __post_init__(self) -> None:
        for name in ("people", "cameras", "every", "visits"):
            if getattr(self, name) <= 0:
                raise PasserbyError(
                    f"a world with {name} = {getattr(self, name)} cannot be rendered; "
                    f"choose {name} of 1 or more"
                )
        if self.seed < 0:
            raise PasserbyError(f"the world's seed is {self.seed}; choose 0 or more")

    def person(self, number: int) -> Person:
        """What person `number` looks like; numbers above `people` are people who live elsewhere.

        Raises PasserbyError when the number is not positive.
        """
        if number < 1:
            raise PasserbyError(f"there is no person {number}; people count from 1")
        return _person(self.seed, number)

    def camera(self, number: int) -> Camera:
        """Where camera `number` stands and how it sees.

        Raises PasserbyError when there is no such camera.
        """
        if not 1 <= number <= self.cameras:
            raise PasserbyError(
                f"the world has no camera {number}; its cameras are 1 to {self.cameras}"
            )
        return _camera(self.seed, number)

    def visit(self, person: int, camera: int, number: int = 0) -> Visit:
        """When and where a person walks past a camera for the `number`th time, from 0."""
        self.camera(camera)  # raises when there is none
        return _visit(self, person, camera, number)

    @property
    def period(self) -> float:
        """Seconds after which everybody comes past again."""
        return self.people * self.every + 30.0 * self.cameras + 60.0

    def schedule(self, camera: int) -> tuple[Visit, ...]:
        """Who comes past a camera, by time."""
        return _schedule(self, camera)

    def crop(
        self, person: int, camera: int, shot: int, *, height: int = 256, width: int = 128
    ) -> np.ndarray:
        """A picture of one person, as a detector would cut it out: (height, width, 3) uint8 RGB.

        shot: from 0; `SHOTS_PER_VISIT` of them come from one visit, then the next visit begins
        """
        sight = self.sight(person, camera, shot)
        seen = self.camera(camera)
        rng = stream(self.seed, "sensor", person, camera, shot)
        # Rendered at the rows that the sensor has for it, then enlarged as crops are.
        window = sight.window
        rows = (window.bottom - window.top) * seen.lines / ROWS
        columns = (window.right - window.left) * seen.lines / ROWS
        high = int(np.clip(round(rows), 24, height))
        wide = int(np.clip(round(columns), 12, width))
        light = render(sight.figures, seen, self.seed, high, wide, window).colour
        exposure = float(np.exp(rng.normal(0, 0.10)))
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        picture = photograph(light, seen, torch.randn(light.shape, generator=generator), exposure)
        if (high, wide) != (height, width):
            picture = interpolate(
                picture[None], size=(height, width), mode="bilinear", align_corners=False
            )[0]
        return _bytes(picture)

    def crops(
        self, wanted: Iterable[tuple[int, int, int]], *, height: int = 256, width: int = 128
    ) -> np.ndarray:
        """Many crops, each (person, camera, shot): (N, height, width, 3) uint8 RGB."""
        pictures = [self.crop(*one, height=height, width=width) for one in wanted]
        return np.stack(pictures) if pictures else np.zeros((0, height, width, 3), np.uint8)

    def sight(self, person: int, camera: int, shot: int) -> Sight:
        """What `crop` renders: who stands where, and the box, with a detector's errors."""
        if shot < 0:
            raise PasserbyError(f"there is no shot {shot}; shots count from 0")
        number, place = divmod(shot, SHOTS_PER_VISIT)
        visit, seen = self.visit(person, camera, number), self.camera(camera)
        rng = stream(self.seed, "shot", person, camera, shot)
        somebody = self.person(person)
        times = usable_times(visit, somebody, seen)
        share = (place + float(rng.uniform(0.1, 0.9))) / SHOTS_PER_VISIT
        time = float(np.quantile(times, share))
        walker = visit.walker(somebody, time)
        figures = [figure(walker, seen)]
        if rng.random() < 0.2:
            figures.append(figure(self._bystander(walker, rng), seen))
        return Sight(tuple(figures), _detected(figures[0].box, rng), time, visit)

    def frame(self, camera: int, time: float, *, height: int = 360, width: int = 640) -> Frame:
        """The whole picture of a camera at `time`, with boxes and identities."""
        rendered, figures = self.look(camera, time, height=height, width=width)
        seen = self.camera(camera)
        rng = stream(self.seed, "frame", camera, round(time * 1000))
        noise = _frame_noise(self.seed, camera, height, width)
        noise = noise.roll((int(rng.integers(height)), int(rng.integers(width))), (1, 2))
        pixels = _bytes(photograph(rendered.colour, seen, noise))
        scale = np.array([width / COLUMNS, height / ROWS] * 2)
        limit = np.array([width, height] * 2, float)
        boxes = np.array([f.box * scale for f in figures]).reshape(-1, 4)
        inside = np.clip(boxes, 0, limit)
        area = np.prod(inside[:, 2:] - inside[:, :2], axis=1)
        share = area / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), 1e-9)
        visible = rendered.visible * share
        listed = (visible >= _LEAST_VISIBLE) & (area >= 48)
        persons = np.array([f.walker.person.number for f in figures], np.int64)
        return Frame(
            time,
            pixels,
            Detections.of(inside[listed], np.ones(int(listed.sum()))),
            persons[listed],
            visible[listed].astype(np.float32),
        )

    def look(
        self, camera: int, time: float, *, height: int = 360, width: int = 640
    ) -> tuple[Rendered, tuple[Figure, ...]]:
        """What `frame` develops: the light, who owns each half pixel, and the figures."""
        seen = self.camera(camera)
        figures = tuple(
            figure(visit.walker(self.person(visit.person), time), seen)
            for visit in self.schedule(camera)
            if visit.start <= time <= visit.end
        )
        return render(figures, seen, self.seed, height, width), figures

    def _bystander(self, walker: Walker, rng: np.random.Generator) -> Walker:
        """Somebody who happens to be near, before or behind."""
        side, depth = (
            float(rng.choice([-1, 1]) * rng.uniform(0.3, 0.85)),
            float(rng.uniform(-0.9, 1.8)),
        )
        if depth < 0.45:  # beside or in front: never the whole person is hidden
            side = float(np.sign(side)) * max(abs(side), 0.55)
        turn = walker.heading if rng.random() < 0.6 else walker.heading + np.pi
        other = self.person(_BYSTANDER + int(rng.integers(500)))
        return Walker(
            other, walker.x + side, max(walker.z + depth, 2.5),
            turn + float(rng.normal(0, 0.2)), float(rng.random()),
        )  # fmt: skip


def _detected(box: np.ndarray, rng: np.random.Generator) -> Window:
    """A detector's box around a body's true box: about twice as high as wide, not quite right."""
    left, top, right, bottom = box.tolist()
    high = bottom - top
    wide = max(
        (right - left) * float(rng.uniform(0.98, 1.10)), high * float(rng.uniform(0.40, 0.50))
    )
    middle = (left + right) / 2 + float(rng.normal(0, 0.03)) * wide
    above, below = rng.normal(0.012, 0.022, 2) * high
    if rng.random() < 0.08:  # now and then the feet are lost
        below = -float(rng.uniform(0.04, 0.16)) * high
    return Window(middle - wide / 2, top - float(above), middle + wide / 2, bottom + float(below))


def _bytes(picture: torch.Tensor) -> np.ndarray:
    """(3, H, W) grey levels -> (H, W, 3) uint8."""
    return picture.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


@lru_cache(maxsize=4096)
def _person(seed: int, number: int) -> Person:
    return describe_person(seed, number)


@lru_cache(maxsize=256)
def _camera(seed: int, number: int) -> Camera:
    return describe_camera(seed, number)


@lru_cache(maxsize=4096)
def _visit(world: World, person: int, camera: int, number: int) -> Visit:
    rng = stream(world.seed, "journey", person)
    order = [int(c) + 1 for c in rng.permutation(world.cameras)]
    walk = np.cumsum(rng.uniform(15.0, 30.0, world.cameras))
    come = (person - 1 + float(rng.uniform(-0.4, 0.4))) * world.every
    start = max(0.0, come) + float(walk[order.index(camera)]) + number * world.period
    return plan_visit(world.seed, world.person(person), world.camera(camera), number, start)


@lru_cache(maxsize=64)
def _schedule(world: World, camera: int) -> tuple[Visit, ...]:
    visits = [
        world.visit(person, camera, number)
        for number in range(world.visits)
        for person in range(1, world.people + 1)
    ]
    return tuple(sorted(visits, key=lambda visit: (visit.start, visit.person)))


@lru_cache(maxsize=8)
def _frame_noise(seed: int, camera: int, height: int, width: int) -> torch.Tensor:
    rng = stream(seed, "frame noise", camera)
    return torch.from_numpy(rng.normal(0, 0.5, (3, height, width))).float()

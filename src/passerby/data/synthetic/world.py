"""`World`: people, cameras and who walks where when, all from one seed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np
import torch

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.described import described_camera, described_person
from passerby.data.synthetic.develop import pictures
from passerby.data.synthetic.figure import Figure, Walker, figure
from passerby.data.synthetic.ingredients import ordered, style_without
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.person import OUTFITS, Person
from passerby.data.synthetic.render import Rendered, View, render
from passerby.data.synthetic.route import Visit, plan_visit
from passerby.data.synthetic.scene import Frame, frame_of
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.shot import Shot, describe_shot, sensor_size
from passerby.data.synthetic.sight import SHOTS_PER_VISIT, Cut, Sight, empty_sight, going, sight
from passerby.data.synthetic.styles import STYLES, Style
from passerby.data.synthetic.transitions import arrival, journey_seconds
from passerby.data.synthetic.truth import Truth, truth_of
from passerby.data.synthetic.upload import Device


@dataclass(frozen=True)
class World:
    """A small town: `people` (numbers 1 to people) who walk past `cameras` (1 to cameras).

    seed:   another seed is another town: other people, places and cameras
    every:  seconds between two people who come into a camera's view, on average
    visits: how often each person comes past each camera in the schedule
    clothes_change: people wear other clothes each time they come past a camera
    style:  what kind of places there are, one of `STYLES`
    without: names of `INGREDIENTS` that are taken away; the rest stays as and where it was

    Everything is described by the seed and rendered when asked for. The same call gives the same
    bytes on one machine, in whatever order or process it is made.

    Raises PasserbyError when a number is not positive, or there is no such style or ingredient.

    >>> world = World(seed=3, people=2, cameras=2)
    >>> world.crop(person=1, camera=2, shot=0, height=64, width=32).shape
    (64, 32, 3)
    """

    seed: int = 0
    people: int = 20
    cameras: int = 3
    every: float = 4.0
    visits: int = 1
    clothes_change: bool = False
    style: str = "town"
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("people", "cameras", "every", "visits"):
            if getattr(self, name) <= 0:
                raise PasserbyError(
                    f"a world with {name} = {getattr(self, name)} cannot be rendered; "
                    f"choose {name} of 1 or more"
                )
        if self.seed < 0:
            raise PasserbyError(f"the world's seed is {self.seed}; choose 0 or more")
        if self.style not in STYLES:
            raise PasserbyError(
                f"there is no style '{self.style}'; choose one of {', '.join(STYLES)}"
            )
        object.__setattr__(self, "without", ordered(self.without))

    @property
    def kind(self) -> Style:
        """What the world's style is made of, without what is taken away."""
        return style_without(self.style, self.without)

    def person(self, number: int, outfit: int = 0) -> Person:
        """What person `number` looks like; numbers above `people` are people who live elsewhere.

        outfit: 0 to `OUTFITS` - 1, other clothes on the same body

        Raises PasserbyError when the number is not positive.
        """
        if number < 1:
            raise PasserbyError(f"there is no person {number}; people count from 1")
        return described_person(self.seed, self.style, number, outfit, self.without)

    def outfit(self, person: int, camera: int, visit: int) -> int:
        """What the person wears on a visit; 0 unless clothes change."""
        if not self.clothes_change:
            return 0
        return int(stream(self.seed, "outfit", person, camera, visit).integers(OUTFITS))

    def camera(self, number: int) -> Camera:
        """Where camera `number` stands and how it sees.

        Raises PasserbyError when there is no such camera.
        """
        if not 1 <= number <= self.cameras:
            raise PasserbyError(
                f"the world has no camera {number}; its cameras are 1 to {self.cameras}"
            )
        return described_camera(self.seed, number, self.style, self.without)

    def visit(self, person: int, camera: int, number: int = 0) -> Visit:
        """When and where a person walks past a camera for the `number`th time, from 0."""
        self.camera(camera)  # raises when there is none
        return _visit(self, person, camera, number)

    @property
    def period(self) -> float:
        """Seconds after which everybody comes past again."""
        return self.people * self.every + journey_seconds(self.style, self.cameras)

    def schedule(self, camera: int) -> tuple[Visit, ...]:
        """Who comes past a camera, by time."""
        return _schedule(self, camera)

    def crop(
        self,
        person: int,
        camera: int,
        shot: int,
        *,
        height: int = 256,
        width: int = 128,
        modality: Modality = "visible",
        cut: Cut = "whole",
    ) -> np.ndarray:
        """A picture of one person, as a detector would cut it out: (height, width, 3) uint8 RGB.

        shot: from 0; `SHOTS_PER_VISIT` of them come from one visit, then the next visit begins
        cut:  "junk" for a box that shows no whole person, "empty" for one around nobody, as a
              detector that errs would cut them
        """
        one = self.shot(
            person, camera, shot, height=height, width=width, modality=modality, cut=cut
        )
        return pictures([one])[0].numpy()

    def shot(
        self,
        person: int,
        camera: int,
        shot: int,
        *,
        height: int = 256,
        width: int = 128,
        modality: Modality = "visible",
        cut: Cut = "whole",
    ) -> Shot:
        """What `crop` renders, as numbers alone: a loop that renders while it learns lets other
        processes describe its shots, and makes `pictures` of many on its own device.
        """
        seen = self.sight(person, camera, shot, cut)
        rng = stream(self.seed, "sensor", person, camera, shot)
        return describe_shot(seen, self.camera(camera), self.seed, rng, height, width, modality)

    def crops(
        self,
        wanted: Iterable[tuple[int, int, int]],
        *,
        height: int = 256,
        width: int = 128,
        device: Device = "cpu",
        batch: int | None = None,
    ) -> np.ndarray:
        """Many crops, each (person, camera, shot): (N, height, width, 3) uint8 RGB.

        device: renders them; the host describes them
        batch:  how many are rendered at once; by default one on a CPU, whose caches hold no more,
                and 256 elsewhere

        >>> world = World(people=3, cameras=2)
        >>> wanted = [(1, 1, 0), (2, 2, 0), (3, 1, 1)]
        >>> one, three = (world.crops(wanted, height=32, width=16, batch=n) for n in (1, 3))
        >>> one.shape, bool(np.abs(one.astype(int) - three).max() <= 2)
        ((3, 32, 16, 3), True)
        """
        shots = (self.shot(*one, height=height, width=width) for one in wanted)
        at_once = batch or (1 if torch.device(device).type == "cpu" else 256)
        parts = [np.zeros((0, height, width, 3), np.uint8)]
        while some := list(islice(shots, at_once)):
            parts.append(pictures(some, device).cpu().numpy())
        return np.concatenate(parts)

    def truth(
        self,
        person: int,
        camera: int,
        shot: int,
        *,
        height: int = 256,
        width: int = 128,
        cut: Cut = "whole",
    ) -> Truth:
        """What is known about every pixel of `crop`: mask, parts, depth, key points.

        >>> truth = World(people=2, cameras=1).truth(1, 1, 0, height=64, width=32)
        >>> truth.mask.shape, truth.keypoints.shape[1:]
        ((64, 32), (17, 3))
        """
        seen, at = self.sight(person, camera, shot, cut), self.camera(camera)
        drawn = sensor_size(seen, at, height, width)
        return truth_of(seen.figures, at, self.seed, (height, width), drawn, seen.window)

    def frame_truth(
        self, camera: int, time: float, *, height: int = 360, width: int = 640
    ) -> Truth:
        """What is known about every pixel of `frame`."""
        size = (height, width)
        return truth_of(self.figures(camera, time), self.camera(camera), self.seed, size, size)

    def sight(self, person: int, camera: int, shot: int, cut: Cut = "whole") -> Sight:
        """What `crop` renders: who stands where, and the box, with a detector's errors."""
        if shot < 0:
            raise PasserbyError(f"there is no shot {shot}; shots count from 0")
        if cut == "empty":
            return empty_sight(stream(self.seed, "nobody", camera, shot))
        number = shot // SHOTS_PER_VISIT
        visit = self.visit(person, camera, number)
        rng = stream(self.seed, "shot", person, camera, shot)
        manner = stream(self.seed, "manner", person, camera, number)
        wears = self.person(person, self.outfit(person, camera, number))
        return sight(
            visit,
            wears,
            self.camera(camera),
            self.kind,
            shot,
            rng,
            manner,
            self.person,
            cut,
            self.action(visit),
        )

    def frame(
        self,
        camera: int,
        time: float,
        *,
        height: int = 360,
        width: int = 640,
        modality: Modality = "visible",
    ) -> Frame:
        """The whole picture of a camera at `time`, with boxes and identities."""
        rendered, figures = self.look(camera, time, height=height, width=width, modality=modality)
        return frame_of(rendered, figures, self.camera(camera), self.seed, time, modality)

    def look(
        self,
        camera: int,
        time: float,
        *,
        height: int = 360,
        width: int = 640,
        modality: Modality = "visible",
    ) -> tuple[Rendered, tuple[Figure, ...]]:
        """What `frame` develops: the light, who owns each half pixel, and the figures."""
        figures = self.figures(camera, time)
        view = View(figures, self.camera(camera), self.seed, height, width)
        return render([view], modality=modality, truth=modality == "sketch"), figures

    def figures(self, camera: int, time: float) -> tuple[Figure, ...]:
        """Everybody who is in a camera's place at `time`."""
        seen = self.camera(camera)
        return tuple(
            figure(self.walker(visit, time), seen)
            for visit in self.schedule(camera)
            if visit.start <= time <= visit.end
        )

    def walker(self, visit: Visit, time: float) -> Walker:
        """Somebody at a moment of a visit, as frames and tracklets show them."""
        outfit = self.outfit(visit.person, visit.camera, visit.number)
        walker = visit.walker(self.person(visit.person, outfit), time)
        return replace(walker, action=self.action(visit))

    def action(self, visit: Visit) -> str:
        """What somebody does while walking past: "walk", or "umbrella" in the rain."""
        rng = stream(self.seed, "umbrella", visit.person, visit.number)
        return going(STYLES[self.style].weather, rng)


@lru_cache(maxsize=4096)
def _visit(world: World, person: int, camera: int, number: int) -> Visit:
    come = person - 1 + float(stream(world.seed, "journey", person).uniform(-0.4, 0.4))
    way = arrival(world.seed, world.style, person, world.cameras, camera)
    start = max(0.0, come * world.every) + way + number * world.period
    return plan_visit(world.seed, world.person(person), world.camera(camera), number, start)


@lru_cache(maxsize=64)
def _schedule(world: World, camera: int) -> tuple[Visit, ...]:
    visits = [
        world.visit(person, camera, number)
        for number in range(world.visits)
        for person in range(1, world.people + 1)
    ]
    return tuple(sorted(visits, key=lambda visit: (visit.start, visit.person)))

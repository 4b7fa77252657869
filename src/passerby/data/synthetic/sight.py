"""What one crop shows: who stands where, and the box that a detector would have cut."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from passerby.data.synthetic import boxes
from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.crowd import bystanders
from passerby.data.synthetic.figure import Figure, Walker, Window, figure
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.route import Visit, usable_times
from passerby.data.synthetic.styles import BoxErrors, Style

SHOTS_PER_VISIT = 4
"""Crops of one person that come from the same walk through a camera."""

Cut = Literal["whole", "junk", "empty"]
"""Boxes: around the person as a detector errs, so wrong that the crop shows no whole person, or
around nobody."""

_STANDING = {
    "stand": 0.35, "phone": 0.25, "look around": 0.15, "call": 0.1, "fold arms": 0.1, "wave": 0.05,
}  # fmt: skip
_STANDS, _RUNS = 0.16, 0.03
_UMBRELLAS = {"rain": 0.45, "snow": 0.1}


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What one crop shows: the figures (the person is the first), the window, time and visit.

    A picture of the empty place has no figures and no visit.
    """

    figures: tuple[Figure, ...]
    window: Window
    time: float
    visit: Visit | None


def sight(
    visit: Visit,
    somebody: Person,
    camera: Camera,
    style: Style,
    shot: int,
    rng: np.random.Generator,
    manner: np.random.Generator,
    person: Callable[[int], Person],
    cut: Cut = "whole",
    action: str = "walk",
) -> Sight:
    """One shot of a visit, with bystanders and boxes as the style has them.

    rng:    of this shot; manner: of the visit, decides whether the person walks or stands
    person: who the bystander of a number is; action: what the person does when walking
    """
    place = shot % SHOTS_PER_VISIT
    times = usable_times(visit, somebody, camera)
    share = (place + float(rng.uniform(0.1, 0.9))) / SHOTS_PER_VISIT
    time = float(np.quantile(times, share))
    walker = acting(replace(visit.walker(somebody, time), action=action), manner)
    others = bystanders(style.crowd, walker, rng, person)
    figures = [figure(one, camera) for one in (walker, *others)]
    box = figures[0].box
    window = detected(box, rng, style.boxes) if cut == "whole" else _junk(box, rng)
    return Sight(tuple(figures), window, time, visit)


def empty_sight(rng: np.random.Generator, time: float = 0.0) -> Sight:
    """A box around nobody, as a detector that saw somebody where there was none would cut it."""
    high = float(rng.uniform(0.2, 0.55)) * ROWS
    wide = high * float(rng.uniform(0.38, 0.55))
    left, top = float(rng.uniform(0, COLUMNS - wide)), float(rng.uniform(0.1, 0.95))
    top = top * (ROWS - high)
    return Sight((), Window(left, top, left + wide, top + high), time, None)


def going(weather: str, rng: np.random.Generator) -> str:
    """How somebody walks: with an umbrella in the rain now and then."""
    return "umbrella" if rng.random() < _UMBRELLAS.get(weather, 0.0) else "walk"


def acting(walker: Walker, manner: np.random.Generator) -> Walker:
    """Most people walk; some stand, turned anywhere, and a few run.

    Who holds an umbrella walks on.
    """
    if walker.action != "walk":
        return walker
    chance = manner.random()
    if chance < _STANDS:
        action = str(manner.choice(list(_STANDING), p=list(_STANDING.values())))
        turned = walker.heading + float(manner.uniform(-np.pi, np.pi))
        return replace(walker, action=action, heading=turned)
    return replace(walker, action="run") if chance > 1 - _RUNS else walker


def detected(box: np.ndarray, rng: np.random.Generator, errors: BoxErrors) -> Window:
    """A detector's box around a body's true box: about twice as high as wide, not quite right."""
    return Window(*boxes.detected(box, rng, errors).tolist())


def _junk(box: np.ndarray, rng: np.random.Generator) -> Window:
    """A box that overlaps the true one by less than a half: a half, a piece, or far too much."""
    left, top, right, bottom = box.tolist()
    high, middle = bottom - top, (left + right) / 2
    wide = max(right - left, 0.42 * high)
    match int(rng.integers(5)):
        case 0:  # beside: half of the person's width
            shift = float(rng.choice([-1, 1]) * rng.uniform(0.5, 0.7)) * wide
            return _around(middle + shift, (top + bottom) / 2, wide, high)
        case 1:  # legs alone
            tall = float(rng.uniform(0.35, 0.48)) * high
            return _around(middle, bottom - tall / 2, max(tall * 0.5, wide * 0.7), tall)
        case 2:  # head and shoulders
            tall = float(rng.uniform(0.30, 0.45)) * high
            return _around(middle, top + tall / 2, max(tall * 0.5, wide * 0.7), tall)
        case 3:  # a piece
            tall = float(rng.uniform(0.2, 0.4)) * high
            centre = top + float(rng.uniform(0.2, 0.8)) * high
            return _around(middle + float(rng.normal(0, 0.2)) * wide, centre, tall * 0.5, tall)
        case _:  # somebody small in a large box
            tall = float(rng.uniform(1.6, 2.3)) * high
            x, y = rng.uniform(-0.25, 0.25, 2).tolist()
            return _around(middle + x * tall * 0.5, (top + bottom) / 2 + y * tall, tall / 2, tall)


def _around(x: float, y: float, wide: float, tall: float) -> Window:
    return Window(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)

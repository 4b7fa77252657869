"""`Shot`: one crop to be rendered, described by numbers alone."""

from dataclasses import dataclass, replace

import numpy as np

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.grain import TILE, Offsets
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.moment import Moment, draw_moment
from passerby.data.synthetic.place import ROWS
from passerby.data.synthetic.route import pixel_speed
from passerby.data.synthetic.sight import Sight
from passerby.data.synthetic.view import View


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """All that a crop is rendered from; light, of no device, and sent to other processes as it is.

    view:     who stands where, at the rows that the sensor has for it
    moment:   what is so only in this picture
    grain:    where its noise begins
    height, width: of the crop, to which the sensor's picture is enlarged
    modality: what the camera is sensitive to
    """

    view: View
    moment: Moment
    grain: Offsets
    height: int
    width: int
    modality: Modality = "visible"


def describe_shot(
    sight: Sight,
    camera: Camera,
    seed: int,
    rng: np.random.Generator,
    height: int,
    width: int,
    modality: Modality = "visible",
) -> Shot:
    """The shot of a sight; `rng` makes the sensor's errors."""
    high, wide = sensor_size(sight, camera, height, width)
    if modality == "low":
        high = min(high, int(rng.integers(26, 44)))
        wide = max(12, round(high * width / height))
    moment = draw_moment(camera, rng, _speed(sight, camera, high))
    if modality == "low":  # blur is counted in pixels, of which there are few
        moment = replace(moment, defocus=0.0)
    red, green, blue = ((int(y), int(x)) for y, x in rng.integers(TILE, size=(3, 2)))
    view = View(sight.figures, camera, seed, high, wide, sight.window)
    return Shot(view, moment, (red, green, blue), height, width, modality)


def sensor_size(sight: Sight, camera: Camera, height: int, width: int) -> tuple[int, int]:
    """Rows and columns that the sensor has for a sight, at most (height, width)."""
    window = sight.window
    rows = (window.bottom - window.top) * camera.lines / ROWS
    columns = (window.right - window.left) * camera.lines / ROWS
    return int(np.clip(round(rows), 24, height)), int(np.clip(round(columns), 12, width))


def _speed(sight: Sight, camera: Camera, high: int) -> tuple[float, float]:
    """How fast the person crosses a crop of `high` rows, pixels a second right and down."""
    if sight.visit is None or sight.figures[0].walker.action not in ("walk", "run"):
        return 0.0, 0.0
    scale = high / (sight.window.bottom - sight.window.top)
    right, down = pixel_speed(sight.visit, camera, sight.time)
    return right * scale, down * scale

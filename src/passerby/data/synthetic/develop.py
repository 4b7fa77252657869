"""From what is seen to a picture's bytes, in each modality."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Figure
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.moment import STILL, Moment, draw_moment
from passerby.data.synthetic.photograph import blurred, photograph
from passerby.data.synthetic.place import ROWS
from passerby.data.synthetic.render import Rendered, render
from passerby.data.synthetic.route import pixel_speed
from passerby.data.synthetic.sight import Sight
from passerby.data.synthetic.sketch import sketch


def crop_picture(
    sight: Sight,
    camera: Camera,
    seed: int,
    rng: np.random.Generator,
    height: int,
    width: int,
    modality: Modality = "visible",
) -> np.ndarray:
    """A sight as a crop: (height, width, 3) uint8 RGB; `rng` makes the sensor's errors."""
    # Rendered at the rows that the sensor has for it, then enlarged as crops are.
    high, wide = sensor_size(sight, camera, height, width)
    if modality == "low":
        high = min(high, int(rng.integers(26, 44)))
        wide = max(12, round(high * width / height))
    truth = modality == "sketch"
    seen = render(
        sight.figures, camera, seed, high, wide, sight.window, modality=modality, truth=truth
    )
    moment = draw_moment(camera, rng, _speed(sight, camera, high))
    if modality == "low":  # blur is counted in pixels, of which there are few
        moment = replace(moment, defocus=0.0)
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    noise = torch.randn(seen.colour.shape, generator=generator)
    picture = developed(seen, sight.figures, camera, noise, moment, modality)
    if (high, wide) != (height, width):
        picture = interpolate(
            picture[None], size=(height, width), mode="bilinear", align_corners=False
        )[0]
    return as_bytes(picture)


def sensor_size(sight: Sight, camera: Camera, height: int, width: int) -> tuple[int, int]:
    """Rows and columns that the sensor has for a sight, at most (height, width)."""
    window = sight.window
    rows = (window.bottom - window.top) * camera.lines / ROWS
    columns = (window.right - window.left) * camera.lines / ROWS
    return int(np.clip(round(rows), 24, height)), int(np.clip(round(columns), 12, width))


def developed(
    seen: Rendered,
    figures: Sequence[Figure],
    camera: Camera,
    noise: Tensor,
    moment: Moment = STILL,
    modality: Modality = "visible",
) -> Tensor:
    """The picture of a modality: (3, H, W) float32, grey levels 0 to 255, not rounded.

    noise: (3, H, W) standard normal
    """
    if modality == "sketch":
        return sketch(seen, noise)
    if modality == "infrared":
        night = replace(
            camera, cast=(1.0, 1.0, 1.0), saturation=0.0, gain=1.0, noise=camera.noise + 2.0
        )
        return photograph(seen.colour, night, noise[:1].expand(3, -1, -1), moment, _moving(seen))
    if modality == "thermal":
        light = blurred(seen.colour, 0.9)
        # The camera stretches what it sees over its range.
        picture = 20 + 245 * light * (0.9 + 0.1 * moment.exposure)
        return (picture + 2.0 * noise[:1]).clamp(0, 255)
    return photograph(seen.colour, camera, noise, moment, _moving(seen))


def _moving(seen: Rendered) -> Tensor:
    """(H, W), how much of each pixel shows people, who alone move."""
    return avg_pool2d((seen.owners >= 0).float()[None], 2)[0]


def _speed(sight: Sight, camera: Camera, high: int) -> tuple[float, float]:
    """How fast the person crosses a crop of `high` rows, pixels a second right and down."""
    if sight.visit is None or sight.figures[0].walker.action not in ("walk", "run"):
        return 0.0, 0.0
    scale = high / (sight.window.bottom - sight.window.top)
    right, down = pixel_speed(sight.visit, camera, sight.time)
    return right * scale, down * scale


def as_bytes(picture: Tensor) -> np.ndarray:
    """(3, H, W) grey levels -> (H, W, 3) uint8."""
    return picture.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()

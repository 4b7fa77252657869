"""One frame of a camera, with everybody in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from passerby.core.detections import Detections
from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.develop import as_bytes, developed
from passerby.data.synthetic.figure import Figure
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.moment import Moment
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.render import Rendered, visibility
from passerby.data.synthetic.seeds import stream

_LEAST_VISIBLE = 0.25
_WANDER = 4.0  # seconds in which a camera's automatics find another mind


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


def frame_of(
    rendered: Rendered,
    figures: Sequence[Figure],
    camera: Camera,
    seed: int,
    time: float,
    modality: Modality = "visible",
) -> Frame:
    """Develop what a camera sees at `time`, and list who can be seen in it."""
    ((height, width),) = rendered.sizes.each
    rng = stream(seed, "frame", camera.number, round(time * 1000))
    noise = _frame_noise(seed, camera.number, height, width)
    noise = noise.roll((int(rng.integers(height)), int(rng.integers(width))), (1, 2))
    moment = _moment(camera, seed, time)
    picture = developed(rendered, [camera], noise[None], [moment], modality)
    pixels = as_bytes(picture)[0].numpy()
    scale = np.array([width / COLUMNS, height / ROWS] * 2)
    limit = np.array([width, height] * 2, float)
    boxes = np.array([f.box * scale for f in figures]).reshape(-1, 4)
    inside = np.clip(boxes, 0, limit)
    area = np.prod(inside[:, 2:] - inside[:, :2], axis=1)
    share = area / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), 1e-9)
    visible = visibility(rendered).numpy() * share
    listed = (visible >= _LEAST_VISIBLE) & (area >= 48)
    persons = np.array([f.walker.person.number for f in figures], np.int64)
    return Frame(
        time,
        pixels,
        Detections.of(inside[listed], np.ones(int(listed.sum()))),
        persons[listed],
        visible[listed].astype(np.float32),
    )


def _moment(camera: Camera, seed: int, time: float) -> Moment:
    """The automatics at `time`: they wander over seconds, not from frame to frame."""
    before, share = divmod(time / _WANDER, 1.0)
    a, b = (_mood(seed, camera.number, int(before) + step) for step in (0, 1))
    exposure, red, green, blue = np.exp(camera.hunting * ((1 - share) * a + share * b)).tolist()
    falling = int(stream(seed, "falling", camera.number, round(time * 1000)).integers(2**31))
    return Moment(exposure, (red, green, blue), seed=falling)


@lru_cache(maxsize=64)
def _mood(seed: int, camera: int, number: int) -> np.ndarray:
    """Standard errors of exposure and of red, green and blue: (4,)."""
    return stream(seed, "mood", camera, number).normal(0, 1, 4) * np.array([1, 0.2, 0.2, 0.2])


@lru_cache(maxsize=8)
def _frame_noise(seed: int, camera: int, height: int, width: int) -> torch.Tensor:
    rng = stream(seed, "frame noise", camera)
    return torch.from_numpy(rng.normal(0, 0.5, (3, height, width))).float()

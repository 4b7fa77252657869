"""What is known about every pixel of a rendered picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Figure, Window
from passerby.data.synthetic.keypoints import SHOWN_BY, WITHIN, keypoints
from passerby.data.synthetic.parts import PARTS, Part
from passerby.data.synthetic.render import Rendered, View, render

OUTSIDE, HIDDEN, SEEN = 0, 1, 2
"""Third number of a key point, as in COCO: not in the picture, hidden, seen."""

PART_NAMES = ("nobody", *(part.name.lower() for part in Part))
"""What the numbers in `Truth.parts` mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The truth of a picture of H x W pixels with N people; the first is whom a crop shows.

    people:    (N,) int64, identities
    persons:   (H, W) int64, who is at each pixel, 0 for nobody
    parts:     (H, W) uint8, 0 for nobody, else one more than the `Part`; see `PART_NAMES`
    depth:     (H, W) float32, metres along the camera's axis, of people and place
    keypoints: (N, 17, 3) float32: x, y in pixels and `OUTSIDE`, `HIDDEN` or `SEEN`; the names
               are `KEYPOINTS`
    """

    people: np.ndarray
    persons: np.ndarray
    parts: np.ndarray
    depth: np.ndarray
    keypoints: np.ndarray

    @property
    def mask(self) -> np.ndarray:
        """(H, W) bool: where the crop's own person is seen; everybody in a frame is in
        `persons`."""
        if not len(self.people):
            return np.zeros(self.persons.shape, bool)
        return self.persons == self.people[0]


def truth_of(
    figures: Sequence[Figure],
    camera: Camera,
    seed: int,
    size: tuple[int, int],
    drawn: tuple[int, int],
    window: Window | None = None,
) -> Truth:
    """The truth of a picture of `size` (height, width), rasterised as its colours are.

    drawn: (height, width) at which the picture is rendered before it is enlarged to `size`
    """
    window = window or Window()
    rendered = render([View(figures, camera, seed, *drawn, window)], truth=True)
    assert rendered.parts is not None
    assert rendered.nearness is not None
    people = np.array([one.walker.person.number for one in figures], np.int64)
    owners, parts, nearness = (
        _nearest(map[0], size) for map in (rendered.owners, rendered.parts, rendered.nearness)
    )
    persons = np.concatenate([[0], people])[owners + 1]
    depth = (1 / np.maximum(nearness, 1e-6)).astype(np.float32)
    points = [_points(one, n, camera, window, rendered, size)
              for n, one in enumerate(figures)]  # fmt: skip
    return Truth(people, persons, parts, depth, np.array(points, np.float32).reshape(-1, 17, 3))


def _nearest(map: Tensor, size: tuple[int, int]) -> np.ndarray:
    """A map (2 H, 2 W) at the middles of the pixels of `size`."""
    rows, columns = (
        ((np.arange(count) + 0.5) * have / count).astype(np.int64)
        for count, have in zip(size, map.shape, strict=True)
    )
    return map.numpy()[rows[:, None], columns]


def _points(
    one: Figure, number: int, camera: Camera, window: Window, seen: Rendered, size: tuple[int, int]
) -> np.ndarray:
    """Key points (17, 3) of a figure in the picture, with what can be seen of them."""
    assert seen.parts is not None
    assert seen.nearness is not None
    pixels, depth = keypoints(one, camera)
    span = np.array([window.right - window.left, window.bottom - window.top])
    share = (pixels - np.array([window.left, window.top])) / span  # (17, 2), 0 to 1 inside
    inside = ((share >= 0) & (share < 1)).all(1)
    high, wide = seen.owners.shape[1:]
    at = np.clip((share * [wide, high]).astype(np.int64), 0, [wide - 1, high - 1])
    column, row = at.T
    mine = seen.owners[0].numpy()[row, column] == number
    part = seen.parts[0].numpy()[row, column].astype(np.int64) - 1
    near = 1 / np.maximum(seen.nearness[0].numpy()[row, column], 1e-6)
    clear = _CLEAR[np.arange(17), part] & (np.abs(near - depth) < WITHIN)
    state = np.where(inside, np.where(mine & clear, SEEN, HIDDEN), OUTSIDE)
    return np.column_stack([share * [size[1], size[0]], state])


_CLEAR = np.zeros((17, PARTS + 1), bool)  # the last column, -1, is nobody
for _number, _parts in enumerate(SHOWN_BY):
    _CLEAR[_number, list(_parts)] = True

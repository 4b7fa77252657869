"""A person at a moment, posed and seen through a camera."""

import math
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from passerby.data.synthetic.actions import pose_of
from passerby.data.synthetic.body import body_mesh
from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import Mesh
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.place import COLUMNS, ROWS


@dataclass(frozen=True, slots=True)
class Walker:
    """A person at a moment: x, z in metres of the place, heading in radians (0 walks away from
    the camera, pi towards it, pi / 2 to the right), phase of the walking cycle 0 to 1, and what the
    person does: "walk", "stand", "phone" and so on.
    """

    person: Person
    x: float
    z: float
    heading: float
    phase: float
    action: str = "walk"


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a camera's picture to render; ROWS x COLUMNS pixels are the whole of it."""

    left: float = 0.0
    top: float = 0.0
    right: float = COLUMNS
    bottom: float = ROWS


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A walker in space and on the picture.

    mesh:   the body, in its own metres; points, normals: (V, 3) in the place
    pixels: (V, 2) in a ROWS x COLUMNS picture; nearness: (V,) one over depth
    shadow: (V, 2), the pixels of the shadow on the ground
    """

    walker: Walker
    mesh: Mesh
    normals: np.ndarray
    pixels: np.ndarray
    nearness: np.ndarray
    shadow: np.ndarray

    @property
    def box(self) -> np.ndarray:
        """(4,) xyxy around the whole body, pixels of a ROWS x COLUMNS picture."""
        return np.concatenate([self.pixels.min(0), self.pixels.max(0)])


def figure(walker: Walker, camera: Camera) -> Figure:
    """Pose a walker and look at it through a camera."""
    mesh = body_mesh(walker.person, pose(walker))
    points = in_place(walker, mesh.points)
    pixels, nearness = camera.project(points, ROWS, COLUMNS)
    sun = np.array(camera.sun)
    flat = points - points[:, 1:2] * (sun / max(sun[1], 0.35))
    flat[:, 1] = 0.0
    shadow = camera.project(flat, ROWS, COLUMNS)[0]
    return Figure(walker, mesh, mesh.normals @ _turn(walker), pixels, nearness, shadow)


def pose(walker: Walker) -> Pose:
    """How a walker's body is bent."""
    return pose_of(walker.person, walker.action, walker.phase)


def in_place(walker: Walker, points: np.ndarray) -> np.ndarray:
    """Points (..., 3) of the body as points of the place, metres."""
    return points @ _turn(walker) + np.array([walker.x, 0.0, walker.z])


def _turn(walker: Walker) -> np.ndarray:
    """Left, up and ahead of a walker in the place: (3, 3)."""
    sin, cos = math.sin(walker.heading), math.cos(walker.heading)
    return np.array([[-cos, 0, sin], [0, 1, 0], [sin, 0, cos]])


def to_window(pixels: Tensor, window: Window, height: int, width: int) -> Tensor:
    """Pixels (..., 2) of a ROWS x COLUMNS picture as those of `window` at (height, width)."""
    scale = pixels.new_tensor(
        [width / (window.right - window.left), height / (window.bottom - window.top)]
    )
    return (pixels - pixels.new_tensor([window.left, window.top])) * scale


def at_corners(values: Tensor, triangles: Tensor) -> Tensor:
    """Values (V, ...) of vertices as (T, 3, ...) of corners."""
    return values.index_select(0, triangles.view(-1)).view(len(triangles), 3, *values.shape[1:])

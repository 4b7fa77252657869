"""A person at a moment, posed before a camera."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

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


@dataclass(frozen=True, eq=False)
class Figure:
    """A walker's body in space, and the camera that looks at it.

    mesh: the body, in its own metres
    """

    walker: Walker
    mesh: Mesh
    camera: Camera

    @cached_property
    def box(self) -> np.ndarray:
        """(4,) xyxy around the whole body, pixels of a ROWS x COLUMNS picture."""
        points = in_place(self.walker, self.mesh.points)
        pixels, _ = self.camera.project(points, ROWS, COLUMNS)
        return np.concatenate([pixels.min(0), pixels.max(0)])


def figure(walker: Walker, camera: Camera) -> Figure:
    """Pose a walker before a camera."""
    return Figure(walker, body_mesh(walker.person, pose(walker)), camera)


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

"""Bodies as triangles on a device, against the camera's own arithmetic."""

import math

import numpy as np
import torch

from passerby.data.synthetic.bodies import bodies
from passerby.data.synthetic.camera import describe_camera
from passerby.data.synthetic.figure import Figure, Walker, Window, figure, in_place
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import describe_person
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.view import View

CAMERA = describe_camera(0, 1)


def standing(number: int = 1, heading: float = 2.0) -> Figure:
    return figure(Walker(describe_person(0, number), 0.3, 6.0, heading, 0.2), CAMERA)


def test_vertices_are_where_the_camera_projects_them() -> None:
    one, window = standing(), Window(500, 100, 756, 612)
    drawn = bodies([View([one], CAMERA, 0, 256, 128, window)], "cpu")
    assert drawn is not None
    points = in_place(one.walker, one.mesh.points)
    pixels, nearness = CAMERA.project(points, ROWS, COLUMNS)
    assert np.abs(drawn.x.numpy() - (pixels[:, 0] - 500) / 2).max() < 1e-3
    assert np.abs(drawn.y.numpy() - (pixels[:, 1] - 100) / 2).max() < 1e-3
    assert np.abs(drawn.nearness.numpy() - nearness).max() < 1e-6
    # The sun's rays reach the ground where the shadow is.
    flat = points - points[:, 1:2] * (np.array(CAMERA.sun) / max(CAMERA.sun[1], 0.35))
    flat[:, 1] = 0.0
    shadow = CAMERA.project(flat, ROWS, COLUMNS)[0]
    assert np.abs(drawn.shadow_x.numpy() - (shadow[:, 0] - 500) / 2).max() < 1e-2
    assert np.abs(drawn.shadow_y.numpy() - (shadow[:, 1] - 100) / 2).max() < 1e-2


def test_normals_point_out_of_the_body() -> None:
    """The volume inside a closed surface has one sign only if all triangles are wound one way."""
    one = standing()
    drawn = bodies([View([one], CAMERA, 0, 64, 32)], "cpu")
    assert drawn is not None
    head = drawn.triangles[:, drawn.parts == Part.HEAD].numpy()
    points = one.mesh.points
    a, b, c = (points[corner] for corner in head)
    middle = points[head].mean((0, 1))
    volume = np.einsum("ti,ti->", a - middle, np.cross(c - a, b - a)) / 6
    assert 0.001 < volume < 0.01  # cubic metres: 1 to 10 litres
    normals = drawn.values[:, :3].numpy()
    assert np.abs(np.linalg.norm(normals, axis=1) - 1).max() < 1e-5
    # Turning a walker is its own inverse.
    own = in_place(Walker(one.walker.person, 0, 0, one.walker.heading, 0), normals)
    outward = np.einsum("cti,cti->ct", own[head], points[head] - middle)
    assert (outward > 0).mean() > 0.95


def test_a_batch_lists_everybody_and_who_is_in_which_view() -> None:
    people = [standing(1), standing(2, 0.0), standing(3, math.pi)]
    views = [
        View(people[:2], CAMERA, 0, 64, 32),
        View((), CAMERA, 0, 64, 32),
        View(people[2:], CAMERA, 0, 90, 50),
    ]
    drawn = bodies(views, "cpu")
    assert drawn is not None
    assert drawn.view_of == (0, 0, 2)
    assert drawn.firsts.tolist() == [0, 2, 2]
    assert drawn.figures.unique().tolist() == [0, 1, 2]
    assert torch.equal(drawn.views, torch.tensor(drawn.view_of)[drawn.figures])
    alone = bodies(views[2:], "cpu")
    assert alone is not None
    mine = drawn.figures == 2
    assert torch.equal(drawn.parts[mine], alone.parts)
    for name in ("x", "y", "nearness", "shadow_x"):  # to the last bit
        both, single = (one.at_corners(getattr(one, name)) for one in (drawn, alone))
        assert torch.equal(both[:, mine], single)
    assert bodies([views[1]], "cpu") is None

"""From a person and a moment of their stride to a mesh: body, clothes, hair, shoes and bag."""

import math

import numpy as np

from passerby.data.synthetic.bag import add_bag
from passerby.data.synthetic.clothes import add_lower, add_torso
from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.head import add_head, add_neck
from passerby.data.synthetic.held import add_held
from passerby.data.synthetic.limbs import add_arm, add_leg
from passerby.data.synthetic.mesh import Lofts, Mesh
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.skeleton import Trunk, leg_joints


def body_mesh(person: Person, pose: Pose) -> Mesh:
    """The person in that pose, in metres: feet on y = 0, hips above the origin, facing +z.

    >>> from passerby.data.synthetic.gait import walking_pose
    >>> from passerby.data.synthetic.person import describe_person
    >>> anna = describe_person(0, 1)
    >>> mesh = body_mesh(anna, walking_pose(anna.gait, 0.25))
    >>> bool(0.9 < mesh.points[:, 1].max() / anna.height < 1.15)
    True
    """
    lofts = Lofts()
    trunk = Trunk(person, pose)
    legs = [leg_joints(person, pose, side) for side in (0, 1)]
    add_torso(lofts, person, trunk, legs)
    for side in (0, 1):
        add_arm(lofts, person, pose, trunk, side)
        add_leg(lofts, person, pose, legs[side], side)
    add_lower(lofts, person, trunk, legs)
    add_neck(lofts, person, trunk)
    bare = len(lofts)
    add_head(lofts, person, trunk)
    pivot = trunk.at(np.array([0.855]))[0][0]
    lofts.turn(bare, _rotation(*pose.head), pivot)
    add_bag(lofts, person, pose, trunk)
    add_held(lofts, person, pose, trunk)
    mesh = lofts.mesh()
    mesh.rings[..., 1] -= mesh.rings[..., 1].min()
    return mesh


def _rotation(yaw: float, pitch: float) -> np.ndarray:
    """Hung forward by `pitch`, then turned to the left by `yaw`: (3, 3)."""
    s, c = math.sin(pitch), math.cos(pitch)
    nod = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    s, c = math.sin(yaw), math.cos(yaw)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ nod

"""COCO's seventeen key points of a body, from its skeleton."""

import numpy as np

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Figure, in_place, pose
from passerby.data.synthetic.gait import Pose
from passerby.data.synthetic.mesh import ANGLES, Mesh
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.skeleton import Trunk, arm_joints, leg_joints

KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
    "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""Names, in COCO's order."""

_FACE = ((0.0, 0.34), (0.42, 0.495), (-0.42, 0.495), (1.57, 0.42), (-1.57, 0.42))
"""Where nose, eyes and ears are on the head: radians to the left, share from chin to crown."""

_ARM = (Part.SLEEVE, Part.ARM, Part.HAND, Part.TORSO)
_LEG = (Part.LEG, Part.SHANK, Part.SKIRT, Part.PELVIS, Part.SHOE)
SHOWN_BY: tuple[tuple[Part, ...], ...] = (
    *[(Part.HEAD,)] * 5,
    *[(Part.SLEEVE, Part.TORSO, Part.ARM, Part.COLLAR)] * 2,
    *[_ARM] * 4,
    *[(Part.PELVIS, Part.LEG, Part.SKIRT, Part.TORSO)] * 2,
    *[_LEG] * 4,
)
"""Parts that may lie before each key point without hiding it: its own skin and cloth."""

WITHIN = np.array([0.05] * 5 + [0.16] * 2 + [0.10] * 4 + [0.22] * 2 + [0.14] * 4)
"""Metres that the surface may be nearer than the key point, which lies inside the body."""


def body_keypoints(person: Person, bent: Pose, mesh: Mesh) -> np.ndarray:
    """The key points (17, 3) in metres of the body's own space; `mesh` is the body so bent."""
    trunk = Trunk(person, bent)
    arms = [arm_joints(person, bent, trunk, side)[0] for side in (0, 1)]
    legs = [leg_joints(person, bent, side) for side in (0, 1)]
    # Joint by joint, the left side first.
    points = np.stack([limb[at] for limbs in (arms, legs) for at in (0, 1, 2) for limb in limbs])
    # Meshes are set down on the ground after they were built around the hips.
    torso = mesh.parts == Part.TORSO
    points[:, 1] += float(np.median(mesh.rings[torso, :, 1] - mesh.along[torso, None]))
    head = mesh.parts == Part.HEAD
    rings, face = mesh.rings[head], []
    for around, along in _FACE:
        far = (ANGLES - around) ** 2 + (4 * (mesh.along[head, None] - along)) ** 2
        face.append(rings[np.unravel_index(far.argmin(), far.shape)])
    return np.concatenate([np.stack(face), points])


def keypoints(figure: Figure, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """The key points of a figure: (17, 2) pixels of a ROWS x COLUMNS picture, depth (17,)."""
    walker = figure.walker
    points = in_place(walker, body_keypoints(walker.person, pose(walker), figure.mesh))
    pixels, nearness = camera.project(points, ROWS, COLUMNS)
    return pixels, 1 / nearness

"""People: descriptions, gait and bodies."""

import dataclasses

import numpy as np
import pytest

from passerby.data.synthetic.body import body_mesh
from passerby.data.synthetic.gait import Gait, walking_pose
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import (
    BAGS,
    HAIR_STYLES,
    LOWER_KINDS,
    PATTERNS,
    UPPER_KINDS,
    describe_person,
)


def test_a_town_shows_every_kind_of_everything() -> None:
    town = [describe_person(0, number) for number in range(1, 400)]
    assert {p.hair_style for p in town} == set(HAIR_STYLES)
    assert {p.upper.kind for p in town} == set(UPPER_KINDS)
    assert {p.lower.kind for p in town} == set(LOWER_KINDS)
    assert {p.upper.pattern for p in town} == set(PATTERNS)
    assert {p.bag for p in town} == set(BAGS)


def test_people_differ_and_towns_differ() -> None:
    town = [describe_person(0, number) for number in range(1, 100)]
    looks = {dataclasses.replace(person, number=0) for person in town}
    assert len(looks) == 99
    assert describe_person(1, 5) != describe_person(0, 5)


def test_the_legs_alternate() -> None:
    start, half = walking_pose(Gait(), 0.0), walking_pose(Gait(), 0.5)
    assert start.hip == half.hip[::-1]
    assert start.hip[0] > 0.3
    assert start.hip[1] < 0
    assert start.shoulder[0] < 0 < start.shoulder[1]  # arms swing against legs


@pytest.mark.parametrize("number", range(1, 30))
def test_a_body_is_sound(number: int) -> None:
    person = describe_person(0, number)
    mesh = body_mesh(person, walking_pose(person.gait, number / 30))
    assert np.isfinite(mesh.points).all()
    assert np.isfinite(mesh.normals).all()
    assert mesh.points[:, 1].min() == pytest.approx(0)
    assert 0.92 < mesh.points[:, 1].max() / person.height < 1.15
    assert np.abs(mesh.points[:, 0]).max() < 0.75
    assert mesh.triangles.max() < len(mesh.points)
    assert len(mesh.triangles) == len(mesh.parts)
    assert {Part.TORSO, Part.HEAD, Part.SHOE, Part.HAND} <= set(mesh.parts.tolist())


def test_normals_point_out_of_the_body() -> None:
    """The volume inside a closed surface has one sign only if all triangles are wound one way."""
    person = describe_person(0, 1)
    mesh = body_mesh(person, walking_pose(person.gait, 0.2))
    head = mesh.triangles[mesh.parts == Part.HEAD]
    a, b, c = (mesh.points[head[:, corner]] for corner in range(3))
    volume = np.einsum("ti,ti->", a - mesh.points[head].mean((0, 1)), np.cross(c - a, b - a)) / 6
    assert 0.001 < volume < 0.01  # cubic metres: 1 to 10 litres
    middle = mesh.points[head].mean((0, 1))
    outward = np.einsum("tci,tci->tc", mesh.normals[head], mesh.points[head] - middle)
    assert (outward > 0).mean() > 0.95


def test_a_backpack_is_behind() -> None:
    person = dataclasses.replace(describe_person(0, 1), bag="backpack")
    mesh = body_mesh(person, walking_pose(person.gait, 0.2))
    bag = mesh.points[mesh.triangles[mesh.parts == Part.BAG]].mean((0, 1))
    torso = mesh.points[mesh.triangles[mesh.parts == Part.TORSO]].mean((0, 1))
    assert bag[2] < torso[2] - 0.1

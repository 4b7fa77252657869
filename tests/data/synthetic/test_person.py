"""People: descriptions, gait and bodies."""

import dataclasses

import numpy as np
import pytest

from passerby.data.synthetic.body import body_mesh
from passerby.data.synthetic.gait import Gait, walking_pose
from passerby.data.synthetic.garment import (
    BAG_KINDS,
    HATS,
    HELD,
    LOWER_KINDS,
    PATTERNS,
    SHOE_KINDS,
    UPPER_KINDS,
    Bag,
)
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import HAIR_STYLES, OUTFITS, describe_person


def test_a_town_shows_every_kind_of_everything() -> None:
    town = [describe_person(0, number) for number in range(1, 700)]
    assert {p.hair_style for p in town} == set(HAIR_STYLES)
    assert {p.upper.kind for p in town} == set(UPPER_KINDS)
    assert {p.lower.kind for p in town} == set(LOWER_KINDS)
    assert {p.upper.pattern for p in town} == set(PATTERNS)
    assert {p.bag.kind for p in town} == set(BAG_KINDS)
    assert {p.shoes.kind for p in town} == set(SHOE_KINDS)
    assert {p.hat for p in town} == set(HATS)
    assert {p.held for p in town} == set(HELD)
    assert min(p.age for p in town) < 14
    assert max(p.age for p in town) > 60


def test_outfits_change_clothes_and_nothing_else() -> None:
    for number in (1, 2, 3, 11):
        worn = [describe_person(0, number, outfit) for outfit in range(OUTFITS)]
        assert [p.outfit for p in worn] == [0, 1, 2]
        assert len({(p.upper, p.lower) for p in worn}) == OUTFITS
        bodies = {
            (p.height, p.build, p.female, p.age, p.skin, p.hair, p.hair_style, p.beard, p.gait)
            for p in worn
        }
        assert len(bodies) == 1


def test_most_clothes_are_muted() -> None:
    town = [describe_person(0, number).upper.colour for number in range(1, 400)]
    vivid = [max(c) - min(c) > 0.35 for c in town]
    dark = [max(c) < 0.35 for c in town]
    assert 0.05 < np.mean(vivid) < 0.25
    assert 0.35 < np.mean(dark) < 0.65


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
    assert mesh.points[:, 1].min() == pytest.approx(0)
    assert 0.92 < mesh.points[:, 1].max() / person.height < 1.15
    assert np.abs(mesh.points[:, 0]).max() < 0.75
    assert len(mesh.rings) == len(mesh.parts) == len(mesh.nexts)
    assert {Part.TORSO, Part.HEAD, Part.SHOE, Part.HAND} <= set(mesh.parts.tolist())


def test_a_backpack_is_behind() -> None:
    person = dataclasses.replace(describe_person(0, 1), bag=Bag("backpack"))
    mesh = body_mesh(person, walking_pose(person.gait, 0.2))
    bag = mesh.rings[mesh.parts == Part.BAG].mean((0, 1))
    torso = mesh.rings[mesh.parts == Part.TORSO].mean((0, 1))
    assert bag[2] < torso[2] - 0.1

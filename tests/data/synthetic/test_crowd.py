"""Bystanders."""

import numpy as np

from passerby.data.synthetic.crowd import BYSTANDER, bystanders
from passerby.data.synthetic.figure import Walker
from passerby.data.synthetic.person import describe_person
from passerby.data.synthetic.styles import Crowd

ANNA = Walker(describe_person(0, 1), 1.0, 7.0, 0.0, 0.0, "phone")


def drawn(crowd: Crowd, count: int = 300) -> list[list[Walker]]:
    rng = np.random.default_rng(0)
    somebody = describe_person(0, 2)
    return [bystanders(crowd, ANNA, rng, lambda number: somebody) for _ in range(count)]


def test_as_many_as_the_style_says() -> None:
    groups = drawn(Crowd(share=0.4, most=3))
    assert 0.3 < np.mean([bool(group) for group in groups]) < 0.5
    assert {len(group) for group in groups} == {0, 1, 2, 3}
    assert not any(drawn(Crowd(share=0.0)))


def test_those_before_stand_between_person_and_camera() -> None:
    for group in drawn(Crowd(share=1.0, most=1, before=1.0)):
        (other,) = group
        assert other.z < ANNA.z
        # Beside the line of sight, so that never the whole person is hidden.
        beside = abs(other.x - ANNA.x * other.z / ANNA.z)
        assert 0.3 < beside < 0.7


def test_those_along_walk_the_same_way() -> None:
    for group in drawn(Crowd(share=1.0, most=1, before=0.0, along=1.0)):
        assert abs(group[0].heading - ANNA.heading) < 1.0
        assert 0.5 < abs(group[0].x - ANNA.x) < 1.0
        assert group[0].action == "walk"


def test_they_are_strangers() -> None:
    asked = []
    rng = np.random.default_rng(1)
    stranger = describe_person(0, 3)
    bystanders(Crowd(1.0, 4), ANNA, rng, lambda number: (asked.append(number), stranger)[1])
    assert asked
    assert min(asked) >= BYSTANDER

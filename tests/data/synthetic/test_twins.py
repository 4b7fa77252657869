"""Near-twins differ in details alone."""

import dataclasses

import numpy as np
import pytest

from passerby.data.synthetic.colours import apart
from passerby.data.synthetic.garment import Bag
from passerby.data.synthetic.person import Person, describe_person
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.twins import twin_details, twin_of

PAIRS = [(n, other) for n in range(1, 200) if (other := twin_of(0, n)) is not None]


def test_about_one_person_in_six_has_an_earlier_twin() -> None:
    assert 0.11 < len(PAIRS) / 199 < 0.23
    assert all(1 <= other < n and n - other <= 20 for n, other in PAIRS)
    assert twin_of(0, 1) is None


def test_towns_have_other_twins() -> None:
    assert [(n, o) for n in range(1, 200) if (o := twin_of(1, n)) is not None] != PAIRS


def unlike(one: Person, other: Person) -> set[str]:
    """Names of the fields that differ."""
    fields = [f.name for f in dataclasses.fields(Person)]
    return {name for name in fields if getattr(one, name) != getattr(other, name)}


@pytest.mark.parametrize("pair", PAIRS[:12])
@pytest.mark.parametrize("outfit", [0, 2])
def test_a_twin_shares_body_and_colours(pair: tuple[int, int], outfit: int) -> None:
    twin, first = (describe_person(0, number, outfit) for number in pair)
    details = unlike(twin, first) - {"number", "gait", "height"}
    allowed = {"bag", "upper", "shoes", "hat", "hat_colour", "glasses", "lower", "held"}
    assert details <= allowed | {"held_colour"}
    assert details  # never two of one person
    assert twin.upper.colour == first.upper.colour
    assert twin.upper.kind == first.upper.kind
    assert abs(twin.height - first.height) < 0.08


def test_another_bag_can_be_told() -> None:
    black = Bag("backpack", (0.1, 0.1, 0.1))
    upper = describe_person(0, 1).upper
    seen = 0
    for draw in range(60):
        bag = twin_details(stream(0, "draw", draw), upper, black).get("bag")
        if isinstance(bag, Bag):
            seen += 1
            assert bag.kind != black.kind or apart(bag.colour, black.colour) >= 0.4
    assert seen > 8


def test_two_or_three_details() -> None:
    person = describe_person(0, 2)
    counts = [len(twin_details(stream(1, n), person.upper, person.bag)) for n in range(50)]
    assert min(counts) >= 1  # print, sleeves and hem are all of the upper garment
    assert np.max(counts) <= 6


def test_nobody_has_two_twins() -> None:
    models = [other for _, other in PAIRS]
    assert len(set(models)) == len(models)
    assert not set(models) & {number for number, _ in PAIRS}

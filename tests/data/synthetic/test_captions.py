"""Attributes and captions say what is there."""

import dataclasses
import re

import pytest

from passerby.data.synthetic.attributes import attributes, lower_length, sleeves
from passerby.data.synthetic.captions import caption
from passerby.data.synthetic.colours import NAMES
from passerby.data.synthetic.garment import Bag, Garment
from passerby.data.synthetic.person import describe_person

PEOPLE = [describe_person(0, number) for number in range(1, 60)]
KEYS = set(attributes(PEOPLE[0]))


def test_attributes_have_the_same_keys_for_all() -> None:
    assert all(set(attributes(person)) == KEYS for person in PEOPLE)
    assert {attributes(person)["sex"] for person in PEOPLE} == {"male", "female"}


def test_attributes_say_what_was_drawn() -> None:
    red = Garment("tee", (0.73, 0.14, 0.15), (0.9, 0.9, 0.89), "bands", length=0.3)
    blue = Garment("shorts", (0.14, 0.17, 0.28), (0.9, 0.9, 0.9), length=0.5)
    person = dataclasses.replace(
        PEOPLE[0], upper=red, lower=blue, bag=Bag(), female=0.05, age=70, hat="none", scarf=None
    )
    words = attributes(person)
    assert words["upper colour"] == "red"
    assert words["second colour"] == "white"
    assert words["sleeves"] == "short"
    assert words["lower colour"] == "navy"
    assert words["lower length"] == "knee"
    assert (words["bag"], words["bag colour"]) == ("none", "none")
    assert words["age"] == "elderly"
    assert words["sex"] == "male"


@pytest.mark.parametrize(
    ("length", "word"), [(0.05, "none"), (0.3, "short"), (0.6, "half"), (1, "long")]
)
def test_sleeves(length: float, word: str) -> None:
    assert sleeves(Garment("tee", (0, 0, 0), (1, 1, 1), length=length)) == word


@pytest.mark.parametrize(("length", "word"), [(0.3, "thigh"), (0.8, "calf"), (1, "ankle")])
def test_lower_lengths(length: float, word: str) -> None:
    assert lower_length(Garment("wide", (0, 0, 0), (1, 1, 1), length=length)) == word


@pytest.mark.parametrize("person", PEOPLE[:25])
@pytest.mark.parametrize("seed", [0, 5])
def test_a_caption_is_true_and_well_formed(person, seed: int) -> None:
    text, words = caption(person, seed), attributes(person)
    assert text[0].isupper()
    assert text.endswith(".")
    assert "{" not in text
    assert "  " not in text
    assert "none" not in text
    assert not re.search(r"\ba [aeio]", text.lower())
    assert str(words["upper colour"]) in text.lower()
    assert str(words["lower colour"]) in text.lower()
    if words["bag"] != "none":
        assert str(words["bag colour"]) in text
    wrong = " he " if words["sex"] == "female" else " she "
    assert wrong not in f" {text.lower()} "


def test_captions_vary() -> None:
    assert len({caption(PEOPLE[0], seed) for seed in range(40)}) > 25
    assert caption(PEOPLE[3], 2) == caption(PEOPLE[3], 2)


def test_colours_in_captions_have_names() -> None:
    said = {attributes(person)["upper colour"] for person in PEOPLE}
    assert said <= set(NAMES)
    assert len(said) > 8

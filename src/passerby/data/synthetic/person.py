"""`Person`: what somebody looks like and how they walk, whoever films them."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from passerby.data.synthetic.colours import GREYS, HAIRS, SKINS, Colour, pick
from passerby.data.synthetic.garment import Bag, Garment, Shoes
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.twins import twin_details, twin_of
from passerby.data.synthetic.wardrobe import SUMMER, Outfit, dress

HAIR_STYLES = ("bald", "crew", "short", "full", "shaggy", "bob", "long", "ponytail", "bun", "afro")
OUTFITS = 3
"""Sets of clothes that a person has."""


@dataclass(frozen=True, slots=True)
class Gait:
    """How somebody walks: shares of the average, and angles in radians.

    carry: what the hands do: "swing", "phone", "pockets", "hold" (something before the body) or
           "strap" (one hand at the bag's strap); nod: how far the head hangs forward
    """

    stride: float = 1.0
    arms: float = 1.0
    elbow: float = 0.35
    lean: float = 0.03
    sway: float = 1.0
    abduction: float = 0.1
    carry: str = "swing"
    nod: float = 0.0


class Body(NamedTuple):
    """What stays when the clothes change: height in metres, build as a share of the average girth,
    female 0 to 1, age in years, colours, hair, and gait.
    """

    height: float
    build: float
    female: float
    age: float
    skin: Colour
    hair: Colour
    hair_style: str
    beard: bool
    glasses: bool
    gait: Gait


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody looks like; the same in every camera.

    number: identity, from 1; outfit: 0 to OUTFITS - 1
    height: metres; build: girth as a share of the average; female: 0 to 1, shapes the body
    age:    years; scarf: its colour, or None; held: one of `garment.HELD`

    >>> person = describe_person(seed=0, number=1)
    >>> person == describe_person(seed=0, number=1), person == describe_person(seed=0, number=2)
    (True, False)
    """

    number: int
    height: float
    build: float
    female: float
    age: float
    skin: Colour
    hair: Colour
    hair_style: str
    beard: bool
    glasses: bool
    upper: Garment
    lower: Garment
    shoes: Shoes
    bag: Bag
    hat: str
    hat_colour: Colour
    scarf: Colour | None
    held: str
    held_colour: Colour
    gait: Gait
    outfit: int = 0


def describe_person(seed: int, number: int, outfit: int = 0, summer: float = SUMMER) -> Person:
    """Person `number` of the world `seed` in one of their outfits.

    summer: share of the people there who are dressed for warm weather

    Whoever else lives there does not matter, but for near-twins: see `twin_of`. Outfits share
    body, face, hair and gait.

    >>> monday, tuesday = describe_person(0, 1), describe_person(0, 1, outfit=1)
    >>> monday.hair == tuesday.hair, monday.upper == tuesday.upper
    (True, False)
    """
    other = twin_of(seed, number)
    if other is not None:
        base = describe_person(seed, other, outfit, summer)
        own = describe_body(stream(seed, "person", number))
        gait = replace(own.gait, carry=base.gait.carry)
        rng = stream(seed, "twin details", number, outfit)
        changes = twin_details(rng, base.upper, base.bag, base.female > 0.5)
        height = base.height + float(stream(seed, "twin", number, "height").normal(0, 0.015))
        return replace(base, number=number, gait=gait, height=height, **changes)
    body = describe_body(stream(seed, "person", number))
    clothes = dress(stream(seed, "outfit", number, outfit), body.female > 0.5, body.age, summer)
    return _dressed(number, outfit, body, clothes)


def describe_body(rng: np.random.Generator) -> Body:
    """A body, face, hair and gait; most people in a street are young."""
    female = float(np.clip(rng.choice([0.06, 0.94]) + rng.normal(0, 0.06), 0, 1))
    group = int(rng.choice(4, p=[0.02, 0.70, 0.22, 0.06]))
    age = float(rng.uniform([7, 17, 33, 60][group], [14, 33, 60, 80][group]))
    height = float(np.clip(rng.normal(1.735 - 0.125 * female, 0.065), 1.46, 1.98))
    if age < 15:
        height *= 0.70 + 0.3 * (age - 7) / 8
    build = float(np.clip(rng.normal(0.97 + 0.0025 * (age - 20), 0.11), 0.78, 1.42))
    grey = age > 48 and rng.random() < 0.6
    style = _hair_style(rng, female > 0.5, age)
    carry = str(
        rng.choice(["swing", "phone", "pockets", "hold", "strap"], p=[0.75, 0.07, 0.08, 0.06, 0.04])
    )
    return Body(
        height=height,
        build=build,
        female=female,
        age=age,
        skin=pick(SKINS, rng),
        hair=pick(GREYS if grey else HAIRS, rng),
        hair_style=style,
        beard=bool(female < 0.5 and age > 22 and rng.random() < 0.16),
        glasses=bool(rng.random() < 0.32),
        gait=Gait(
            stride=float(rng.uniform(0.82, 1.12)),
            arms=float(rng.uniform(0.4, 1.15)),
            elbow=float(rng.uniform(0.15, 0.6)),
            lean=float(rng.normal(0.035 + 0.001 * max(0.0, age - 50), 0.025)),
            sway=float(rng.uniform(0.5, 1.6)),
            abduction=float(rng.uniform(0.05, 0.15)),
            carry=carry,
            nod=float(rng.uniform(-0.05, 0.3)) + (0.25 if carry == "phone" else 0.0),
        ),
    )


def _dressed(number: int, outfit: int, body: Body, clothes: Outfit) -> Person:
    held = clothes.held
    if body.gait.carry == "phone":
        held = "phone"
    elif body.gait.carry in ("pockets", "strap"):
        held = "none"
    elif body.gait.carry == "hold" and held == "none":
        held = "phone" if number % 2 else "book"
    return Person(
        number=number,
        outfit=outfit,
        **body._asdict(),
        upper=clothes.upper,
        lower=clothes.lower,
        shoes=clothes.shoes,
        bag=clothes.bag,
        hat=clothes.hat,
        hat_colour=clothes.hat_colour,
        scarf=clothes.scarf,
        held=held,
        held_colour=clothes.held_colour,
    )


def _hair_style(rng: np.random.Generator, female: bool, age: float) -> str:
    shares = [0.02, 0.13, 0.36, 0.26, 0.16, 0.01, 0.01, 0.02, 0.0, 0.03]
    if female:
        shares = [0.0, 0.0, 0.06, 0.06, 0.07, 0.21, 0.32, 0.18, 0.08, 0.02]
    elif age > 45:
        shares[0], shares[4] = 0.14, 0.04
    chances = np.array(shares)
    return HAIR_STYLES[int(rng.choice(len(HAIR_STYLES), p=chances / chances.sum()))]

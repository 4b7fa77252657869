"""A person's attributes in words, as attribute data sets label them."""

from passerby.data.synthetic.colours import name_of
from passerby.data.synthetic.garment import Garment
from passerby.data.synthetic.person import Person

_AGES = ((14, "child"), (33, "young adult"), (60, "adult"))
_HAIR = {"bald": "bald", "crew": "short", "short": "short", "full": "short", "afro": "afro",
         "shaggy": "medium", "bob": "medium", "long": "long", "ponytail": "ponytail",
         "bun": "bun"}  # fmt: skip


def attributes(person: Person) -> dict[str, str | bool]:
    """What can be said of a person, whoever films them.

    Keys: sex, age, height, build, skin, hair, hair colour, beard, glasses, hat, hat colour, upper,
    upper colour, upper pattern, second colour, sleeves, open over, lower, lower colour, lower
    pattern, lower length, shoes, shoe colour, bag, bag colour, scarf, held. What is not there is
    "none".

    >>> from passerby.data.synthetic.person import describe_person
    >>> words = attributes(describe_person(0, 1))
    >>> words["sex"], words["upper"], len(words)
    ('male', 'shirt', 27)
    """
    upper, lower, bag = person.upper, person.lower, person.bag
    female = person.female > 0.5
    tall = person.height - (1.62 if female else 1.735)
    return {
        "sex": "female" if female else "male",
        "age": next((name for limit, name in _AGES if person.age < limit), "elderly"),
        "height": "tall" if tall > 0.06 else "short" if tall < -0.06 else "average",
        "build": "heavy" if person.build > 1.12 else "slim" if person.build < 0.9 else "average",
        "skin": _skin(person),
        "hair": _HAIR[person.hair_style],
        "hair colour": _hair_colour(person),
        "beard": person.beard,
        "glasses": person.glasses,
        "hat": person.hat,
        "hat colour": "none" if person.hat == "none" else name_of(person.hat_colour),
        "upper": upper.kind,
        "upper colour": name_of(upper.colour),
        "upper pattern": upper.pattern,
        "second colour": name_of(upper.second) if upper.pattern != "plain" else "none",
        "sleeves": sleeves(upper),
        "open over": name_of(upper.inner) if upper.opening else "none",
        "lower": lower.kind,
        "lower colour": name_of(lower.colour),
        "lower pattern": lower.pattern,
        "lower length": lower_length(lower),
        "shoes": person.shoes.kind,
        "shoe colour": name_of(person.shoes.colour),
        "bag": bag.kind,
        "bag colour": "none" if bag.kind == "none" else name_of(bag.colour),
        "scarf": "none" if person.scarf is None else name_of(person.scarf),
        "held": person.held,
    }


def sleeves(upper: Garment) -> str:
    """Length of the sleeves in a word.

    >>> sleeves(Garment("tee", (0, 0, 0), (1, 1, 1), length=0.3))
    'short'
    """
    if upper.length < 0.12:
        return "none"
    return "short" if upper.length < 0.5 else "half" if upper.length < 0.88 else "long"


def lower_length(lower: Garment) -> str:
    """Where trousers or skirts end.

    >>> lower_length(Garment("shorts", (0, 0, 0), (1, 1, 1), length=0.45))
    'knee'
    """
    if lower.length < 0.4:
        return "thigh"
    return "knee" if lower.length < 0.66 else "calf" if lower.length < 0.92 else "ankle"


def _skin(person: Person) -> str:
    light = max(person.skin)
    return "light" if light > 0.82 else "tan" if light > 0.60 else "dark"


def _hair_colour(person: Person) -> str:
    red, green, blue = person.hair
    if person.hair_style == "bald":
        return "none"
    if max(person.hair) < 0.17:
        return "black"
    if red - blue < 0.05:
        return "grey"
    if red > 0.55:
        return "blond"
    return "red" if red > 0.32 and red > 1.75 * green else "brown"

"""People described in varied English, as witnesses would."""

import numpy as np

from passerby.data.synthetic.attributes import attributes
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.seeds import stream

_UPPERS = {
    "tee": ("T-shirt", "tee", "t-shirt"),
    "polo": ("polo shirt", "polo"),
    "shirt": ("shirt", "button-up shirt", "collared shirt"),
    "blouse": ("blouse", "top"),
    "sweater": ("sweater", "jumper", "pullover"),
    "hoodie": ("hoodie", "hooded sweatshirt"),
    "jacket": ("jacket",),
    "coat": ("coat", "long coat"),
    "dress": ("dress",),
    "vest": ("vest", "sleeveless jacket"),
    "sport": ("sports shirt", "jersey"),
}
_LOWERS = {
    "trousers": ("trousers", "pants"),
    "jeans": ("jeans",),
    "leggings": ("leggings", "tights"),
    "shorts": ("shorts",),
    "skirt": ("skirt",),
    "wide": ("wide trousers", "baggy pants"),
}
_BAGS = {
    "backpack": ("backpack", "rucksack"),
    "shoulder": ("shoulder bag",),
    "tote": ("tote bag", "bag in one hand"),
    "handbag": ("handbag", "purse"),
    "crossbody": ("cross-body bag", "messenger bag", "bag slung across the chest"),
    "waist": ("waist bag", "bum bag"),
}
_HATS = {"cap": "cap", "beanie": "beanie", "brim": "hat with a brim", "hood": "hood"}
_SHOES = {
    "sneakers": ("sneakers", "trainers"),
    "shoes": ("shoes",),
    "boots": ("boots",),
    "sandals": ("sandals",),
    "flats": ("flat shoes", "flats"),
}
_PATTERNS = {
    "bands": ("{second} stripes", "horizontal {second} stripes"),
    "pinstripes": ("thin {second} stripes", "vertical {second} stripes"),
    "checks": ("a {second} check", "{second} checks"),
    "dots": ("{second} dots",),
    "two-tone": ("a {second} lower half",),
    "print": ("a {second} print on the chest", "a {second} picture"),
    "logo": ("a small {second} logo",),
    "text": ("{second} lettering", "{second} writing on it"),
    "gradient": ("a fade into {second}",),
    "sleeves": ("{second} sleeves",),
    "side": ("{second} stripes down the sides",),
    "chest": ("a {second} band across the chest",),
}
_PEOPLE = {
    ("male", "child"): ("boy",),
    ("female", "child"): ("girl",),
    ("male", "young adult"): ("young man", "man", "guy"),
    ("female", "young adult"): ("young woman", "woman", "lady"),
    ("male", "adult"): ("man", "middle-aged man"),
    ("female", "adult"): ("woman", "middle-aged woman"),
    ("male", "elderly"): ("elderly man", "old man"),
    ("female", "elderly"): ("elderly woman", "old lady"),
}


def caption(person: Person, seed: int) -> str:
    """Two or three sentences about what somebody looks like; another seed says it otherwise.

    >>> from passerby.data.synthetic.person import describe_person
    >>> anna = describe_person(0, 1)
    >>> caption(anna, 0) == caption(anna, 0), caption(anna, 0) == caption(anna, 1)
    (True, False)
    """
    rng = stream(seed, "caption", person.number, person.outfit)
    words = {key: value for key, value in attributes(person).items() if isinstance(value, str)}
    who = _pick(rng, _PEOPLE[(words["sex"], words["age"])])
    if rng.random() < 0.35 and words["build"] != "average":
        who = f"{words['build']} {who}"
    elif rng.random() < 0.3 and words["height"] != "average" and words["age"] != "child":
        who = f"{words['height']} {who}"
    pronoun = "She" if words["sex"] == "female" else "He"
    upper, lower, shoes = _upper(words, rng), _lower(words, rng), _shoes(words, rng)
    head, things = _head(person, words, rng), _things(words, rng)
    if rng.random() < 0.5:
        head, before = "", f" {_pick(rng, ('with', 'who has'))} {head}" if head else ""
    else:
        before = ""
    verb = _pick(rng, ("is wearing", "wears", "is dressed in", "has on"))
    clothes = _pick(
        rng,
        (f"{upper}, {lower} and {shoes}", f"{upper} with {lower} and {shoes}",
         f"{upper} over {lower}, and {shoes}"),
    )  # fmt: skip
    sentences = _pick(
        rng,
        (
            f"{_a(who)}{before} {verb} {clothes}.",
            f"{_a(who)}{before} in {clothes}.",
            f"{_a(who)}{before} {verb} {upper} and {lower}. {pronoun} walks in {shoes}.",
            f"This {who}{before} {verb} {clothes}.",
        ),
    )
    if things:
        carries = _pick(rng, ("carries", "is carrying", "has"))
        sentences += f" {pronoun} {carries} {' and '.join(things)}."
    if head:
        sentences += f" {pronoun} has {head}."
    return sentences[0].upper() + sentences[1:]


def _upper(words: dict[str, str], rng: np.random.Generator) -> str:
    name = f"{words['upper colour']} {_pick(rng, _UPPERS[words['upper']])}"
    if words["sleeves"] != "long" and rng.random() < 0.5 and words["upper"] != "vest":
        long = {"none": "sleeveless", "short": "short-sleeved", "half": "half-sleeved"}
        name = f"{long[words['sleeves']]} {name}"
    name = _a(name)
    if words["upper pattern"] != "plain":
        name += " with " + _pick(rng, _PATTERNS[words["upper pattern"]]).format(
            second=words["second colour"]
        )
    if words["open over"] != "none":
        name += f" {_pick(rng, ('open over', 'over', 'unzipped over'))} something "
        name += words["open over"]
    return name


def _lower(words: dict[str, str], rng: np.random.Generator) -> str:
    name = f"{words['lower colour']} {_pick(rng, _LOWERS[words['lower']])}"
    pattern = {"checks": "checked", "dots": "dotted", "bands": "striped", "pinstripes": "striped"}
    name = f"{pattern.get(words['lower pattern'], '')} {name}".strip()
    if words["lower"] in ("shorts", "skirt") and words["lower length"] == "knee":
        name = f"knee-length {name}"
    elif words["lower length"] == "calf":
        name = f"cropped {name}" if words["lower"] != "skirt" else f"long {name}"
    return _a(name) if words["lower"] == "skirt" else name


def _shoes(words: dict[str, str], rng: np.random.Generator) -> str:
    return f"{words['shoe colour']} {_pick(rng, _SHOES[words['shoes']])}"


def _head(person: Person, words: dict[str, str], rng: np.random.Generator) -> str:
    said = []
    if words["hat"] in _HATS:
        said.append(_a(f"{words['hat colour']} {_HATS[words['hat']]}"))
    elif words["hair"] == "bald":
        said.append("a bald head")
    elif words["hair"] in ("ponytail", "bun", "afro"):
        said.append(_a(f"{words['hair colour']} {words['hair']}"))
    else:
        length = {"medium": "chin-length"}.get(words["hair"], words["hair"])
        said.append(f"{length} {words['hair colour']} hair")
    if person.glasses and rng.random() < 0.8:
        said.append("glasses")
    if person.beard:
        said.append("a beard")
    if words["scarf"] != "none":
        said.append(_a(f"{words['scarf']} scarf"))
    return ", ".join(said[:-1]) + " and " + said[-1] if len(said) > 1 else said[0]


def _things(words: dict[str, str], rng: np.random.Generator) -> list[str]:
    said = []
    if words["bag"] in _BAGS:
        said.append(_a(f"{words['bag colour']} {_pick(rng, _BAGS[words['bag']])}"))
    if words["held"] != "none":
        said.append(_a(words["held"]))
    return said


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _a(words: str) -> str:
    """With its article.

    >>> _a("orange bag"), _a("bag")
    ('an orange bag', 'a bag')
    """
    return f"{'an' if words[0] in 'aeiouAEIOU' else 'a'} {words}"

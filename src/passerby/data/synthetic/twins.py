"""Near-twins: people who look like a neighbour but for two or three details."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from passerby.data.synthetic.colours import LOWERS, SHOES, UPPERS, apart, contrasting, pick
from passerby.data.synthetic.garment import Bag, Garment, Shoes
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.wardrobe import draw_bag

_SHARE = 0.26
_REACH = 20
DETAILS = ("bag", "print", "shoes", "sleeves", "hat", "glasses", "lower", "hem")


def twin_of(seed: int, number: int) -> int | None:
    """The earlier neighbour whom person `number` resembles, or None, as for five people of six.

    Nobody has two twins.

    >>> [twin_of(0, number) for number in range(1, 9)].count(None) >= 4
    True
    """
    model = _wished(seed, number)
    if model is None or _wished(seed, model) is not None:
        return None
    taken = any(_wished(seed, other) == model for other in range(model + 1, number))
    return None if taken else model


@lru_cache(maxsize=65536)
def _wished(seed: int, number: int) -> int | None:
    rng = stream(seed, "twin", number)
    if number < 2 or rng.random() >= _SHARE:
        return None
    return number - int(rng.integers(1, min(_REACH, number - 1) + 1))


def twin_details(
    rng: np.random.Generator, upper: Garment, bag: Bag, female: bool = False
) -> dict[str, Any]:
    """Two or three fields of a `Person` that tell a twin from the one they resemble."""
    chosen = rng.choice(len(DETAILS), size=int(rng.integers(2, 4)), replace=False)
    names = {DETAILS[int(index)] for index in chosen}
    changes: dict[str, Any] = {}
    if "bag" in names:
        other = draw_bag(rng, female, 20)
        if other.kind == bag.kind and apart(other.colour, bag.colour) < 0.4:
            other = replace(other, kind="none" if bag.kind != "none" else "backpack")
        changes["bag"] = other
    if "shoes" in names:
        changes["shoes"] = Shoes("sneakers", pick(SHOES, rng), (0.9, 0.9, 0.89))
    if "lower" in names:
        changes["lower"] = Garment(
            "trousers", colour := pick(LOWERS, rng), contrasting(colour, rng)
        )
    if "hat" in names:
        changes["hat"], changes["hat_colour"] = "cap", pick(UPPERS, rng)
    if "glasses" in names:
        changes["glasses"] = bool(rng.random() < 0.5)
        changes["held"], changes["held_colour"] = "paper bag", pick(UPPERS, rng)
    cloth = upper
    if "print" in names:
        new = {"plain": "print", "print": "logo", "logo": "text", "bands": "chest"}
        cloth = replace(
            cloth,
            second=contrasting(cloth.colour, rng),
            motif=int(rng.integers(1 << 16)),
            pattern=new.get(cloth.pattern, cloth.pattern),
        )
    if "sleeves" in names:
        cloth = replace(cloth, length=0.3 if cloth.length > 0.6 else 0.95)
    if "hem" in names:
        cloth = replace(cloth, hem=cloth.hem - 0.03, layered=not cloth.layered)
    if cloth != upper:
        changes["upper"] = cloth
    return changes

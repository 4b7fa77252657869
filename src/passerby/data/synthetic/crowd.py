"""Who else happens to be in a shot of somebody."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from passerby.data.synthetic.figure import Walker
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.styles import Crowd

BYSTANDER = 1_000_000
"""Numbers from here on are of people who only ever stand in the way."""

_STRANGERS = 500


def bystanders(
    crowd: Crowd, walker: Walker, rng: np.random.Generator, person: Callable[[int], Person]
) -> list[Walker]:
    """People near `walker`: beside, behind, or between walker and camera, never hiding them whole.

    person: who the bystander of a number is

    >>> from passerby.data.synthetic.person import describe_person
    >>> anna = Walker(describe_person(0, 1), 0.0, 6.0, 0.0, 0.0)
    >>> rng = np.random.default_rng(0)
    >>> len(bystanders(Crowd(share=1.0, most=1), anna, rng, lambda n: describe_person(0, n)))
    1
    """
    if rng.random() >= crowd.share:
        return []
    return [
        _bystander(crowd, walker, rng, person) for _ in range(1 + int(rng.integers(crowd.most)))
    ]


def _bystander(
    crowd: Crowd, walker: Walker, rng: np.random.Generator, person: Callable[[int], Person]
) -> Walker:
    hand = float(rng.choice([-1, 1]))
    if rng.random() < crowd.before:
        # On the way of the light from person to camera, which stands at the origin.
        share = 1 - float(rng.uniform(0.6, 1.4)) / max(math.hypot(walker.x, walker.z), 2.0)
        x, z = walker.x * share + hand * float(rng.uniform(0.34, 0.65)), walker.z * share
    elif rng.random() < crowd.along:
        x = walker.x + hand * float(rng.uniform(0.55, 0.9))
        z = walker.z + float(rng.uniform(-0.4, 0.6))
    else:
        x = walker.x + hand * float(rng.uniform(0.2, 1.0))
        z = walker.z + float(rng.uniform(0.7, 2.6))
    turn = walker.heading if rng.random() < crowd.along else float(rng.uniform(-np.pi, np.pi))
    heading, phase = turn + float(rng.normal(0, 0.2)), float(rng.random())
    other = person(BYSTANDER + int(rng.integers(_STRANGERS)))
    return replace(
        walker, person=other, x=x, z=max(z, 2.2), heading=heading, phase=phase, action="walk"
    )

"""Features as a model makes them: clustered by person, in few directions much and in many a little.

The spectrum and the noise are those of OSNet's features of CUHK01: the variance of people's centres
and of their pictures about them falls as (1 + i / 10) ** -1.5 along the axes, and all features
have a part in common.
"""

import numpy as np

NOISE = 1.2


def people_like(
    people: int, each: int, dimensions: int, seed: int = 0, *, unit: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Features (people * each, dimensions) float32, and one more (people, dimensions) of each."""
    rng = np.random.default_rng(seed)
    spread = (1 + np.arange(dimensions) / 10) ** -0.75
    spread /= np.linalg.norm(spread)
    turn = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))[0]
    common = rng.standard_normal(dimensions) / np.sqrt(dimensions) * 0.9

    def draw(count: int) -> np.ndarray:
        return rng.standard_normal((count, dimensions)) * spread

    centres = draw(people)
    made = (np.repeat(centres, each, axis=0) + NOISE * draw(people * each)) @ turn + common
    asked = (centres + NOISE * draw(people)) @ turn + common
    if unit:
        made, asked = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (made, asked))
    return made.astype(np.float32), asked.astype(np.float32)

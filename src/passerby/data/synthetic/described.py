"""People and cameras that were described lately, kept at hand."""

from functools import lru_cache

from passerby.data.synthetic.camera import Camera, describe_camera
from passerby.data.synthetic.ingredients import camera_without, person_without
from passerby.data.synthetic.person import Person, describe_person
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.styles import STYLES


@lru_cache(maxsize=256)
def population(seed: int, style: str) -> int:
    """The seed of a world's people: nobody lives in two styles, so that worlds can be joined."""
    if style == "town":
        return seed
    return int(stream(seed, "people", style).integers(2**62))


@lru_cache(maxsize=4096)
def described_person(
    seed: int, style: str, number: int, outfit: int, without: tuple[str, ...] = ()
) -> Person:
    """Who lives in the world of this seed and style, without some ingredients."""
    whole = describe_person(population(seed, style), number, outfit, STYLES[style].summer)
    return person_without(whole, without)


@lru_cache(maxsize=256)
def described_camera(seed: int, number: int, style: str, without: tuple[str, ...] = ()) -> Camera:
    """The camera, see `describe_camera`, without some ingredients."""
    return camera_without(describe_camera(seed, number, style), without)

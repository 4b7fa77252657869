"""Render the pictures of this site: `python docs/pictures.py`. Nobody in them exists."""

from pathlib import Path

from PIL import Image

from passerby.data.synthetic.layout import contact_sheet
from passerby.data.synthetic.world import World

ASSETS = Path(__file__).parent / "assets"
PEOPLE = (2, 3, 5, 7, 8, 9, 10, 11, 12, 13)
"""Numbers of the people shown, in world 0; any would do."""


def people() -> Image.Image:
    """Each column one person, each row one camera."""
    world = World(seed=0, people=20, cameras=6)
    crops = [
        world.crop(person, camera, 1, height=192, width=96)
        for camera in (1, 2, 3, 4, 6)
        for person in PEOPLE
    ]
    return Image.fromarray(contact_sheet(crops, columns=len(PEOPLE)))


if __name__ == "__main__":
    people().save(ASSETS / "people.jpg", quality=88)

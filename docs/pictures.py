"""Render the pictures of this site: `python docs/pictures.py`. Nobody in them exists.

`python docs/pictures.py people world-styles` makes those alone.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from passerby.data.synthetic.layout import contact_sheet
from passerby.data.synthetic.modalities import MODALITIES
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.truth import SEEN, Truth
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


def crowd() -> Image.Image:
    """Thirty-six people, one picture each."""
    world = World(seed=1, people=60, cameras=6)
    crops = [world.crop(n, 1 + n % 6, 0, height=160, width=80) for n in range(1, 37)]
    return Image.fromarray(contact_sheet(crops, columns=12))


def cameras() -> Image.Image:
    """Three people, each by the cameras of a town, twice."""
    world = World(seed=0, people=20, cameras=6)
    crops = [
        world.crop(person, camera, shot, height=160, width=80)
        for person in (5, 9, 12)
        for camera in range(1, 7)
        for shot in (0, 5)
    ]
    return Image.fromarray(contact_sheet(crops, columns=12))


def worlds() -> Image.Image:
    """A frame of each style, and people of it."""
    rows = []
    for style in STYLES:
        world = World(seed=1, people=30, cameras=4, every=2.5, style=style)
        frames = []
        for camera in (1, 2):
            visit = world.schedule(camera)[6]
            time = (visit.start + visit.end) / 2
            frames.append(world.frame(camera, time, height=180, width=320).pixels)
        crops = [world.crop(n, 1 + n % 4, 0, height=180, width=90) for n in range(1, 6)]
        gap = np.full((180, 4, 3), 255, np.uint8)
        rows.append(np.concatenate([part for one in frames + crops for part in (one, gap)], 1))
    return Image.fromarray(contact_sheet(rows, columns=1))


def modalities() -> Image.Image:
    """Each row one modality, each column one person before one camera."""
    world = World(seed=2, people=30, cameras=4)
    crops = [
        world.crop(n, 1 + n % 4, 0, height=176, width=88, modality=modality)
        for modality in MODALITIES
        for n in range(1, 11)
    ]
    return Image.fromarray(contact_sheet(crops, columns=10))


def truth() -> Image.Image:
    """A picture, its parts, its depth and its key points, of six people."""
    world = World(seed=2, people=30, cameras=4)
    shown = [(n, 1 + n % 4) for n in (1, 2, 3, 5, 6, 8)]
    pictures = []
    for person, camera in shown:
        crop, known = world.crop(person, camera, 0), world.truth(person, camera, 0)
        pictures += [crop, _parts(known), _depth(known), _points(crop, known)]
    small = [np.asarray(Image.fromarray(p).resize((88, 176))) for p in pictures]
    return Image.fromarray(contact_sheet(small, columns=12))


def clothes() -> Image.Image:
    """Five people in their outfits, where clothes change."""
    world = World(seed=3, people=30, cameras=4, clothes_change=True)
    crops = [
        world.crop(person, camera, shot, height=160, width=80)
        for person in (1, 2, 4)
        for camera in range(1, 5)
        for shot in (0, 4, 8)
    ]
    return Image.fromarray(contact_sheet(crops, columns=12))


def _parts(known: Truth) -> np.ndarray:
    colours = np.random.default_rng(3).integers(50, 255, (64, 3)).astype(np.uint8)
    colours[0] = 0
    return colours[known.parts]


def _depth(known: Truth) -> np.ndarray:
    grey = np.clip(255 * 2.5 / known.depth, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, 2)


def _points(crop: np.ndarray, known: Truth) -> np.ndarray:
    picture = crop // 2
    for x, y, state in known.keypoints[0]:
        column, row = int(x), int(y)
        colour = (90, 255, 90) if state == SEEN else (255, 80, 60)
        picture[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4] = colour
    return picture


PICTURES = {
    "people": people,
    "world-people": crowd,
    "world-cameras": cameras,
    "world-styles": worlds,
    "world-modalities": modalities,
    "world-truth": truth,
    "world-clothes": clothes,
}


def save(picture: Image.Image, name: str) -> None:
    """As WebP, in less than 200 kB; the first picture is a JPEG, which README shows."""
    if name == "people":
        picture.save(ASSETS / "people.jpg", quality=88)
        return
    path = ASSETS / f"{name}.webp"
    for quality in (85, 75, 65, 50):
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size < 200_000:
            break


if __name__ == "__main__":
    for name in sys.argv[1:] or list(PICTURES):
        save(PICTURES[name](), name)

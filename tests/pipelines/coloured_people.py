"""A world for tests: each person is a colour, and the model sees nothing but the mean colour."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor, nn

from passerby.core.preprocess import Preprocess
from passerby.core.sample import Sample
from passerby.data.splits import Splits
from passerby.engine.embedder import Embedder

COLOURS = ((220, 40, 40), (40, 220, 40), (40, 40, 220), (220, 220, 40), (40, 220, 220))


def pixels(person: int, camera: int, shot: int = 0) -> np.ndarray:
    """(32, 16, 3) uint8 RGB, darker in each further camera."""
    colour = np.array(COLOURS[person % len(COLOURS)]) * (1 - 0.1 * camera) + 2 * shot
    return np.full((32, 16, 3), colour, np.uint8)


def market_tree(root: Path, people: int = 4, cameras: int = 2) -> Path:
    """Files in the layout of Market-1501: query from camera 1, gallery from all cameras."""
    for person in range(1, people + 1):
        write(root / "query", person, 1, 0)
        write(root / "bounding_box_train", 100 + person, 1, 0)
        for camera in range(1, cameras + 1):
            write(root / "bounding_box_test", person, camera, camera)
    return root


def write(folder: Path, person: int, camera: int, shot: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{person:04d}_c{camera}s1_{shot:06d}_00.png"
    cv2.imwrite(str(folder / name), pixels(person, camera, shot)[..., ::-1])


@dataclass(frozen=True)
class Drawn:
    """A picture that is no file."""

    person: int
    camera: int
    shot: int

    def read(self) -> np.ndarray:
        return pixels(self.person, self.camera, self.shot)

    def __str__(self) -> str:
        return f"drawn/{self.person}-{self.camera}-{self.shot}"


def drawn(root: Path, people: int = 3, repeat: int = 0) -> Splits:
    """A reader of pictures that are no files, with a random gallery picture in each repeat."""

    def sample(person: int, camera: int, shot: int) -> Sample:
        return Sample(Drawn(person, camera, shot), person, camera, dataset="drawn")

    everybody = range(1, people + 1)
    return Splits(
        name="drawn",
        train=(),
        query=tuple(sample(person, 1, 0) for person in everybody),
        gallery=tuple(sample(person, 2, (person + repeat) % 2) for person in everybody),
    )


class MeanColour(nn.Module):
    """Images (B, 3, H, W) -> their mean colours (B, 3); counts the images it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def forward(self, images: Tensor) -> Tensor:
        self.seen += len(images)
        return images.mean((2, 3))


def colour_embedder() -> Embedder:
    return Embedder("colours", "c0" * 32, MeanColour(), Preprocess(32, 16), "euclidean")

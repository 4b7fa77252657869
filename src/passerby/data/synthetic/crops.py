"""The rendered world as a data set: crops that are rendered when they are read."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.market1501 import market1501
from passerby.data.splits import Splits
from passerby.data.synthetic.world import SHOTS_PER_VISIT, World

FRAMES_PER_SECOND = 25
"""What the frame numbers in file names count, as in Market-1501."""

PARTS = ("bounding_box_train", "query", "bounding_box_test")
"""Folders of the Market-1501 layout: train, query, gallery."""


@dataclass(frozen=True, slots=True)
class RenderedCrop:
    """One crop of a world, a `Picture`: `read` renders it.

    >>> str(RenderedCrop(World(seed=0, people=2, cameras=2), person=2, camera=1, shot=5)).split("_")
    ['0002', 'c1s2', ..., '02.jpg']
    """

    world: World
    person: int
    camera: int
    shot: int
    height: int = 256
    width: int = 128

    def read(self) -> np.ndarray:
        """The pixels: (height, width, 3) uint8 RGB."""
        return self.world.crop(
            self.person, self.camera, self.shot, height=self.height, width=self.width
        )

    @property
    def time(self) -> float:
        """Seconds of the world's clock, as the file name holds them."""
        visit, place = divmod(self.shot, SHOTS_PER_VISIT)
        start = self.world.visit(self.person, self.camera, visit).start
        return round((start + place) * FRAMES_PER_SECOND) / FRAMES_PER_SECOND

    def __str__(self) -> str:
        visit, place = divmod(self.shot, SHOTS_PER_VISIT)
        frame = round((self.time - visit * self.world.period) * FRAMES_PER_SECOND)
        return (
            f"{self.person:04d}_c{self.camera}s{visit + 1}_{max(frame, 0):06d}_{place + 1:02d}.jpg"
        )

    def sample(self) -> Sample:
        """The crop with its labels."""
        visit = self.world.visit(self.person, self.camera, self.shot // SHOTS_PER_VISIT)
        return Sample(self, self.person, self.camera, visit.tracklet, self.time, "rendered")


def rendered(
    root: Path | None = None,
    *,
    seed: int = 0,
    people: int = 200,
    test_people: int = 100,
    cameras: int = 6,
    shots: int = 4,
    height: int = 256,
    width: int = 128,
) -> Splits:
    """A rendered world: `people` to learn from, `test_people` others to find again.

    Every person is seen `shots` times by each of `cameras` cameras; at test, the first picture
    from each camera is a query, the others are the gallery. Crops are rendered as they are read.
    When `root` holds a world that `write_crops` wrote, that one is read, and the other
    options do not matter.

    Raises PasserbyError when `root` holds something else, or the numbers make no data set.

    >>> splits = rendered(people=3, test_people=2, cameras=2, shots=3)
    >>> len(splits.train), len(splits.query), len(splits.gallery)
    (18, 4, 8)
    """
    if root is not None and all((root / part).is_dir() for part in PARTS):
        return _written(root)
    if root is not None and root.exists() and (root.is_file() or any(root.iterdir())):
        raise PasserbyError(
            f"{root} holds no rendered world ({', '.join(PARTS)} are not all there); name a folder "
            "that `passerby data render` wrote, or an empty or new one to render while reading"
        )
    for name, value, least in (
        ("people", people, 0), ("test_people", test_people, 0), ("cameras", cameras, 2),
        ("shots", shots, 2), ("height", height, 8), ("width", width, 8),
    ):  # fmt: skip
        if value < least:
            raise PasserbyError(
                f"a rendered data set with {name} = {value} tests nothing; choose {least} or more"
            )
    world = World(seed=seed, people=max(1, people + test_people), cameras=cameras)

    def seen(first: int, last: int, chosen: range) -> tuple[Sample, ...]:
        return tuple(
            RenderedCrop(world, person, camera, shot, height, width).sample()
            for person in range(first, last + 1)
            for camera in range(1, cameras + 1)
            for shot in chosen
        )

    return Splits(
        "rendered",
        train=seen(1, people, range(shots)),
        query=seen(people + 1, people + test_people, range(1)),
        gallery=seen(people + 1, people + test_people, range(1, shots)),
    )


def _written(root: Path) -> Splits:
    splits = market1501(root)
    named = {
        part: tuple(replace(sample, dataset="rendered") for sample in getattr(splits, part))
        for part in ("train", "query", "gallery")
    }
    return Splits("rendered", **named)

"""One crop of a world, as a picture that is rendered when it is read."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from passerby.core.sample import DISTRACTOR, JUNK, Sample
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.shot import Shot
from passerby.data.synthetic.sight import SHOTS_PER_VISIT, Cut
from passerby.data.synthetic.truth import Truth
from passerby.data.synthetic.world import World

FRAMES_PER_SECOND = 25
"""What the frame numbers in file names count, as in Market-1501."""

Kind = Literal["person", "junk", "stranger", "nobody"]
"""Somebody; a bad box of somebody; a person who is in no query; a box around nobody."""


_CUTS: dict[Kind, Cut] = {
    "person": "whole", "junk": "junk", "stranger": "whole", "nobody": "empty",
}  # fmt: skip


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
    modality: Modality = "visible"
    kind: Kind = "person"

    def read(self) -> np.ndarray:
        """The pixels: (height, width, 3) uint8 RGB."""
        return self.world.crop(
            self.person, self.camera, self.shot, height=self.height, width=self.width,
            modality=self.modality, cut=_CUTS[self.kind],
        )  # fmt: skip

    def described(self) -> Shot:
        """What `read` renders, as numbers alone."""
        return self.world.shot(
            self.person, self.camera, self.shot, height=self.height, width=self.width,
            modality=self.modality, cut=_CUTS[self.kind],
        )  # fmt: skip

    def truth(self) -> Truth:
        """What is known about every pixel of the crop."""
        return self.world.truth(
            self.person, self.camera, self.shot, height=self.height, width=self.width,
            cut=_CUTS[self.kind],
        )  # fmt: skip

    @property
    def time(self) -> float | None:
        """Seconds of the world's clock, as the file name holds them; None for bad boxes."""
        if self.kind != "person":
            return None
        visit, place = divmod(self.shot, SHOTS_PER_VISIT)
        start = self.world.visit(self.person, self.camera, visit).start
        return round((start + place) * FRAMES_PER_SECOND) / FRAMES_PER_SECOND

    def __str__(self) -> str:
        match self.kind:
            case "junk":
                return f"-1_c{self.camera}_{self.person:04d}_{self.shot:02d}.jpg"
            case "stranger":
                return f"0000_c{self.camera}_{self.person}_{self.shot:02d}.jpg"
            case "nobody":
                return f"0000_c{self.camera}_nobody_{self.shot:06d}.jpg"
        visit, place = divmod(self.shot, SHOTS_PER_VISIT)
        assert self.time is not None
        frame = round((self.time - visit * self.world.period) * FRAMES_PER_SECOND)
        return (
            f"{self.person:04d}_c{self.camera}s{visit + 1}_{max(frame, 0):06d}_{place + 1:02d}.jpg"
        )

    def sample(self) -> Sample:
        """The crop with its labels."""
        if self.kind == "person":
            visit = self.world.visit(self.person, self.camera, self.shot // SHOTS_PER_VISIT)
            person, tracklet = self.person, visit.tracklet
        else:
            person, tracklet = (JUNK if self.kind == "junk" else DISTRACTOR), -1
        return Sample(self, person, self.camera, tracklet, self.time, "rendered", self.modality)


@dataclass(frozen=True, slots=True)
class FreshCrop:
    """A person before a camera, in another shot every time a training batch asks.

    `read` gives the crop that it was made of; `drawn` a shot that the draw's seed decides, from
    more than 10^12.

    >>> crop = RenderedCrop(World(people=2, cameras=2), 1, 1, 0, height=32, width=16)
    >>> fresh = FreshCrop(crop)
    >>> np.array_equal(fresh.read(), crop.read()), np.array_equal(fresh.drawn((7,)), crop.read())
    (True, False)
    """

    crop: RenderedCrop

    def read(self) -> np.ndarray:
        """The pixels of one shot, always the same: (height, width, 3) uint8 RGB."""
        return self.crop.read()

    def drawn(self, seed: tuple[int, ...]) -> np.ndarray:
        """The pixels of the shot that `seed` decides."""
        return self._crop(seed).read()

    def described(self, seed: tuple[int, ...]) -> Shot:
        """What `drawn` renders, as numbers alone; see `passerby.data.fresh`."""
        return self._crop(seed).described()

    def _crop(self, seed: tuple[int, ...]) -> RenderedCrop:
        rng = stream(self.crop.world.seed, "fresh", self.crop.person, self.crop.camera, *seed)
        return replace(self.crop, shot=int(rng.integers(SHOTS_PER_VISIT * 2**38)))

    def __str__(self) -> str:
        return str(self.crop)

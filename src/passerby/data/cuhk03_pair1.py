"""Reader of the first camera pair of CUHK03, alone in a folder."""

import re
from pathlib import Path
from typing import Literal

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample, people
from passerby.data.folders import named_images, require_layout
from passerby.data.splits import Splits, shuffled

_NAME = re.compile(r"(\d{4})_(\d{2})\.")
_EXAMPLE = "0000_07.jpg"
_PER_CAMERA = 5


def cuhk03_pair1(
    root: Path,
    train_people: int = 600,
    split: int = 0,
    repeat: int = 0,
    gallery: Literal["one", "all"] = "one",
) -> Splits:
    """The first camera pair of CUHK03 in a folder: 743 people, up to 5 images per camera.

    Source: "DeepReID: deep filter pairing neural network for person re-identification" (Li et
    al., 2014), in a form that is handed round without the official archive, by hand-labelled boxes.
    Its people have no known place in the official splits: compare nothing with published figures.

    `root` holds labeled, with images named as 0000_07.jpg: person 0, which is person 1 here,
    picture 7. Pictures 0 to 4 are from camera 1, which the queries come from, all of them; 5 to 9
    from camera 2, the gallery.

    Raises PasserbyError when `root` has another layout, nobody is left to test on, or an option is
    off.

    Args:
        root: the folder that holds labeled
        train_people: how many people to learn from; the others are tested on
        split: which people: 0 learns from the first ones; 1, 2, ... shuffle them, seeded by it
        repeat: the seed that draws the gallery pictures
        gallery: one picture of each person, drawn by repeat, or all of camera 2
    """
    if split < 0 or repeat < 0 or gallery not in ("one", "all"):
        raise PasserbyError(
            f"cuhk03_pair1 has no split={split}, repeat={repeat}, gallery={gallery!r}; split and "
            "repeat count from 0, gallery is 'one' or 'all'"
        )
    root = Path(root)
    require_layout(root, "CUHK03's first camera pair", [["labeled"]])
    crops = [_sample(path, name) for path, name in named_images(root / "labeled", _NAME, _EXAMPLE)]
    numbers = people(crops)
    if not 0 <= train_people < len(numbers):
        raise PasserbyError(
            f"train_people is {train_people}; '{root / 'labeled'}' holds {len(numbers)} people, so "
            f"choose 0 to {len(numbers) - 1}"
        )
    order = shuffled(numbers, split) if split else numbers
    learnt = set(order[:train_people])
    test = [sample for sample in crops if sample.person not in learnt]
    found = [sample for sample in test if sample.camera == 2]
    return Splits(
        name="cuhk03_pair1",
        train=tuple(sample for sample in crops if sample.person in learnt),
        query=tuple(sample for sample in test if sample.camera == 1),
        gallery=tuple(found if gallery == "all" else _one_of_each(found, repeat)),
    )


def _sample(path: Path, name: re.Match[str]) -> Sample:
    camera = 1 if int(name[2]) < _PER_CAMERA else 2
    # Person 0 would be a distractor.
    return Sample(path, person=int(name[1]) + 1, camera=camera, dataset="cuhk03_pair1")


def _one_of_each(samples: list[Sample], seed: int) -> list[Sample]:
    """One sample of each person, in order of person."""
    random = np.random.RandomState(seed)
    groups: dict[int, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.person, []).append(sample)
    return [groups[person][random.randint(len(groups[person]))] for person in sorted(groups)]

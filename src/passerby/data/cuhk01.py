"""Reader of CUHK01."""

import re
from pathlib import Path
from typing import Literal

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import named_images, require_layout
from passerby.data.splits import Splits, shuffled

_NAME = re.compile(r"(\d{4})(\d{3})\.")
_EXAMPLE = "0001001.png"
_PEOPLE = 971
_TRAIN = {"485/486": 485, "871/100": 871}


def cuhk01(
    root: Path,
    people: Literal["485/486", "871/100"] = "485/486",
    split: int = 0,
    repeat: int = 0,
    shots: Literal[1, 2] = 1,
) -> Splits:
    """CUHK01: 971 people, 2 cameras, 2 images each per camera.

    Source: "Human reidentification with transferred metric learning" (Li, Zhao and Wang, 2012).

    `root` holds campus, with images named as 0001003.png: person 1, picture 3. Pictures 1 and 2
    are from camera 1, which the queries come from, 3 and 4 from camera 2, the gallery.

    Raises PasserbyError when `root` has another layout, a person is missing, or an option is off.

    Args:
        root: the folder that holds campus
        people: how many people to learn from and to test on
        split: which people: 0 learns from the first ones; 1, 2, ... shuffle them, seeded by it
        repeat: single shot: the seed that draws one query and one gallery picture per test person
        shots: pictures per test person and camera: 1 drawn by repeat, or both
    """
    if people not in _TRAIN or split < 0 or repeat < 0 or shots not in (1, 2):
        raise PasserbyError(
            f"cuhk01 has no people={people!r}, split={split}, repeat={repeat}, shots={shots}; "
            "people is '485/486' or '871/100', split and repeat count from 0, shots is 1 or 2"
        )
    require_layout(root, "CUHK01", [["campus"]])
    crops = _crops(root / "campus")
    numbers = sorted({sample.person for sample in crops})
    if len(numbers) != _PEOPLE:
        raise PasserbyError(
            f"'{root / 'campus'}' holds {len(numbers)} people, CUHK01 has {_PEOPLE}; "
            "unpack the whole archive again"
        )
    order = shuffled(numbers, split) if split else numbers
    learnt, tested = set(order[: _TRAIN[people]]), set(order[_TRAIN[people] :])
    test = [sample for sample in crops if sample.person in tested]
    if shots == 1:
        test = _one_per_camera(test, repeat)
    return Splits(
        name="cuhk01",
        train=tuple(sample for sample in crops if sample.person in learnt),
        query=tuple(sample for sample in test if sample.camera == 1),
        gallery=tuple(sample for sample in test if sample.camera == 2),
    )


def _crops(folder: Path) -> list[Sample]:
    return [
        Sample(path, person=int(name[1]), camera=1 if int(name[2]) <= 2 else 2, dataset="cuhk01")
        for path, name in named_images(folder, _NAME, _EXAMPLE)
    ]


def _one_per_camera(samples: list[Sample], seed: int) -> list[Sample]:
    """One sample of each person in each camera, in order of person and camera."""
    random = np.random.RandomState(seed)
    groups: dict[tuple[int, int], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.person, sample.camera), []).append(sample)
    return [groups[place][random.randint(len(groups[place]))] for place in sorted(groups)]

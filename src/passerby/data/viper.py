"""Reader of VIPeR."""

import re
from pathlib import Path

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import named_images, require_layout
from passerby.data.matlab import open_hdf5
from passerby.data.splits import Splits, shuffled

_NAME = re.compile(r"(\d+)_\d+\.")
_EXAMPLE = "000_45.bmp"
_SPLITS = 10


def viper(root: Path, split: int = 0, partition: Path | None = None) -> Splits:
    """VIPeR: 632 people, one image in each of 2 cameras; half the people train, half test.

    Source: "Evaluating appearance models for recognition, reacquisition, and tracking" (Gray,
    Brennan and Tao, 2007).

    `root` holds cam_a and cam_b, with images named as 000_45.bmp: person and viewpoint in
    degrees. Persons are numbered one higher than in the names, because 0 means distractor.

    Raises PasserbyError when `root` has another layout, the cameras hold different people, or the
    split does not exist.

    Args:
        root: the folder that holds cam_a and cam_b
        split: which of 10 partitions into 316 and 316 people, from 0
        partition: a Partition_viper.mat to take the partitions from; otherwise a shuffle seeded
            by the split
    """
    if not 0 <= split < _SPLITS:
        raise PasserbyError(f"viper has no split {split}; splits are 0 to {_SPLITS - 1}")
    require_layout(root, "VIPeR", [["cam_a", "cam_b"]])
    a, b = _camera(root / "cam_a", 1), _camera(root / "cam_b", 2)
    numbers = sorted(a)
    if unpaired := sorted(set(a) ^ set(b)):
        raise PasserbyError(
            f"{len(unpaired)} people of VIPeR are in one of cam_a and cam_b only, the first is "
            f"'{(a | b)[unpaired[0]].key}'; unpack the archive again"
        )
    if partition is None:
        tested = set(shuffled(numbers, split)[len(numbers) // 2 :])
    else:
        mask = _official_test(Path(partition), split, len(numbers))
        tested = {number for number, test in zip(numbers, mask, strict=True) if test}
    return Splits(
        name="viper",
        train=tuple(camera[n] for n in numbers if n not in tested for camera in (a, b)),
        query=tuple(a[n] for n in numbers if n in tested),
        gallery=tuple(b[n] for n in numbers if n in tested),
    )


def _camera(folder: Path, camera: int) -> dict[int, Sample]:
    return {
        int(name[1]) + 1: Sample(path, int(name[1]) + 1, camera, dataset="viper")
        for path, name in named_images(folder, _NAME, _EXAMPLE)
    }


def _official_test(partition: Path, split: int, people: int) -> np.ndarray:
    """Which people, in the order of their files, are tested: (people,) bool."""
    with open_hdf5(partition) as file:
        try:
            # One entry for each image: all of cam_a, then all of cam_b.
            chosen = np.asarray(file[file["partition"]["idx_test"][split, 0]]).ravel().astype(bool)
        except (KeyError, IndexError, ValueError) as error:
            raise PasserbyError(
                f"'{partition}' holds no split {split} of VIPeR ({error}); "
                "leave the option partition out to use seeded splits"
            ) from error
    if len(chosen) != 2 * people or (chosen[:people] != chosen[people:]).any():
        raise PasserbyError(
            f"'{partition}' divides {len(chosen) // 2} people, VIPeR here has {people}; "
            "unpack the whole archive again, or leave the option partition out"
        )
    return chosen[:people]

"""Reader of SYSU-MM01."""

import re
from collections.abc import Iterator
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import named_images, require_layout, subfolders
from passerby.data.splits import Splits

_CAMERAS = tuple(range(1, 7))
_INFRARED = (3, 6)
_FOLDER = re.compile(r"\d{4}$")
_NAME = re.compile(r"(\d+)\.")
_EXAMPLE = "0001.jpg"


def sysu_mm01(root: Path) -> Splits:
    """SYSU-MM01: 491 people by 4 visible and 2 infrared cameras; 296 train, 99 val, 96 test.

    Source: "RGB-infrared cross-modality person re-identification" (Wu et al., 2017).

    `root` holds cam1 to cam6, with a folder for each person (cam1/0006/0001.jpg), and the lists
    exp/train_id.txt, exp/val_id.txt and exp/test_id.txt. Cameras 3 and 6 are infrared; camera 3
    is in the same place as camera 2.

    The queries are all infrared pictures of the test people, the gallery all their visible ones:
    the protocols `sysu-mm01-all-1` and so on draw from it.

    Raises PasserbyError when `root` has another layout, a list is broken, or pictures of a listed
    person are missing altogether.
    """
    root = Path(root)
    lists = {part: f"exp/{part}_id.txt" for part in ("train", "val", "test")}
    cameras = [f"cam{camera}" for camera in _CAMERAS]
    require_layout(root, "SYSU-MM01", [[*cameras, *lists.values()]])
    crops: dict[int, list[Sample]] = {}
    for sample in _samples(root):
        crops.setdefault(sample.person, []).append(sample)
    parts: dict[str, tuple[Sample, ...]] = {}
    for part, name in lists.items():
        people = _people(root / name)
        if missing := [person for person in people if person not in crops]:
            raise PasserbyError(
                f"'{root}' holds no picture of {len(missing)} of the {len(people)} people of "
                f"'{name}', the first is person {missing[0]}; unpack the whole archive again"
            )
        listed = [sample for person in people for sample in crops[person]]
        parts[part] = tuple(sorted(listed, key=lambda sample: (sample.camera, sample.key)))
    return Splits(
        name="sysu_mm01",
        train=parts["train"],
        val=parts["val"],
        query=tuple(sample for sample in parts["test"] if sample.camera in _INFRARED),
        gallery=tuple(sample for sample in parts["test"] if sample.camera not in _INFRARED),
    )


def _samples(root: Path) -> Iterator[Sample]:
    for camera in _CAMERAS:
        for folder in subfolders(root / f"cam{camera}"):
            if not _FOLDER.match(folder.name):
                raise PasserbyError(
                    f"'{folder}' is no person of SYSU-MM01, whose folders have names like 0006; "
                    "move what does not belong there"
                )
            # Some people have an empty folder where a camera did not see them.
            if not any(folder.iterdir()):
                continue
            for path, _ in named_images(folder, _NAME, _EXAMPLE):
                yield Sample(
                    path,
                    person=int(folder.name),
                    camera=camera,
                    dataset="sysu_mm01",
                    modality="infrared" if camera in _INFRARED else "visible",
                )


def _people(path: Path) -> list[int]:
    """The persons that a list names, sorted; they stand with commas between them."""
    try:
        return sorted(int(number) for number in path.read_text().replace(",", " ").split())
    except ValueError as error:
        raise PasserbyError(
            f"'{path}' is no list of persons ({error}); it holds numbers with commas between them"
        ) from error

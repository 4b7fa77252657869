"""Reader of a user's own crops, sorted into folders."""

import re
from collections.abc import Iterator
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import image_files, require_layout, subfolders
from passerby.data.numbering import number_cameras, number_persons
from passerby.data.splits import Splits

SPLIT_NAMES = ("train", "query", "gallery", "val")
_CAMERA = re.compile(r"(?:^|[_-])(?:c|cam|camera)-?(\d+)(?=s\d|[_.-])", re.IGNORECASE)


def folder(root: Path) -> Splits:
    """Your own crops, in folders: ROOT/SPLIT/PERSON/CAMERA_anything.jpg.

    SPLIT is train, val, query or gallery; leave out what you do not have. PERSON is a folder per
    person; the same name in two splits is the same person. The camera is a part like c3, cam3 or
    camera3 of the file's name, otherwise all that stands before its first underscore
    (gate_0017.jpg is from camera "gate"); or it is a folder of its own,
    ROOT/SPLIT/PERSON/CAMERA/anything.jpg.

    Names become numbers: whole numbers stand, others are counted from 1 in natural order. The
    folders junk and distractor (or -1 and 0) hold crops of nobody whole and of people in no query.

    Raises PasserbyError when no split folder is there, one is empty, or a camera is not told.
    """
    root = Path(root)
    require_layout(
        root, "crops in folders", [["train"], ["query", "gallery"], ["val"], ["query"], ["gallery"]]
    )
    found = {
        split: list(_crops(root / split)) if (root / split).is_dir() else []
        for split in SPLIT_NAMES
    }
    every = [crop for crops in found.values() for crop in crops]
    persons = number_persons(person for person, _, _ in every)
    cameras = number_cameras(camera for _, camera, _ in every)
    name = root.resolve().name
    return Splits(
        name=name,
        **{
            split: tuple(
                Sample(path, persons[person], cameras[camera], dataset=name)
                for person, camera, path in crops
            )
            for split, crops in found.items()
        },
    )


def _crops(split: Path) -> Iterator[tuple[str, str, Path]]:
    """Person, camera and path of every crop below a split's folder, sorted."""
    people = subfolders(split)
    if not people:
        raise PasserbyError(
            f"'{split}' holds no folders; make one for each person, as in "
            f"'{split / 'ann' / 'gate_0017.jpg'}'"
        )
    for person in people:
        for path in image_files(person):
            yield person.name, _camera_of(path), path
        for camera in subfolders(person):
            for path in image_files(camera):
                yield person.name, camera.name, path


def _camera_of(path: Path) -> str:
    if marked := _CAMERA.search(path.name):
        return marked[1]
    camera, underscore, _ = path.stem.partition("_")
    if not (camera and underscore):
        raise PasserbyError(
            f"the name of '{path}' does not tell its camera; call it CAMERA_anything, such as "
            f"'gate_{path.name}', or put it into a folder named for the camera"
        )
    return camera

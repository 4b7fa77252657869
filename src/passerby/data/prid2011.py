"""Reader of PRID2011."""

import json
import re
from pathlib import Path
from typing import Literal

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import named_images, require_layout, subfolders
from passerby.data.splits import Splits, shuffled

_NAME = re.compile(r"person_(\d{4})")
_EXAMPLE = "person_0001.png"
_FRAME = re.compile(r"(\d{4})\.")
_SHARED = range(1, 201)  # people that both cameras see; higher numbers mean others in each
_TESTED = 100
_SPLITS = 10


def prid2011(
    root: Path,
    shots: Literal["single", "multiple"] = "single",
    split: int = 0,
    splits: Path | None = None,
) -> Splits:
    """PRID2011: 200 people whom both of 2 cameras see, and 549 more whom the gallery's one sees.

    Source: "Person re-identification by descriptive and discriminative classification" (Hirzer et
    al., 2011).

    `root` holds single_shot or multi_shot, each with cam_a and cam_b: one picture of each person
    (single_shot/cam_a/person_0001.png), or a folder of them
    (multi_shot/cam_a/person_0001/0001.png), which is one tracklet.

    Single shots: of the 200 people 100 are learnt from, and 100 are searched from camera A among
    649 of camera B. Multiple shots: the people of a splits file, in both cameras; the usual
    file halves 178 people with long tracklets.

    Raises PasserbyError when `root` has another layout, somebody is missing, the splits file is
    missing or broken, or an option is off.

    Args:
        root: the folder that holds single_shot or multi_shot
        shots: one picture of each person and camera, or tracklets
        split: which split, from 0; there are 10, and so many as the splits file has
        splits: a JSON list of {"train": ["person_0001", ...], "test": [...]}; single shots are
            shuffled, seeded by the split, when left out
    """
    if shots not in ("single", "multiple") or split < 0 or (splits is None and split >= _SPLITS):
        raise PasserbyError(
            f"prid2011 has no shots={shots!r} with split {split}; shots is 'single' or "
            f"'multiple', splits are 0 to {_SPLITS - 1}"
        )
    if shots == "multiple" and splits is None:
        raise PasserbyError(
            "prid2011 with shots 'multiple' needs the option splits, a JSON list of "
            '{"train": ["person_0001", ...], "test": [...]}; the one in use halves 178 people'
        )
    folder = "single_shot" if shots == "single" else "multi_shot"
    root = Path(root)
    require_layout(root, "PRID2011", [[f"{folder}/cam_a", f"{folder}/cam_b"]])
    read = _pictures if shots == "single" else _tracklets
    a, b = (read(root / folder / f"cam_{view}", number) for view, number in (("a", 1), ("b", 2)))
    if splits is None:
        order = shuffled(list(_SHARED), split)
        learnt, tested = sorted(order[_TESTED:]), sorted(order[:_TESTED])
    else:
        learnt, tested = _official(Path(splits), split)
    if missing := [p for p in sorted({*learnt, *tested}) if p not in a or p not in b]:
        raise PasserbyError(
            f"{len(missing)} people are not in both cameras of '{root / folder}', the first is "
            f"person_{missing[0]:04d}; unpack the whole archive again"
        )
    others = sorted(person for person in b if person not in _SHARED) if shots == "single" else []
    return Splits(
        name="prid2011",
        train=tuple(sample for p in learnt for camera in (a, b) for sample in camera[p]),
        query=tuple(sample for p in tested for sample in a[p]),
        gallery=tuple(sample for p in (*tested, *others) for sample in b[p]),
    )


def _pictures(folder: Path, camera: int) -> dict[int, list[Sample]]:
    return {
        int(name[1]): [Sample(path, int(name[1]), camera, dataset="prid2011")]
        for path, name in named_images(folder, _NAME, _EXAMPLE)
    }


def _tracklets(folder: Path, camera: int) -> dict[int, list[Sample]]:
    people: dict[int, list[Sample]] = {}
    for place in subfolders(folder):
        if not (name := _NAME.fullmatch(place.name)):
            raise PasserbyError(
                f"'{place}' is no person of PRID2011, whose folders have names like person_0001; "
                "move what does not belong there"
            )
        person = int(name[1])
        people[person] = [
            Sample(path, person, camera, tracklet=1000 * camera + person, dataset="prid2011")
            for path, _ in named_images(place, _FRAME, "0001.png")
        ]
    return people


def _official(path: Path, split: int) -> tuple[list[int], list[int]]:
    """Persons to learn from and to test on."""
    try:
        chosen = json.loads(path.read_text())
        if not split < len(chosen):
            raise PasserbyError(f"'{path}' has no split {split}; it has {len(chosen)}, from 0")
        learnt, tested = (
            sorted(int(str(name).removeprefix("person_")) for name in chosen[split][part])
            for part in ("train", "test")
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise PasserbyError(
            f"'{path}' holds no splits of PRID2011 ({error}); it is a JSON list of "
            '{"train": ["person_0001", ...], "test": [...]}'
        ) from error
    return learnt, tested

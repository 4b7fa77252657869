"""Reader of RegDB."""

from pathlib import Path, PurePosixPath
from typing import Literal

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import require_layout
from passerby.data.splits import Splits

_SPLITS = 10
_LIGHTS = {"visible": (1, "visible"), "thermal": (2, "infrared")}


def regdb(root: Path, split: int = 0, query: Literal["visible", "thermal"] = "visible") -> Splits:
    """RegDB: 412 people, 10 visible and 10 thermal pictures each; half train, half test.

    Source: "Person recognition system based on a combination of body images from visible light
    and thermal cameras" (Nguyen et al., 2017); the 10 splits are from "Hierarchical
    discriminative learning for visible thermal person re-identification" (Ye et al., 2018).

    `root` holds Visible and Thermal, with a folder for each person
    (Visible/285/male_back_v_05528_285.bmp), and the lists idx/train_visible_1.txt to
    idx/test_thermal_10.txt, whose lines are a path and the number of the person within the list.

    A person is numbered as the folder is; camera 1 and modality "visible" are of Visible,
    camera 2 and modality "infrared" of Thermal.

    Raises PasserbyError when `root` has another layout, a list is broken, a listed picture is
    missing, or an option is off.

    Args:
        root: the folder that holds Visible, Thermal and idx
        split: which of the 10 lists, from 0
        query: which pictures ask; the others are the gallery
    """
    if not 0 <= split < _SPLITS or query not in _LIGHTS:
        raise PasserbyError(
            f"regdb has no split {split} with query={query!r}; splits are 0 to {_SPLITS - 1}, "
            "query is 'visible' or 'thermal'"
        )
    root = Path(root)
    require_layout(root, "RegDB", [["Visible", "Thermal", "idx"]])
    parts = {
        (part, light): _listed(root, f"idx/{part}_{light}_{split + 1}.txt", light)
        for part in ("train", "test")
        for light in _LIGHTS
    }
    found = "thermal" if query == "visible" else "visible"
    return Splits(
        name="regdb",
        train=parts["train", "visible"] + parts["train", "thermal"],
        query=parts["test", query],
        gallery=parts["test", found],
    )


def _listed(root: Path, name: str, light: str) -> tuple[Sample, ...]:
    if not (root / name).is_file():
        raise PasserbyError(
            f"there is no list '{root / name}'; unpack the whole archive of RegDB again"
        )
    camera, modality = _LIGHTS[light]
    samples: list[Sample] = []
    folders: dict[str, str] = {}  # number within the list -> folder
    for line in (root / name).read_text().splitlines():
        if not line.strip():
            continue
        path, _, number = line.strip().rpartition(" ")
        parts = PurePosixPath(path).parts
        if len(parts) != 3 or not parts[1].isdecimal() or not number.isdecimal():
            raise PasserbyError(
                f"'{name}' holds the line {line!r}, which is unlike "
                "Visible/285/male_back_v_05528_285.bmp 0; unpack the archive again"
            )
        if folders.setdefault(number, parts[1]) != parts[1]:
            raise PasserbyError(
                f"'{name}' calls folders {folders[number]} and {parts[1]} the same person, "
                f"number {number}; unpack the archive again"
            )
        if not (root / path).is_file():
            raise PasserbyError(
                f"'{name}' lists '{path}', which is missing in '{root}'; unpack the archive again"
            )
        samples.append(
            Sample(root / path, int(parts[1]), camera, dataset="regdb", modality=modality)
        )
    return tuple(samples)

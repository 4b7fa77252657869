"""Reader of MARS."""

import re
from pathlib import Path

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import require_layout, subfolders
from passerby.data.splits import Splits

_NAME = re.compile(r"(\d{4}|00-1)C(\d)T(\d{4})F(\d{3})\.jpg$")
_EXAMPLE = "0001C1T0001F001.jpg"
_LISTS = (
    "train_name.txt",
    "test_name.txt",
    "tracks_train_info.mat",
    "tracks_test_info.mat",
    "query_IDX.mat",
)


def mars(root: Path) -> Splits:
    """MARS: tracklets of 1,261 people by 6 cameras; 8,298 to learn from, 12,180 to test on.

    Source: "MARS: a video benchmark for large-scale person re-identification" (Zheng et al.,
    2016).

    `root` holds bbox_train and bbox_test, with a folder for each person
    (bbox_train/0001/0001C1T0001F001.jpg), and in info train_name.txt, test_name.txt,
    tracks_train_info.mat, tracks_test_info.mat and query_IDX.mat.

    Every picture is a sample of its `tracklet`, which is numbered from 1 as the lists are. Person
    -1 is junk and person 0 a distractor. The 1,980 queries are in the gallery too, as the
    benchmark has it; the rules of the protocol `mars` leave them out where they would find
    themselves.

    Raises PasserbyError when `root` has another layout, a list is broken or speaks of another
    number of pictures, or a listed picture is missing.
    """
    root = Path(root)
    info = "info"
    require_layout(
        root, "MARS", [["bbox_train", "bbox_test", *(f"{info}/{name}" for name in _LISTS)]]
    )
    train, test = (_tracklets(root, part) for part in ("train", "test"))
    queries = _numbers(root / info / "query_IDX.mat", "query_IDX").ravel()
    if len(queries) and not 1 <= queries.min() <= queries.max() <= len(test):
        raise PasserbyError(
            f"'{root / info / 'query_IDX.mat'}' speaks of tracklet {queries.max()}, there are "
            f"{len(test)}; download the lists again"
        )
    return Splits(
        name="mars",
        train=tuple(sample for tracklet in train for sample in tracklet),
        query=tuple(sample for number in queries for sample in test[number - 1]),
        gallery=tuple(sample for tracklet in test for sample in tracklet),
    )


def _tracklets(root: Path, part: str) -> list[list[Sample]]:
    """The pictures of each tracklet, in the order of the lists."""
    names_file = root / "info" / f"{part}_name.txt"
    names = names_file.read_text().split()
    tracks = _numbers(root / "info" / f"tracks_{part}_info.mat", f"track_{part}_info")
    # First and last picture of each, counted from 1: every picture is in one tracklet.
    lasts = tracks[:, 1] if tracks.ndim == 2 and tracks.shape[1] == 4 else tracks[:0].ravel()
    firsts = np.concatenate([[1], lasts[:-1] + 1])
    if not (len(lasts) and lasts[-1] == len(names) and (tracks[:, 0] == firsts).all()):
        raise PasserbyError(
            f"tracks_{part}_info.mat does not divide the {len(names)} pictures of "
            f"'{names_file.name}' into tracklets; download the lists of MARS again"
        )
    folder = root / f"bbox_{part}"
    here = {path.name for person in subfolders(folder) for path in person.iterdir()}
    if missing := [name for name in names if name not in here]:
        raise PasserbyError(
            f"{len(missing)} of the {len(names)} pictures of '{names_file.name}' are missing in "
            f"'{folder}', the first is '{missing[0]}'; unpack the archive again"
        )
    tracklets = []
    for number, (first, last, person, camera) in enumerate(tracks.tolist(), start=1):
        pictures = names[first - 1 : last]
        for name in pictures:
            _check(name, person, camera, number)
        tracklets.append(
            [
                Sample(folder / name[:4] / name, person, camera, tracklet=number, dataset="mars")
                for name in pictures
            ]
        )
    return tracklets


def _check(name: str, person: int, camera: int, number: int) -> None:
    found = _NAME.match(name)
    if found is None or (int(found[1].lstrip("0") or 0), int(found[2])) != (person, camera):
        raise PasserbyError(
            f"'{name}' is in tracklet {number} of person {person} and camera {camera}, which "
            f"should have names like {_EXAMPLE}; download the lists of MARS again"
        )


def _numbers(path: Path, variable: str) -> np.ndarray:
    """A variable of a MATLAB file as int64."""
    try:
        return loadmat(path)[variable].astype(np.int64)
    except (OSError, ValueError, LookupError, NotImplementedError, MatReadError) as error:
        raise PasserbyError(
            f"'{path}' is no list of MARS ({error}); download info from "
            "github.com/liangzheng06/MARS-evaluation"
        ) from error

"""Reader of CUHK03, under its new and its classic protocol."""

import json
import re
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import named_images, require_layout
from passerby.data.splits import Splits, hold_out

ARCHIVE = "cuhk03_release/cuhk-03.mat"
"""The official archive, below the data set's root."""

TEST_SETS = "cuhk03_test_sets.json"
"""The classic protocol's test people, as `extract_cuhk03` writes them."""

IMAGES = {"labeled": "images_labeled", "detected": "images_detected"}
"""The folder of each kind of boxes, as `extract_cuhk03` fills it."""

_NAME = re.compile(r"(\d)_(\d{3})_([12])_(\d{2})\.")
_EXAMPLE = "1_001_1_01.png"
_PEOPLE_BEFORE = (0, 843, 1283, 1360, 1418)  # people of the camera pairs 1 .. pair - 1
_VAL_PEOPLE = 100


def cuhk03(
    root: Path,
    boxes: Literal["labeled", "detected"] = "labeled",
    protocol: Literal["new", "classic"] = "new",
    split: int = 0,
    repeat: int = 0,
    gallery: Literal["one", "all"] = "one",
) -> Splits:
    """CUHK03: 1,467 people, five pairs of cameras, up to 5 images each per camera.

    Source: "DeepReID: deep filter pairing neural network for person re-identification" (Li et
    al., 2014); the new protocol is from "Re-ranking person re-identification with k-reciprocal
    encoding" (Zhong et al., 2017).

    `root` holds the images in images_labeled and images_detected, named as 1_843_2_07.png: camera
    pair 1, person 843 of that pair, view 2, picture 7. `passerby data extract cuhk03 ROOT` makes
    them once out of the official archive, ROOT/cuhk03_release/cuhk-03.mat. (CUHK03-NP, sorted into
    bounding_box_train and so on, has the layout of Market-1501: read it with market1501.)

    The new protocol, 767 people to learn from and 700 to test on, needs
    cuhk03_new_protocol_config_labeled.mat or ..._detected.mat in `root`. The classic one tests
    on 100 people, with every picture of view 1 as query and one random picture of view 2 per
    person in the gallery; of the other 1,367, 100 are `val`. It has 20 splits.

    Cameras are 1 to 10, view v of pair p being 2 (p - 1) + v. Two views of different
    pairs may be the same real camera, but nobody is in two pairs, so no score depends on it.

    Raises PasserbyError when `root` has another layout, something is missing, or an option is off.

    Args:
        root: the folder that holds images_labeled and images_detected
        boxes: drawn by hand, or found by a detector
        protocol: new (767/700) or classic (20 splits of 1,367/100)
        split: classic protocol: which split, from 0
        repeat: classic protocol: the seed that draws the gallery pictures
        gallery: classic protocol: one picture of each person, drawn by repeat, or all of view 2,
            for a measurement that draws by itself (`single-shot`)
    """
    if boxes not in IMAGES or protocol not in ("new", "classic") or gallery not in ("one", "all"):
        raise PasserbyError(
            f"cuhk03 has no boxes={boxes!r} with protocol={protocol!r} and gallery={gallery!r}; "
            "boxes is 'labeled' or 'detected', protocol 'new' or 'classic', gallery 'one' or 'all'"
        )
    root = Path(root)
    if not (root / IMAGES[boxes]).is_dir() and (root / ARCHIVE).is_file():
        raise PasserbyError(
            f"the images of '{root / ARCHIVE}' are not extracted yet; run, once, "
            f"`passerby data extract cuhk03 {root}`"
        )
    require_layout(root, "CUHK03", [[IMAGES[boxes]]])
    crops = {
        path.name: _sample(path, name)
        for path, name in named_images(root / IMAGES[boxes], _NAME, _EXAMPLE)
    }
    if protocol == "new":
        return _new(crops, root / f"cuhk03_new_protocol_config_{boxes}.mat")
    return _classic(list(crops.values()), root, split, repeat if gallery == "one" else None)


def person_number(pair: int, person: int) -> int:
    """The number, 1 to 1467, of a person of a camera pair; both count from 1.

    >>> person_number(1, 843), person_number(2, 1)
    (843, 844)
    """
    return _PEOPLE_BEFORE[pair - 1] + person


def _sample(path: Path, name: re.Match[str]) -> Sample:
    pair, person, view = int(name[1]), int(name[2]), int(name[3])
    if not 1 <= pair <= len(_PEOPLE_BEFORE):
        raise PasserbyError(f"'{path}' names camera pair {pair}; CUHK03 has pairs 1 to 5")
    return Sample(path, person_number(pair, person), 2 * (pair - 1) + view, dataset="cuhk03")


def _new(crops: dict[str, Sample], config: Path) -> Splits:
    if not config.is_file():
        raise PasserbyError(
            f"the new protocol needs '{config}'; download it from "
            "github.com/zhunzhong07/person-re-ranking (data/CUHK03), or pass protocol='classic'"
        )
    try:
        lists = loadmat(
            config, variable_names=["filelist", "train_idx", "query_idx", "gallery_idx"]
        )
        names = [str(name[0]) for name in lists["filelist"].ravel()]
        parts = {
            part: sorted(names[place - 1] for place in lists[f"{part}_idx"].ravel())
            for part in ("train", "query", "gallery")
        }
    except (OSError, ValueError, LookupError, NotImplementedError, MatReadError) as error:
        raise PasserbyError(
            f"'{config}' is no CUHK03 protocol ({error}); download it again"
        ) from error
    missing = [name for part in parts.values() for name in part if name not in crops]
    if missing:
        raise PasserbyError(
            f"{len(missing)} of the {sum(map(len, parts.values()))} images of '{config.name}' are "
            f"missing, the first is '{missing[0]}'; extract the archive again"
        )
    return Splits(
        "cuhk03", **{part: tuple(crops[name] for name in names) for part, names in parts.items()}
    )


def _classic(crops: list[Sample], root: Path, split: int, repeat: int | None) -> Splits:
    """repeat: None for every picture of the gallery's view."""
    if not (root / TEST_SETS).is_file():
        raise PasserbyError(
            f"the classic protocol needs '{root / TEST_SETS}'; `passerby data extract cuhk03 "
            f"{root}` writes it out of {ARCHIVE}"
        )
    tests = json.loads((root / TEST_SETS).read_text())
    if not 0 <= split < len(tests):
        raise PasserbyError(
            f"cuhk03 has no classic split {split}; splits are 0 to {len(tests) - 1}"
        )
    tested = {person_number(pair, person) for pair, person in tests[split]}
    test = [sample for sample in crops if sample.person in tested]
    second_views: dict[int, list[Sample]] = {}
    for sample in test:
        if sample.camera % 2 == 0:
            second_views.setdefault(sample.person, []).append(sample)
    views = [views for _, views in sorted(second_views.items())]
    if repeat is not None:
        random = np.random.RandomState(repeat)
        views = [[some[random.randint(len(some))]] for some in views]
    splits = Splits(
        name="cuhk03",
        train=tuple(sample for sample in crops if sample.person not in tested),
        query=tuple(sample for sample in test if sample.camera % 2),
        gallery=tuple(sample for some in views for sample in some),
    )
    return hold_out(splits, people=_VAL_PEOPLE, seed=split)

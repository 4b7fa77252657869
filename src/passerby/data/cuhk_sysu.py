"""Reader of CUHK-SYSU's people, cut out of its pictures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from passerby.core.errors import PasserbyError
from passerby.core.sample import DISTRACTOR, Sample
from passerby.data.folders import require_layout
from passerby.data.images import read_image
from passerby.data.splits import Splits

PICTURES = "Image/SSM"
_LISTS = "annotation"
_SPLITS = "annotation/test/train_test"
_QUERIES = "TestG50"  # all of the official galleries, 50 to 4,000, have these queries

SIZES = (50, 100, 500, 1000, 2000, 4000)
"""Pictures in an official gallery."""

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


@dataclass(frozen=True, slots=True)
class BoxPicture:
    """A box cut out of a picture when it is read.

    file: the whole picture
    box:  what is cut out; parts outside the picture are left out

    >>> str(BoxPicture(Path("s1.jpg"), (10, 20, 30, 60)))
    's1.jpg@10,20,30,60'
    """

    file: Path
    box: Box

    def read(self) -> np.ndarray:
        """The pixels (height, width, 3) uint8 RGB.

        Raises PasserbyError when the file cannot be read, or the box lies outside it.
        """
        whole = read_image(self.file)
        left, top, width, height = self.box
        cut = whole[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
        if not cut.size:
            raise PasserbyError(
                f"the box {left}, {top}, {width}, {height} lies outside '{self.file}', which is "
                f"{whole.shape[1]} x {whole.shape[0]} pixels; unpack the data set again"
            )
        return np.ascontiguousarray(cut)

    def __str__(self) -> str:
        return f"{self.file.as_posix()}@{','.join(map(str, self.box))}"


def cuhk_sysu(root: Path, gallery: Literal["people", "all"] = "people") -> Splits:
    """CUHK-SYSU, as crops: 8,432 people in 18,184 pictures; 5,532 to learn from, 2,900 to test on.

    Source: "Joint detection and identification feature learning for person search" (Xiao et al.,
    2017).

    `root` holds the pictures in Image/SSM, and in annotation Person.mat, Images.mat and pool.mat,
    and test/train_test with Train.mat and TestG50.mat. Each sample is a box that is cut out of its
    picture when it is read. The people of Train.mat are learnt from; each query of TestG50.mat is
    searched among the other boxes of the people tested, a gallery that all queries share. The
    official galleries, of 50 to 4,000 whole pictures for each query, are read by
    `cuhk_sysu_searches`.

    Nobody wrote down which camera took what, many of the pictures being film stills: every sample
    has camera 1, and the protocol `camera-free` fits.

    Raises PasserbyError when `root` has another layout, a list is broken or speaks of a picture
    that is missing, or the option is off.

    Args:
        root: the folder that holds Image and annotation
        gallery: the boxes of the people tested; or with every other box of the test pictures,
            whose people have no name, as distractors
    """
    if gallery not in ("people", "all"):
        raise PasserbyError(f"cuhk_sysu has no gallery={gallery!r}; it is 'people' or 'all'")
    root = Path(root)
    lists = [f"{_LISTS}/Person.mat", f"{_SPLITS}/Train.mat", f"{_SPLITS}/{_QUERIES}.mat"]
    if gallery == "all":
        lists += [f"{_LISTS}/Images.mat", f"{_LISTS}/pool.mat"]
    require_layout(root, "CUHK-SYSU", [[PICTURES, *lists]])
    here = {path.name for path in (root / PICTURES).iterdir()}
    boxes = {
        _text(person["idname"]): list(_boxes(person["scene"], root, here))
        for person in _list(root / _LISTS / "Person.mat", "Person")
    }
    learnt = [_text(person["idname"]) for person in _list(root / _SPLITS / "Train.mat", "Train")]
    asked = {}
    for test in _list(root / _SPLITS / f"{_QUERIES}.mat", _QUERIES):
        (query,) = _boxes(test["Query"], root, here)
        asked[_text(test["Query"]["idname"])] = query
    if unknown := [name for name in (*learnt, *asked) if name not in boxes]:
        raise PasserbyError(
            f"{len(unknown)} of the {len(learnt) + len(asked)} people of '{root / _SPLITS}' are "
            f"not in Person.mat, the first is {unknown[0]!r}; unpack the data set again"
        )
    if both := sorted(set(learnt) & set(asked)):
        raise PasserbyError(
            f"{len(both)} people are learnt from and tested on, the first is {both[0]!r}; "
            f"Train.mat and {_QUERIES}.mat are of different versions: unpack the data set again"
        )
    found = [
        _sample(box, _number(name)) for name in asked for box in boxes[name] if box != asked[name]
    ]
    if gallery == "all":
        named = {box for name in asked for box in boxes[name]} | set(asked.values())
        found += [_sample(box, DISTRACTOR) for box in _tested(root, here) if box not in named]
    return Splits(
        name="cuhk_sysu",
        train=tuple(_sample(box, _number(name)) for name in learnt for box in boxes[name]),
        query=tuple(_sample(box, _number(name)) for name, box in asked.items()),
        gallery=tuple(found),
    )


@dataclass(frozen=True)
class Search:
    """One query of CUHK-SYSU with the gallery that is its own.

    query:   the box that shows the person
    shown:   name of a picture of the gallery -> the person's box there
    gallery: names of the pictures that are searched, in the official order
    """

    query: Sample
    shown: Mapping[str, Box]
    gallery: tuple[str, ...]


def cuhk_sysu_searches(
    root: Path, size: int = 100
) -> tuple[tuple[Search, ...], tuple[Sample, ...]]:
    """The official searches of CUHK-SYSU, and every true box of the pictures that are searched.

    root: the folder of `cuhk_sysu`, with Images.mat and TestG`size`.mat
    size: pictures in each gallery: 50, 100, 500, 1000, 2000 or 4000; papers report 100

    A box that nobody is searched by has person 0. Boxes come picture by picture.

    Raises PasserbyError when there is no such size, and as `cuhk_sysu` does.
    """
    if size not in SIZES:
        raise PasserbyError(
            f"CUHK-SYSU has no galleries of {size} pictures; choose {', '.join(map(str, SIZES))}"
        )
    root = Path(root)
    name = f"TestG{size}"
    layout = [PICTURES, f"{_LISTS}/Images.mat", f"{_SPLITS}/{name}.mat"]
    require_layout(root, "CUHK-SYSU", [layout])
    here = {path.name for path in (root / PICTURES).iterdir()}
    searches, persons = [], {}
    for test in _list(root / _SPLITS / f"{name}.mat", name):
        person = _number(_text(test["Query"]["idname"]))
        (query,) = _boxes(test["Query"], root, here)
        scenes = _each(test["Gallery"])
        shown = {box.file.name: box for box in _boxes(scenes, root, here)}
        persons |= dict.fromkeys(shown.values(), person)
        searches.append(
            Search(
                _sample(query, person),
                {picture: box.box for picture, box in shown.items()},
                tuple(_text(scene["imname"]) for scene in scenes),
            )
        )
    searched = {picture for search in searches for picture in search.gallery}
    boxes = (
        _sample(box, persons.get(box, DISTRACTOR))
        for image in _list(root / _LISTS / "Images.mat", "Img")
        if (picture := _text(image["imname"])) in searched
        for box in _boxes([{**one, "imname": picture} for one in _each(image["box"])], root, here)
    )
    return tuple(searches), tuple(boxes)


def _sample(picture: BoxPicture, person: int) -> Sample:
    return Sample(picture, person, camera=1, dataset="cuhk_sysu")


def _number(name: str) -> int:
    """The number of the person called "p123"."""
    if not name.startswith("p") or not name[1:].isdecimal():
        raise PasserbyError(
            f"{name!r} is no person of CUHK-SYSU, who are called p1, p2 and so on; unpack the data "
            "set again"
        )
    return int(name[1:])


def _tested(root: Path, here: set[str]) -> Iterator[BoxPicture]:
    """Every box of the test pictures."""
    pool = {_text(name) for name in _list(root / _LISTS / "pool.mat", "pool")}
    for image in _list(root / _LISTS / "Images.mat", "Img"):
        if (name := _text(image["imname"])) in pool:
            scenes = [{**box, "imname": name} for box in _each(image["box"])]
            yield from _boxes(scenes, root, here)


def _boxes(scenes: Any, root: Path, here: set[str]) -> Iterator[BoxPicture]:
    """The boxes of one or several structs with `imname` and `idlocate`; empty ones are left out."""
    for scene in _each(scenes):
        name, numbers = _text(scene["imname"]), np.ravel(scene["idlocate"])
        if name not in here:
            raise PasserbyError(
                f"the picture '{root / PICTURES / name}' is missing; unpack the data set again"
            )
        if numbers.size == 4 and min(numbers[2:]) > 0:
            left, top, width, height = (int(number) for number in numbers)
            yield BoxPicture(root / PICTURES / name, (left, top, width, height))


def _list(path: Path, variable: str) -> list[Any]:
    """A cell or a struct array of a MATLAB file, element by element."""
    try:
        return _each(loadmat(path, simplify_cells=True)[variable])
    except (OSError, ValueError, LookupError, NotImplementedError, MatReadError) as error:
        raise PasserbyError(
            f"'{path}' is no list of CUHK-SYSU ({error}); unpack the data set again"
        ) from error


def _each(value: Any) -> list[Any]:
    """What MATLAB holds as one or several: scipy unpacks a list of one element."""
    return [value] if isinstance(value, dict | str) else list(np.ravel(value))


def _text(value: Any) -> str:
    return str(value)

"""CUHK-SYSU on a tiny tree."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from passerby.core.errors import PasserbyError
from passerby.core.sample import Picture
from passerby.data.cuhk_sysu import BoxPicture, cuhk_sysu, cuhk_sysu_searches
from passerby.data.images import read_image

# person -> (picture, box); p1 and p2 are learnt from, p5 and p7 tested on
PEOPLE: dict[str, list[tuple[str, list[int]]]] = {
    "p1": [("s1.jpg", [0, 0, 10, 20]), ("s2.jpg", [5, 5, 10, 20])],
    "p2": [("s1.jpg", [20, 10, 10, 20])],
    "p5": [("s3.jpg", [0, 0, 8, 16]), ("s4.jpg", [2, 2, 8, 16]), ("s5.jpg", [30, 2, 8, 16])],
    "p7": [("s3.jpg", [20, 0, 8, 16]), ("s5.jpg", [2, 2, 8, 16])],
}
NOBODY = [("s4.jpg", [30, 10, 6, 12]), ("s4.jpg", [1, 1, 0, 0]), ("s1.jpg", [50, 0, 5, 9])]


def structs(rows: list[dict[str, Any]]) -> np.ndarray:
    """A 1 x N struct array of MATLAB."""
    array = np.empty((1, len(rows)), dtype=[(name, object) for name in rows[0]])
    for place, row in enumerate(rows):
        array[0, place] = tuple(row.values())
    return array


def cells(values: list[Any]) -> np.ndarray:
    array = np.empty((len(values), 1), dtype=object)
    for place, value in enumerate(values):
        array[place, 0] = value
    return array


def scenes(boxes: list[tuple[str, list[int]]]) -> np.ndarray:
    return structs([{"imname": n, "idlocate": b, "ishard": 0} for n, b in boxes])


def person(name: str) -> dict[str, Any]:
    return {"idname": name, "nAppear": len(PEOPLE[name]), "scene": scenes(PEOPLE[name])}


def make(root: Path) -> Path:
    (root / "Image/SSM").mkdir(parents=True)
    (root / "annotation/test/train_test").mkdir(parents=True)
    for number in range(1, 6):
        picture = np.full((40, 60, 3), 40 * number, np.uint8)
        cv2.imwrite(str(root / f"Image/SSM/s{number}.jpg"), picture)
    lists = root / "annotation"
    savemat(lists / "Person.mat", {"Person": structs([person(name) for name in PEOPLE])})
    learnt = [structs([person(name)]) for name in ("p1", "p2")]
    savemat(lists / "test/train_test/Train.mat", {"Train": cells(learnt)})
    tests = []
    for name in ("p5", "p7"):
        (picture, box), *others = PEOPLE[name]
        query = {"imname": picture, "idlocate": box, "ishard": 0, "idname": name, "flipped": 0}
        empty = {"imname": "s4.jpg", "idlocate": [], "ishard": 0}
        shown = [{"imname": n, "idlocate": b, "ishard": 0} for n, b in others]
        tests.append({"Query": structs([query]), "Gallery": structs([*shown, empty])})
    savemat(lists / "test/train_test/TestG50.mat", {"TestG50": structs(tests)})
    everything = [row for rows in PEOPLE.values() for row in rows] + NOBODY
    images = []
    for number in range(1, 6):
        own = [box for name, box in everything if name == f"s{number}.jpg"]
        boxes = structs([{"idlocate": box, "ishard": 0} for box in own])
        images.append({"imname": f"s{number}.jpg", "nAppear": len(own), "box": boxes})
    savemat(lists / "Images.mat", {"Img": structs(images)})
    savemat(lists / "pool.mat", {"pool": cells(["s3.jpg", "s4.jpg", "s5.jpg"])})
    return root


def told(samples: Any) -> list[tuple[int, str]]:
    return [(sample.person, sample.key.rsplit("/", 1)[-1]) for sample in samples]


def test_boxes_become_crops(tmp_path: Path) -> None:
    splits = cuhk_sysu(make(tmp_path))
    assert told(splits.train) == [
        (1, "s1.jpg@0,0,10,20"),
        (1, "s2.jpg@5,5,10,20"),
        (2, "s1.jpg@20,10,10,20"),
    ]
    assert told(splits.query) == [(5, "s3.jpg@0,0,8,16"), (7, "s3.jpg@20,0,8,16")]
    assert told(splits.gallery) == [
        (5, "s4.jpg@2,2,8,16"),
        (5, "s5.jpg@30,2,8,16"),
        (7, "s5.jpg@2,2,8,16"),
    ]
    crops = (*splits.train, *splits.query, *splits.gallery)
    assert {(crop.camera, crop.dataset) for crop in crops} == {(1, "cuhk_sysu")}
    assert len({crop.key for crop in crops}) == len(crops)
    pixels = read_image(splits.train[1].pixels)
    assert pixels.shape == (20, 10, 3)
    assert abs(int(pixels.mean()) - 80) <= 2


def test_everybody_else_in_the_test_pictures_is_a_distractor(tmp_path: Path) -> None:
    root = make(tmp_path)
    plain, whole = cuhk_sysu(root), cuhk_sysu(root, gallery="all")
    # Neither the box without area, nor those in pictures that are learnt from.
    assert told(whole.gallery[len(plain.gallery) :]) == [(0, "s4.jpg@30,10,6,12")]
    assert whole.gallery[: len(plain.gallery)] == plain.gallery
    assert whole.query == plain.query


def test_a_crop_is_cut_where_the_box_says(tmp_path: Path) -> None:
    picture = np.zeros((30, 40, 3), np.uint8)
    picture[10:20, 5:12] = 255
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    crop = BoxPicture(tmp_path / "a.png", (5, 10, 7, 10))
    assert isinstance(crop, Picture)
    assert (crop.read() == 255).all()
    assert BoxPicture(tmp_path / "a.png", (-3, 25, 10, 50)).read().shape == (5, 7, 3)
    with pytest.raises(
        PasserbyError, match=r"50, 0, 5, 5 lies outside .*a\.png', which is 40 x 30"
    ):
        BoxPicture(tmp_path / "a.png", (50, 0, 5, 5)).read()


def test_what_is_amiss_is_named(tmp_path: Path) -> None:
    root = make(tmp_path)
    with pytest.raises(PasserbyError, match="gallery='some'"):
        cuhk_sysu(root, gallery="some")  # pyright: ignore
    lists = root / "annotation"
    savemat(lists / "test/train_test/Train.mat", {"Train": cells([structs([person("p5")])])})
    with pytest.raises(PasserbyError, match=r"1 people are learnt from and tested on.*'p5'"):
        cuhk_sysu(root)
    stranger = person("p1") | {"idname": "p9"}
    savemat(lists / "test/train_test/Train.mat", {"Train": cells([structs([stranger])])})
    with pytest.raises(PasserbyError, match=r"not in Person\.mat, the first is 'p9'"):
        cuhk_sysu(root)
    (root / "Image/SSM/s2.jpg").unlink()
    with pytest.raises(PasserbyError, match=r"s2\.jpg' is missing"):
        cuhk_sysu(root)
    (lists / "Person.mat").write_text("no")
    with pytest.raises(PasserbyError, match="is no list of CUHK-SYSU"):
        cuhk_sysu(root)
    (lists / "Person.mat").unlink()
    with pytest.raises(PasserbyError, match="does not hold CUHK-SYSU"):
        cuhk_sysu(root)


def test_the_official_galleries(tmp_path: Path) -> None:
    searches, boxes = cuhk_sysu_searches(make(tmp_path), 50)
    five, seven = searches
    assert told([five.query, seven.query]) == [(5, "s3.jpg@0,0,8,16"), (7, "s3.jpg@20,0,8,16")]
    assert five.gallery == ("s4.jpg", "s5.jpg", "s4.jpg")
    assert five.shown == {"s4.jpg": (2, 2, 8, 16), "s5.jpg": (30, 2, 8, 16)}
    assert seven.shown == {"s5.jpg": (2, 2, 8, 16)}
    # Every box of the pictures that are searched, also nobody's; not the one without area.
    assert told(boxes) == [
        (5, "s4.jpg@2,2,8,16"),
        (0, "s4.jpg@30,10,6,12"),
        (5, "s5.jpg@30,2,8,16"),
        (7, "s5.jpg@2,2,8,16"),
    ]
    with pytest.raises(PasserbyError, match="no galleries of 60 pictures; choose 50, 100"):
        cuhk_sysu_searches(tmp_path, 60)
    with pytest.raises(PasserbyError, match="does not hold CUHK-SYSU"):
        cuhk_sysu_searches(tmp_path, 100)

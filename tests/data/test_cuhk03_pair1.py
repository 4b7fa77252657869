"""CUHK03's first camera pair on an empty tree, and on the real images."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.cuhk03_pair1 import cuhk03_pair1
from passerby.data.images import read_image


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 people with 10 pictures; person 19 lacks some."""
    root = tmp_path_factory.mktemp("pair1")
    (root / "labeled").mkdir()
    for person in range(20):
        for picture in range(10):
            if person < 19 or picture not in (0, 5, 6):
                (root / "labeled" / f"{person:04d}_{picture:02d}.jpg").touch()
    return root


def test_the_first_people_train_and_pictures_tell_their_camera(tree: Path) -> None:
    splits = cuhk03_pair1(tree, train_people=15, gallery="all")
    assert people(splits.train) == list(range(1, 16)), "nobody is a distractor"
    assert [sample.camera for sample in splits.train[:10]] == [1] * 5 + [2] * 5
    assert people(splits.query) == people(splits.gallery) == list(range(16, 21))
    assert {sample.camera for sample in splits.query} == {1}
    assert {sample.camera for sample in splits.gallery} == {2}
    assert (len(splits.query), len(splits.gallery)) == (24, 23)


def test_one_gallery_picture_of_each_person(tree: Path) -> None:
    splits = cuhk03_pair1(tree, train_people=10)
    assert [sample.person for sample in splits.gallery] == list(range(11, 21))
    assert splits == cuhk03_pair1(tree, train_people=10)
    draws = {cuhk03_pair1(tree, train_people=10, repeat=repeat).gallery for repeat in range(5)}
    assert len(draws) > 1


def test_splits_shuffle_people(tree: Path) -> None:
    first, second = (people(cuhk03_pair1(tree, 10, split).train) for split in (0, 1))
    assert first != second
    assert len(second) == 10
    splits = cuhk03_pair1(tree, 10, 1)
    assert not set(people(splits.train)) & set(people(splits.query))


def test_what_cannot_be_is_told(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="holds 20 people, so choose 0 to 19"):
        cuhk03_pair1(tree, train_people=20)
    with pytest.raises(PasserbyError, match="split=-1"):
        cuhk03_pair1(tree, 10, split=-1)
    with pytest.raises(PasserbyError, match="one level up"):
        cuhk03_pair1(tree / "labeled")
    (tmp_path / "labeled").mkdir()
    (tmp_path / "labeled" / "1_001_1_01.jpg").touch()
    with pytest.raises(PasserbyError, match=r"unlike 0000_07\.jpg"):
        cuhk03_pair1(tmp_path)


def test_the_real_set(real_data: Path) -> None:
    splits = cuhk03_pair1(real_data / "data" / "cuhk03-pair1", gallery="all")
    assert (len(people(splits.train)), len(people(splits.query))) == (600, 143)
    assert len(splits.train) + len(splits.query) + len(splits.gallery) == 7239
    both = {(sample.person, sample.camera) for sample in splits.train}
    assert len(both) == 1200, "everybody is seen by both cameras"
    assert people(splits.query) == people(splits.gallery)
    assert read_image(splits.query[0].pixels).ndim == 3
    one = cuhk03_pair1(real_data / "data" / "cuhk03-pair1")
    assert (len(one.query), len(one.gallery)) == (len(splits.query), 143)

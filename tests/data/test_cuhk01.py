"""CUHK01 on an empty tree of its full size, and on the real images."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.cuhk01 import cuhk01
from passerby.data.images import read_image


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cuhk01")
    (root / "campus").mkdir()
    for person in range(1, 972):
        for picture in range(1, 5):
            (root / "campus" / f"{person:04d}{picture:03d}.png").touch()
    return root


def test_the_first_people_train_and_pictures_tell_their_camera(tree: Path):
    splits = cuhk01(tree)
    assert people(splits.train) == list(range(1, 486))
    assert [(s.person, s.camera) for s in splits.train[:4]] == [(1, 1), (1, 1), (1, 2), (1, 2)]
    assert len(splits.train) == 485 * 4
    assert [s.person for s in splits.query] == list(range(486, 972))
    assert [s.person for s in splits.gallery] == list(range(486, 972))
    assert {s.camera for s in splits.query} == {1}
    assert {s.camera for s in splits.gallery} == {2}


def test_the_other_partition_and_both_shots(tree: Path):
    splits = cuhk01(tree, people="871/100", shots=2)
    assert len(people(splits.train)) == 871
    assert (len(splits.query), len(splits.gallery)) == (200, 200)
    assert splits == cuhk01(tree, people="871/100", shots=2, repeat=9)


def test_splits_shuffle_people_and_repeats_draw_pictures(tree: Path):
    shuffled = cuhk01(tree, split=3)
    assert shuffled == cuhk01(tree, split=3)
    assert people(shuffled.train) != people(cuhk01(tree).train)
    assert not set(people(shuffled.train)) & set(people(shuffled.query))
    again = cuhk01(tree, split=3, repeat=1)
    assert again.train == shuffled.train
    assert people(again.query) == people(shuffled.query)
    # Two fair draws out of two pictures agree about half of the time.
    same = sum(a == b for a, b in zip(again.query, shuffled.query, strict=True))
    assert 180 < same < 306


def test_missing_people_and_wrong_options_are_told(tmp_path: Path, tree: Path):
    (tmp_path / "campus").mkdir()
    (tmp_path / "campus" / "0001001.png").touch()
    with pytest.raises(PasserbyError, match="holds 1 people, CUHK01 has 971"):
        cuhk01(tmp_path)
    with pytest.raises(PasserbyError, match="'485/486' or '871/100'"):
        cuhk01(tree, people="half")  # pyright: ignore[reportArgumentType]
    with pytest.raises(PasserbyError, match="one level up"):
        cuhk01(tree / "campus")


def test_the_real_set(real_data: Path):
    splits = cuhk01(real_data / "data" / "cuhk01", split=1, repeat=2)
    assert (len(splits.train), len(splits.query), len(splits.gallery)) == (1940, 486, 486)
    assert (len(people(splits.train)), len(people(splits.query))) == (485, 486)
    assert not set(people(splits.train)) & set(people(splits.query))
    assert splits == cuhk01(real_data / "data" / "cuhk01", split=1, repeat=2)
    assert read_image(splits.query[0].pixels).shape == (160, 60, 3)

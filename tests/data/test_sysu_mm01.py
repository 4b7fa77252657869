"""SYSU-MM01 on a tiny tree."""

from pathlib import Path

import pytest
from scipy.io import loadmat

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.sysu_mm01 import sysu_mm01

LISTS = {"train": "1,2", "val": "3", "test": "6,10"}


def make(root: Path) -> Path:
    for camera in range(1, 7):
        for person in (1, 2, 3, 6, 10, 40):
            folder = root / f"cam{camera}" / f"{person:04d}"
            folder.mkdir(parents=True)
            if (camera, person) != (2, 10):  # an empty folder
                for number in (1, 2):
                    (folder / f"{number:04d}.jpg").touch()
    (root / "exp").mkdir()
    for part, numbers in LISTS.items():
        (root / "exp" / f"{part}_id.txt").write_text(numbers + "\n")
    return root


def test_lists_divide_people_and_cameras_divide_the_light(tmp_path: Path):
    splits = sysu_mm01(make(tmp_path))
    assert [people(part) for part in (splits.train, splits.val, splits.query)] == [
        [1, 2],
        [3],
        [6, 10],
    ]
    assert {(s.camera, s.modality) for s in splits.query} == {(3, "infrared"), (6, "infrared")}
    assert {(s.camera, s.modality) for s in splits.gallery} == {
        (camera, "visible") for camera in (1, 2, 4, 5)
    }
    assert len(splits.query) == 2 * 2 * 2
    assert len(splits.gallery) == 2 * 4 * 2 - 2
    assert splits.query[0].pixels == tmp_path / "cam3/0006/0001.jpg"
    assert len(splits.train) == 2 * 6 * 2


def test_what_is_amiss_is_named(tmp_path: Path):
    root = make(tmp_path)
    (root / "exp" / "test_id.txt").write_text("6,77")
    with pytest.raises(PasserbyError, match=r"1 of the 2 people of 'exp/test_id.txt'.*person 77"):
        sysu_mm01(root)
    (root / "exp" / "test_id.txt").write_text("six")
    with pytest.raises(PasserbyError, match="is no list of persons"):
        sysu_mm01(root)
    (root / "cam4" / "people").mkdir()
    with pytest.raises(PasserbyError, match="folders have names like 0006"):
        sysu_mm01(root)
    (root / "exp" / "val_id.txt").unlink()
    with pytest.raises(PasserbyError, match="does not hold SYSU-MM01"):
        sysu_mm01(root)


def test_official_test_people_have_the_published_queries(real_data: Path, tmp_path: Path):
    """A tree as large as the permutations say has 3,803 queries, the paper's number."""
    official = real_data / "data/protocols/sysu-mm01/data_split"
    if not official.is_dir():
        pytest.skip(f"no protocol files at {official}")
    ids = {part: loadmat(official / f"{part}_id.mat")["id"].ravel() for part in ("train", "test")}
    assert (len(ids["train"]), len(ids["test"])) == (296, 96)
    cameras = loadmat(official / "rand_perm_cam.mat")["rand_perm_cam"].ravel()
    for camera, counts in enumerate(cameras, start=1):
        (tmp_path / f"cam{camera}").mkdir()
        for person in ids["test"].tolist():
            folder = tmp_path / f"cam{camera}" / f"{person:04d}"
            folder.mkdir()
            for number in range(counts.ravel()[person - 1].shape[1]):
                (folder / f"{number + 1:04d}.jpg").touch()
    (tmp_path / "exp").mkdir()
    for part in LISTS:
        listed = ids["test"].tolist() if part == "test" else []
        (tmp_path / "exp" / f"{part}_id.txt").write_text(",".join(map(str, listed)))
    assert len(sysu_mm01(tmp_path).query) == 3803

"""MSMT17 in both versions, on tiny trees."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.check import check
from passerby.data.msmt17 import msmt17

LISTS = {
    "train": [
        "0001/0001_000_14_0303afternoon_0008_0.jpg 1",
        "0000/0000_000_01_0303morning_8_0.jpg 0",
    ],
    "val": ["0000/0000_001_05_0303noon_9_1.jpg 0"],
    "query": ["0000/0000_003_02_0113morning_1_0.jpg 0"],
    "gallery": ["0000/0000_004_11_0113noon_1_0.jpg 0", "0001/0001_000_03_0113noon_1_0.jpg 1"],
}


def make(root: Path, train: str = "train", test: str = "test") -> Path:
    (root / train).mkdir(parents=True)
    (root / test).mkdir()
    for name, lines in LISTS.items():
        (root / f"list_{name}.txt").write_text("\n".join(lines) + "\n")
    return root


@pytest.mark.parametrize("folders", [("train", "test"), ("mask_train_v2", "mask_test_v2")])
def test_both_versions_are_found(tmp_path: Path, folders: tuple[str, str]):
    splits = msmt17(make(tmp_path, *folders))
    assert splits.train[0].pixels == tmp_path / folders[0] / "0000/0000_000_01_0303morning_8_0.jpg"
    assert splits.query[0].pixels == tmp_path / folders[1] / "0000/0000_003_02_0113morning_1_0.jpg"
    assert [(s.person, s.camera) for s in splits.train] == [(1, 1), (2, 14)]
    assert [(s.person, s.camera) for s in splits.val] == [(1, 5)]


def test_test_people_go_on_after_training_people(tmp_path: Path):
    splits = msmt17(make(tmp_path))
    assert people(splits.trainval) == [1, 2]
    assert people(splits.query) == [3]
    assert [(s.person, s.camera) for s in splits.gallery] == [(3, 11), (4, 3)]
    assert not [f for f in check(splits) if "both in training and in test" in f.what]


def test_a_missing_list_and_a_bad_line_are_named(tmp_path: Path):
    root = make(tmp_path)
    (root / "list_val.txt").write_text("\n0000/0000_001.jpg 0\n")
    with pytest.raises(PasserbyError, match=r"list_val\.txt', line 2"):
        msmt17(root)
    (root / "list_val.txt").unlink()
    with pytest.raises(PasserbyError, match=r"expected list_train\.txt, list_val\.txt"):
        msmt17(root)

"""RegDB on a tiny tree, and on an empty one of its full size with the official splits."""

from pathlib import Path

import pytest
from scipy.io import loadmat

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.regdb import regdb


def make(root: Path, splits: dict[int, tuple[list[int], list[int]]], shots: int = 2) -> Path:
    (root / "idx").mkdir(parents=True)
    for light in ("visible", "thermal"):
        for split, parts in splits.items():
            for part, chosen in zip(("train", "test"), parts, strict=True):
                lines = []
                for number, person in enumerate(chosen):
                    folder = f"{light.title()}/{person}"
                    for shot in range(shots):
                        path = f"{folder}/male_back_{light[0]}_{shot:05d}_{person}.bmp"
                        (root / folder).mkdir(parents=True, exist_ok=True)
                        (root / path).touch()
                        lines.append(f"{path} {number}")
                (root / "idx" / f"{part}_{light}_{split}.txt").write_text("\n".join(lines) + "\n")
    return root


def test_lists_become_splits(tmp_path: Path):
    splits = regdb(make(tmp_path, {1: ([285, 3], [7, 100]), 2: ([7, 3], [285, 100])}))
    assert people(splits.train) == [3, 285]
    assert people(splits.query) == people(splits.gallery) == [7, 100]
    assert {(s.camera, s.modality) for s in splits.query} == {(1, "visible")}
    assert {(s.camera, s.modality) for s in splits.gallery} == {(2, "infrared")}
    assert len(splits.train) == 8
    back = regdb(tmp_path, split=1, query="thermal")
    assert {s.modality for s in back.query} == {"infrared"}
    assert people(back.query) == [100, 285]


def test_what_is_amiss_is_named(tmp_path: Path):
    root = make(tmp_path, {1: ([1], [2])})
    words = "splits are 0 to 9, query is 'visible' or"
    with pytest.raises(PasserbyError, match=words):
        regdb(root, split=10)
    with pytest.raises(PasserbyError, match=words):
        regdb(root, query="sketch")  # pyright: ignore[reportArgumentType]
    with pytest.raises(PasserbyError, match=r"no list '.*train_visible_4\.txt'"):
        regdb(root, split=3)
    file = root / "idx" / "test_thermal_1.txt"
    good = file.read_text()
    for line, words in (
        ("Thermal/9/gone.bmp 7", "'Thermal/9/gone.bmp', which is missing"),
        ("Thermal/9/x.bmp 0", "folders 2 and 9 the same person"),
        ("Thermal 0", "which is unlike"),
    ):
        file.write_text(good + line)
        with pytest.raises(PasserbyError, match=words):
            regdb(root)


def test_official_split(real_data: Path, tmp_path: Path):
    path = real_data / "data/protocols/regdb-split/RegDB_split.mat"
    if not path.is_file():
        pytest.skip(f"no protocol file at {path}")
    official = loadmat(path)
    parts = official["TrainIdx"][0].tolist(), official["TestIdx"][0].tolist()
    splits = regdb(make(tmp_path, {1: parts}, shots=10))
    assert (len(splits.train), len(splits.query), len(splits.gallery)) == (4120, 2060, 2060)
    assert len(people(splits.query)) == 206

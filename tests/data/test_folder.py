"""A user's own crops, in folders."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.folder import folder


def make(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_people_and_cameras_by_name(tmp_path: Path):
    root = make(
        tmp_path / "office",
        "train/ann/gate_1.jpg",
        "train/bob/lobby_1.jpg",
        "query/ann/gate_2.jpg",
        "gallery/ann/lobby_2.jpg",
        "gallery/cleo/lobby_1.png",
        "gallery/junk/gate_9.jpg",
        "gallery/distractor/gate_8.jpg",
        "gallery/ann/notes.txt",
    )
    splits = folder(root)
    assert splits.name == "office"
    assert [(s.person, s.camera) for s in splits.train] == [(1, 1), (2, 2)]
    assert [(s.person, s.camera) for s in splits.query] == [(1, 1)]
    assert [(s.person, s.camera) for s in splits.gallery] == [(1, 2), (3, 2), (0, 1), (-1, 1)]
    assert people(splits.gallery) == [1, 3]
    assert splits.val == ()


@pytest.mark.parametrize(
    ("name", "camera"),
    [
        ("c3_0001.jpg", 3),
        ("0007_c2s1_000451_03.jpg", 2),
        ("p1_cam12.jpg", 12),
        ("Camera-4_a.jpg", 4),
        ("5_a.jpg", 5),
        ("8/anything.jpg", 8),
        ("cam8/c3_x.jpg", 8),
    ],
)
def test_where_the_camera_is_told(tmp_path: Path, name: str, camera: int):
    splits = folder(make(tmp_path, f"train/0042/{name}"))
    assert [(s.person, s.camera) for s in splits.train] == [(42, camera)]


def test_a_word_that_begins_with_c_is_no_camera_mark(tmp_path: Path):
    splits = folder(make(tmp_path, "train/a/cafe3_1.jpg", "train/a/attic2_1.jpg"))
    assert [s.camera for s in splits.train] == [1, 2]


def test_what_is_missing_is_said(tmp_path: Path):
    with pytest.raises(PasserbyError, match=r"expected train, or query and gallery.*found ann/"):
        folder(make(tmp_path / "a", "ann/gate_1.jpg"))
    with pytest.raises(PasserbyError, match="holds no folders; make one for each person"):
        folder(make(tmp_path / "b", "train/gate_1.jpg"))
    with pytest.raises(PasserbyError, match=r"'.*1\.jpg' does not tell its camera"):
        folder(make(tmp_path / "c", "train/ann/1.jpg"))

"""Finding layouts, and telling where the right folder is."""

import re
from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.data.folders import named_images, require_layout

WANTED = [["train", "list.txt"], ["mask"]]


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.touch()
    return root


def test_the_first_layout_that_fits_is_told(tmp_path: Path):
    assert require_layout(make(tmp_path / "a", "train/", "list.txt"), "X", WANTED) == 0
    assert require_layout(make(tmp_path / "b", "mask/"), "X", WANTED) == 1


def test_what_was_expected_and_found_is_said(tmp_path: Path):
    root = make(tmp_path / "deep" / "root", "train/", "readme.md")
    with pytest.raises(
        PasserbyError,
        match=r"expected train and list\.txt, or mask in it, found readme\.md, train/",
    ):
        require_layout(root, "X", WANTED)
    empty = make(tmp_path / "deep" / "empty", "x/") / "x"
    with pytest.raises(PasserbyError, match="found nothing"):
        require_layout(empty, "X", WANTED)


def test_the_folder_one_level_down_or_up_is_named(tmp_path: Path):
    root = make(tmp_path, "X-v1/train/", "X-v1/list.txt")
    with pytest.raises(PasserbyError, match=r"one level down does: give '.*X-v1'"):
        require_layout(root, "X", WANTED)
    with pytest.raises(PasserbyError, match=r"one level up does: give '.*X-v1'"):
        require_layout(root / "X-v1" / "train", "X", WANTED)


def test_missing_roots_and_archives_are_told_apart(tmp_path: Path):
    with pytest.raises(PasserbyError, match="there is no folder"):
        require_layout(tmp_path / "none", "X", WANTED)
    with pytest.raises(PasserbyError, match=r"is a file; unpack it"):
        require_layout(make(tmp_path, "x.zip") / "x.zip", "X", WANTED)


def test_strange_names_and_empty_folders_are_errors(tmp_path: Path):
    pattern = re.compile(r"\d+_")
    with pytest.raises(PasserbyError, match="there is no image in"):
        named_images(tmp_path, pattern, "1_a.jpg")
    make(tmp_path, "1_a.jpg", "Thumbs.db", "._1_a.jpg")
    assert [path.name for path, _ in named_images(tmp_path, pattern, "1_a.jpg")] == ["1_a.jpg"]
    make(tmp_path, "holiday.jpg")
    with pytest.raises(PasserbyError, match=r"1 of 2 images.*unlike 1_a\.jpg.*'holiday\.jpg'"):
        named_images(tmp_path, pattern, "1_a.jpg")

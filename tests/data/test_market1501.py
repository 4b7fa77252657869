"""Market-1501 on a tiny tree, and the official names against the official vectors."""

from pathlib import Path

import pytest
from scipy.io import loadmat

from passerby.core.errors import PasserbyError
from passerby.data.market1501 import market1501

TREE = {
    "bounding_box_train": ["0007_c3s3_077419_03.jpg", "0002_c1s1_000451_03.jpg", "Thumbs.db"],
    "query": ["0003_c1s2_000500_00.jpg"],
    "bounding_box_test": [
        "-1_c2s1_000001_00.jpg",
        "0000_c6s1_000025_01.jpg.jpg",
        "0003_c4s1_000100_02.jpg",
    ],
}


def make(root: Path, tree: dict[str, list[str]]) -> Path:
    for folder, names in tree.items():
        (root / folder).mkdir(parents=True)
        for name in names:
            (root / folder / name).touch()
    return root


def test_names_become_samples(tmp_path: Path):
    splits = market1501(make(tmp_path, TREE))
    assert [(s.person, s.camera) for s in splits.train] == [(2, 1), (7, 3)]
    assert [(s.person, s.camera) for s in splits.query] == [(3, 1)]
    assert [(s.person, s.camera) for s in splits.gallery] == [(-1, 2), (0, 6), (3, 4)]
    assert splits.train[0].pixels == tmp_path / "bounding_box_train" / "0002_c1s1_000451_03.jpg"
    assert {s.dataset for s in splits.trainval} == {"market1501"}


def test_time_is_the_frame_number_at_25_hertz_with_sequences_days_apart(tmp_path: Path):
    splits = market1501(make(tmp_path, TREE))
    assert splits.train[0].time == 451 / 25
    assert splits.query[0].time == 86400 + 20
    assert splits.gallery[1].time == 1


def test_converted_sets_without_frames_have_no_time(tmp_path: Path):
    names = ["0001_c1_1.png", "0001_c2_7.png"]
    splits = market1501(
        make(tmp_path, {"bounding_box_train": names, "query": names, "bounding_box_test": names})
    )
    assert [(s.person, s.camera, s.time) for s in splits.query] == [(1, 1, None), (1, 2, None)]


def test_multiple_queries_are_all_that_the_querys_camera_saw_of_the_person(tmp_path: Path):
    boxes = [
        "0003_c1s2_000500_00.jpg",
        "0003_c1s3_000900_00.jpg",
        "0003_c4s1_000100_00.jpg",  # another camera
        "0007_c1s1_000100_00.jpg",  # another person
        "-1_c1s1_000100_00.jpg",
    ]
    root = make(tmp_path, {**TREE, "gt_bbox": boxes})
    splits = market1501(root, queries="multiple")
    assert [Path(sample.key).name for sample in splits.query] == boxes[:2]
    assert splits.gallery == market1501(root).gallery
    assert len(market1501(root).query) == 1


def test_multiple_queries_need_their_pictures(tmp_path: Path):
    root = make(tmp_path / "none", TREE)
    with pytest.raises(PasserbyError, match="gt_bbox"):
        market1501(root, queries="multiple")
    root = make(tmp_path / "few", {**TREE, "gt_bbox": ["0003_c4s1_000100_00.jpg"]})
    with pytest.raises(PasserbyError, match=r"1 of 1 queries.*person 3 in camera 1"):
        market1501(root, queries="multiple")
    with pytest.raises(PasserbyError, match="'single' or 'multiple'"):
        market1501(root, queries="many")  # pyright: ignore[reportArgumentType]


def test_wrong_folders_and_names_are_errors(tmp_path: Path):
    root = make(tmp_path / "up" / "Market", TREE)
    with pytest.raises(PasserbyError, match="one level down"):
        market1501(tmp_path / "up")
    (root / "query" / "me.jpg").touch()
    with pytest.raises(PasserbyError, match=r"'me\.jpg'"):
        market1501(root)


def test_official_names_give_the_official_persons_and_cameras(real_data: Path, tmp_path: Path):
    official = real_data / "data/protocols/person-re-ranking/data/Market-1501"
    if not official.is_dir():
        pytest.skip(f"no protocol files at {official}")
    lines = [
        line.split()[0]
        for part in ("train.txt", "val.txt")
        for line in (official / part).read_text().splitlines()
    ]
    assert len(lines) == 12_936
    make(tmp_path, {**TREE, "bounding_box_train": [Path(line).name for line in lines]})
    train = market1501(tmp_path).train
    persons = loadmat(official / "train_label.mat")["label"].ravel().tolist()
    cameras = loadmat(official / "train_cam.mat")["cam"].ravel().tolist()
    assert [s.person for s in train] == persons
    assert [s.camera for s in train] == cameras
    assert len(set(persons)) == 751

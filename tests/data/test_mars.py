"""MARS on a tiny tree."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from passerby.core.errors import PasserbyError
from passerby.data.mars import mars

TRAIN = [(1, 1, 2), (1, 2, 1), (3, 1, 1)]  # person, camera, pictures
TEST = [(-1, 1, 1), (0, 2, 2), (2, 1, 3), (2, 4, 2)]


def make(root: Path) -> Path:
    (root / "info").mkdir(parents=True)
    for part, tracklets in (("train", TRAIN), ("test", TEST)):
        names, tracks = [], []
        for number, (person, camera, count) in enumerate(tracklets, start=1):
            who = "00-1" if person == -1 else f"{person:04d}"
            (root / f"bbox_{part}" / who).mkdir(parents=True, exist_ok=True)
            tracks.append((len(names) + 1, len(names) + count, person, camera))
            for frame in range(1, count + 1):
                names.append(f"{who}C{camera}T{number:04d}F{frame:03d}.jpg")
                (root / f"bbox_{part}" / who / names[-1]).touch()
        (root / "info" / f"{part}_name.txt").write_text("\n".join(names) + "\n")
        savemat(root / "info" / f"tracks_{part}_info.mat", {f"track_{part}_info": tracks})
    savemat(root / "info" / "query_IDX.mat", {"query_IDX": [[3, 4]]})
    return root


def test_lists_become_tracklets(tmp_path: Path):
    splits = mars(make(tmp_path))
    train = [(s.person, s.camera, s.tracklet) for s in splits.train]
    assert train == [(1, 1, 1), (1, 1, 1), (1, 2, 2), (3, 1, 3)]
    gallery = [(s.person, s.camera, s.tracklet) for s in splits.gallery]
    expected = [(p, c, n) for n, (p, c, count) in enumerate(TEST, 1) for _ in range(count)]
    assert gallery == expected
    assert splits.query == splits.gallery[3:]
    assert splits.gallery[0].pixels == tmp_path / "bbox_test/00-1/00-1C1T0001F001.jpg"


def test_what_is_amiss_is_named(tmp_path: Path):
    root = make(tmp_path)
    savemat(root / "info" / "query_IDX.mat", {"query_IDX": [[9]]})
    with pytest.raises(PasserbyError, match="tracklet 9, there are 4"):
        mars(root)
    names = (root / "info" / "test_name.txt").read_text().split()
    (root / "info" / "test_name.txt").write_text("\n".join(["0009C1T0001F001.jpg", *names[1:]]))
    with pytest.raises(PasserbyError, match=r"1 of the 8 pictures.*'0009C1T0001F001\.jpg'"):
        mars(root)
    (root / "info" / "test_name.txt").write_text("\n".join([names[1], names[0], *names[2:]]))
    with pytest.raises(PasserbyError, match="is in tracklet 1 of person -1 and camera 1"):
        mars(root)
    (root / "info" / "test_name.txt").write_text("\n".join(names[1:]))
    with pytest.raises(PasserbyError, match="does not divide the 7 pictures"):
        mars(root)
    (root / "info" / "tracks_train_info.mat").write_text("no")
    with pytest.raises(PasserbyError, match="is no list of MARS"):
        mars(root)
    (root / "info" / "query_IDX.mat").unlink()
    with pytest.raises(PasserbyError, match="does not hold MARS"):
        mars(root)


def test_official_tracklets_divide_all_pictures(real_data: Path):
    """What the reader demands of the lists, the official ones fulfil."""
    official = real_data / "data/protocols/mars-info"
    if not official.is_dir():
        pytest.skip(f"no protocol files at {official}")
    for part, tracklets, pictures in (("train", 8298, 509_914), ("test", 12_180, 681_089)):
        tracks = loadmat(official / f"tracks_{part}_info.mat")[f"track_{part}_info"]
        assert tracks.shape == (tracklets, 4)
        assert tracks[-1, 1] == pictures
        assert np.array_equal(tracks[1:, 0], tracks[:-1, 1] + 1)

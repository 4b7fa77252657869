"""VIPeR on an empty tree of its full size."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.viper import viper


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("viper")
    for folder, angle in (("cam_a", "45"), ("cam_b", "180")):
        (root / folder).mkdir()
        for person in range(632):
            (root / folder / f"{person:03d}_{angle}.bmp").touch()
    return root


def test_half_the_people_train_and_half_test(tree: Path):
    splits = viper(tree)
    assert (len(splits.train), len(splits.query), len(splits.gallery)) == (632, 316, 316)
    assert set(people(splits.train)) | set(people(splits.query)) == set(range(1, 633))
    assert people(splits.query) == people(splits.gallery)
    assert {s.camera for s in splits.query} == {1}
    assert {s.camera for s in splits.gallery} == {2}
    first = splits.query[0]
    assert isinstance(first.pixels, Path)
    assert first.pixels.name == f"{first.person - 1:03d}_45.bmp"


def test_ten_different_splits(tree: Path):
    assert len({tuple(people(viper(tree, split=n).train)) for n in range(10)}) == 10
    assert viper(tree, split=4) == viper(tree, split=4)
    with pytest.raises(PasserbyError, match="splits are 0 to 9"):
        viper(tree, split=10)


def test_a_person_in_one_camera_only_is_an_error(tmp_path: Path):
    for name in ("cam_a/001_0.bmp", "cam_b/001_90.bmp", "cam_b/002_90.bmp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(PasserbyError, match=r"1 people.*002_90\.bmp"):
        viper(tmp_path)


def test_official_partitions(real_data: Path, tree: Path):
    h5py = pytest.importorskip("h5py")
    partition = real_data / "data/protocols/viper-caviar-partitions/Partition_viper.mat"
    if not partition.is_file():
        pytest.skip(f"no partition at {partition}")
    chosen = [tuple(people(viper(tree, n, partition).query)) for n in range(10)]
    assert {len(people) for people in chosen} == {316}
    assert len(set(chosen)) == 10
    # Another way to the same people: what trains in the first split, by its own list.
    with h5py.File(partition) as file:
        learnt = file[file["partition"]["idx_train"][0, 0]][:632, 0].nonzero()[0] + 1
    assert people(viper(tree, 0, partition).train) == learnt.tolist()


def test_a_partition_of_another_set_is_refused(tree: Path, tmp_path: Path):
    pytest.importorskip("h5py")
    (tmp_path / "p.mat").write_text("no")
    with pytest.raises(PasserbyError, match="damaged"):
        viper(tree, 0, tmp_path / "p.mat")
    with pytest.raises(PasserbyError, match="there is no file"):
        viper(tree, 0, tmp_path / "q.mat")

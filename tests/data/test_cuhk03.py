"""CUHK03: archives, both protocols, and the official lists."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.cuhk03 import TEST_SETS, cuhk03
from passerby.data.cuhk03_extract import extract_cuhk03
from passerby.data.images import read_image
from passerby.data.matches import queries_without_match

PAIRS = (60, 41, 3, 2, 2)  # people of each camera pair in the generated archive


def write_archive(path: Path) -> None:
    """An archive as MATLAB 7.3 lays it out: cells of references, axes reversed, empty cells."""
    h5py = pytest.importorskip("h5py")
    path.parent.mkdir(parents=True)
    with h5py.File(path, "w") as file:
        count = 0

        def store(values: np.ndarray) -> object:
            nonlocal count
            count += 1
            return file.create_dataset(f"#refs#/{count}", data=values).ref

        def cell(name: str, references: np.ndarray) -> None:
            file.create_dataset(name, data=references, dtype=h5py.ref_dtype)

        for boxes, base in (("labeled", 0), ("detected", 100)):
            pairs = []
            for pair, size in enumerate(PAIRS, start=1):
                pictures = np.empty((10, size), dtype=object)
                for picture in range(10):
                    for person in range(size):
                        empty = picture not in (0, 5, 6)
                        colour = np.array([base + pair, person, picture], np.uint8)
                        image = np.broadcast_to(colour[:, None, None], (3, 2, 4))  # (3, W, H)
                        pictures[picture, person] = store(
                            np.array([0, 0], np.uint64) if empty else image
                        )
                cell(f"#refs#/{boxes}{pair}", pictures)
                pairs.append(file[f"#refs#/{boxes}{pair}"].ref)
            cell(boxes, np.array([pairs], dtype=object))
        tests = [
            store(np.array([[1.0, 2.0, 1.0], [1.0 + n, 1.0, 60.0]])) for n in range(20)
        ]  # (2, people)
        cell("testsets", np.array([tests], dtype=object))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cuhk03")
    write_archive(root / "cuhk03_release" / "cuhk-03.mat")
    calls: list[tuple[int, int]] = []
    assert extract_cuhk03(root, lambda *done: calls.append(done)) == 2 * 3 * sum(PAIRS)
    assert calls[-1] == (2 * 10 * sum(PAIRS),) * 2
    return root


def test_extraction_keeps_pixels_and_goes_on_where_it_stopped(root: Path):
    image = read_image(root / "images_detected" / "2_041_2_07.png")
    assert image.shape == (4, 2, 3)
    assert (image == [102, 40, 6]).all()
    (root / "images_labeled" / "1_001_1_01.png").unlink()
    assert extract_cuhk03(root) == 1


def test_the_classic_protocol(root: Path):
    splits = cuhk03(root, boxes="detected", protocol="classic", split=1)
    assert people(splits.query) == people(splits.gallery) == [2, 60, 844]
    # view 1 has one picture of each person, and the gallery one of the two of view 2
    assert [(s.person, s.camera) for s in splits.query] == [(2, 1), (60, 1), (844, 3)]
    assert [(s.person, s.camera) for s in splits.gallery] == [(2, 2), (60, 2), (844, 4)]
    assert len(people(splits.trainval)) == sum(PAIRS) - 3
    assert len(people(splits.val)) == 100
    assert not set(people(splits.val)) & set(people(splits.train))
    assert queries_without_match(splits.query, splits.gallery) == ()
    everything = cuhk03(root, "detected", "classic", split=1, gallery="all").gallery
    assert set(splits.gallery) < set(everything)
    assert {sample.camera % 2 for sample in everything} == {0}
    drawn = {cuhk03(root, "detected", "classic", split=1, repeat=n).gallery for n in range(6)}
    assert len(drawn) > 1


def test_what_is_missing_is_said(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(
        PasserbyError, match=r"cuhk03_new_protocol_config_labeled\.mat.*zhunzhong07"
    ):
        cuhk03(root)
    with pytest.raises(PasserbyError, match="splits are 0 to 19"):
        cuhk03(root, protocol="classic", split=20)
    with pytest.raises(PasserbyError, match="'labeled' or 'detected'"):
        cuhk03(root, boxes="drawn")  # pyright: ignore[reportArgumentType]
    with pytest.raises(PasserbyError, match=r"expected cuhk03_release/cuhk-03\.mat"):
        extract_cuhk03(tmp_path)
    archive = tmp_path / "cuhk03_release" / "cuhk-03.mat"
    archive.parent.mkdir()
    archive.write_text("cut")
    with pytest.raises(PasserbyError, match="passerby data extract cuhk03"):
        cuhk03(tmp_path)
    with pytest.raises(PasserbyError, match="damaged"):
        extract_cuhk03(tmp_path)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(PasserbyError, match=r"pip install 'passerby\[cuhk03\]'"):
        extract_cuhk03(tmp_path)
    (tmp_path / "images_labeled").mkdir()
    (tmp_path / "images_labeled" / "1_001_1_01.png").touch()
    with pytest.raises(PasserbyError, match=TEST_SETS):
        cuhk03(tmp_path, protocol="classic")


def write_config(path: Path, names: list[str], **parts: list[int]) -> None:
    cells = np.empty((len(names), 1), dtype=object)
    cells[:, 0] = names
    savemat(path, {"filelist": cells, **{k: np.array(v)[:, None] for k, v in parts.items()}})


def test_the_new_protocol_reads_its_lists(tmp_path: Path):
    names = ["1_001_1_01.png", "1_001_2_06.png", "2_001_1_01.png", "2_001_2_06.png"]
    (tmp_path / "images_labeled").mkdir()
    for name in names:
        (tmp_path / "images_labeled" / name).touch()
    config = tmp_path / "cuhk03_new_protocol_config_labeled.mat"
    write_config(config, names, train_idx=[2, 1], query_idx=[3], gallery_idx=[4])
    splits = cuhk03(tmp_path)
    assert [(s.person, s.camera) for s in splits.train] == [(1, 1), (1, 2)]
    assert [(s.person, s.camera) for s in splits.query] == [(844, 3)]
    assert [(s.person, s.camera) for s in splits.gallery] == [(844, 4)]
    (tmp_path / "images_labeled" / names[3]).unlink()
    with pytest.raises(PasserbyError, match=r"1 of the 4 images.*'2_001_2_06\.png'"):
        cuhk03(tmp_path)
    config.write_bytes(b"no protocol")
    with pytest.raises(PasserbyError, match="no CUHK03 protocol"):
        cuhk03(tmp_path)


@pytest.mark.parametrize(
    ("boxes", "sizes"), [("labeled", (7368, 1400, 5328)), ("detected", (7365, 1400, 5332))]
)
def test_the_official_lists(real_data: Path, tmp_path: Path, boxes: str, sizes: tuple[int, ...]):
    name = f"cuhk03_new_protocol_config_{boxes}.mat"
    official = real_data / "data/protocols/person-re-ranking/data/CUHK03" / name
    if not official.is_file():
        pytest.skip(f"no protocol at {official}")
    lists = loadmat(official)
    names = [str(cell[0]) for cell in lists["filelist"].ravel()]
    (tmp_path / f"images_{boxes}").mkdir()
    for image in names:
        (tmp_path / f"images_{boxes}" / image).touch()
    (tmp_path / name).write_bytes(official.read_bytes())
    splits = cuhk03(tmp_path, boxes=boxes)  # pyright: ignore[reportArgumentType]
    assert (len(splits.train), len(splits.query), len(splits.gallery)) == sizes
    assert len(people(splits.train)) == 767
    assert len(people(splits.query)) == len(people(splits.gallery)) == 700
    assert not set(people(splits.train)) & set(people(splits.gallery))
    assert queries_without_match(splits.query, splits.gallery) == ()
    # Persons and views that the file names give are those of the official vectors.
    told = dict(
        zip(names, zip(lists["labels"].ravel(), lists["camId"].ravel(), strict=True), strict=True)
    )
    for sample in splits.train + splits.query + splits.gallery:
        assert isinstance(sample.pixels, Path)
        assert told[sample.pixels.name] == (sample.person, (sample.camera - 1) % 2 + 1)

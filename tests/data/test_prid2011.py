"""PRID2011 on an empty tree of its full size, and its usual splits."""

import json
from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.prid2011 import prid2011


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("prid")
    for view, last in (("a", 385), ("b", 749)):
        single, multi = (root / shot / f"cam_{view}" for shot in ("single_shot", "multi_shot"))
        for folder in (single, multi):
            folder.mkdir(parents=True)
        for person in range(1, last + 1):
            (single / f"person_{person:04d}.png").touch()
            if person <= 200:
                (multi / f"person_{person:04d}").mkdir()
                for frame in (1, 2, 3):
                    (multi / f"person_{person:04d}" / f"{frame:04d}.png").touch()
    return root


def test_single_shots_search_100_people_among_649(tree: Path):
    splits = prid2011(tree)
    assert (len(splits.train), len(splits.query), len(splits.gallery)) == (200, 100, 649)
    assert set(people(splits.train)) | set(people(splits.query)) == set(range(1, 201))
    assert set(people(splits.gallery)) == {*people(splits.query), *range(201, 750)}
    assert {s.camera for s in splits.query} == {1}
    assert {s.camera for s in splits.gallery} == {2}
    assert splits.gallery[-1].pixels == tree / "single_shot/cam_b/person_0749.png"


def test_ten_different_splits(tree: Path):
    assert len({tuple(people(prid2011(tree, split=n).train)) for n in range(10)}) == 10
    assert prid2011(tree, split=3) == prid2011(tree, split=3)


def test_multiple_shots_are_tracklets(tree: Path, tmp_path: Path):
    file = tmp_path / "splits.json"
    file.write_text(
        json.dumps([{"train": ["person_0003"], "test": ["person_0001", "person_0009"]}])
    )
    splits = prid2011(tree, "multiple", splits=file)
    assert [(s.person, s.camera) for s in splits.train] == [(3, 1)] * 3 + [(3, 2)] * 3
    assert people(splits.query) == people(splits.gallery) == [1, 9]
    assert len({s.tracklet for s in splits.query}) == 2
    assert not {s.tracklet for s in splits.query} & {s.tracklet for s in splits.gallery}


def test_what_is_amiss_is_named(tree: Path, tmp_path: Path):
    with pytest.raises(PasserbyError, match="splits are 0 to 9"):
        prid2011(tree, split=10)
    with pytest.raises(PasserbyError, match="needs the option splits"):
        prid2011(tree, "multiple")
    file = tmp_path / "splits.json"
    for text, words in (
        ('[{"train": ["person_0003"], "test": ["person_0300"]}]', "1 people are not in both"),
        ('[{"train": ["person_0003"]}]', "holds no splits"),
        ("[]", "no split 0; it has 0"),
        ("nonsense", "holds no splits"),
    ):
        file.write_text(text)
        with pytest.raises(PasserbyError, match=words):
            prid2011(tree, "multiple", splits=file)
    (tmp_path / "other").mkdir()
    with pytest.raises(PasserbyError, match="does not hold PRID2011"):
        prid2011(tmp_path / "other")


def test_the_usual_splits(real_data: Path, tree: Path):
    file = real_data / "data/protocols/splits_prid2011.json"
    if not file.is_file():
        pytest.skip(f"no splits at {file}")
    chosen = [prid2011(tree, "multiple", n, file) for n in range(10)]
    assert {(len(people(s.train)), len(people(s.query))) for s in chosen} == {(89, 89)}
    assert len({tuple(people(s.query)) for s in chosen}) == 10

"""DukeMTMC-reID's layout on a tiny tree."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.data.dukemtmc import dukemtmc


def make(root: Path, **tree: str) -> Path:
    for folder, names in tree.items():
        (root / folder).mkdir(parents=True)
        for name in names.split():
            (root / folder / name).touch()
    return root


def test_names_become_samples_on_the_common_clock(tmp_path: Path):
    root = make(
        tmp_path,
        bounding_box_train="0001_c5_f0050001.jpg 0001_c2_f0046182.jpg",
        query="0005_c1_f0000001.jpg",
        bounding_box_test="0005_c6_f0000001.jpg",
    )
    splits = dukemtmc(root)
    assert [(s.person, s.camera) for s in splits.train] == [(1, 2), (1, 5)]
    # frame 46182 of camera 2 is frame 46182 + 3607 - 1 of the clock that starts with camera 5
    assert splits.train[0].time == pytest.approx(49788 / 59.940059)
    assert splits.train[1].time == pytest.approx(50001 / 59.940059)
    assert (splits.query[0].person, splits.gallery[0].camera) == (5, 6)


def test_the_withdrawal_is_in_the_contract():
    assert "withdrew" in (dukemtmc.__doc__ or "")
    assert "2019" in (dukemtmc.__doc__ or "")


def test_market_names_are_refused(tmp_path: Path):
    name = "0002_c1s1_000451_03.jpg"
    root = make(tmp_path, bounding_box_train=name, query=name, bounding_box_test=name)
    with pytest.raises(PasserbyError, match="another data set"):
        dukemtmc(root)

"""A data set as a method learns from it."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.data.module import ReidData
from passerby.losses.ccsc import ccsc_pairs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Market-1501's layout: 5 people, two pictures from each of two cameras; junk, others."""
    grey = np.full((16, 8, 3), 90, np.uint8)
    for part, people in (
        ("bounding_box_train", (2, 7, 11, 20, 35)),
        ("bounding_box_test", (-1, 0, 3)),
        ("query", (3,)),
    ):
        (tmp_path / part).mkdir()
        for person in people:
            for camera in (1, 2):
                for shot in range(2):
                    name = f"{person:04d}" if person >= 0 else "-1"
                    path = tmp_path / part / f"{name}_c{camera}s1_{shot:06d}_00.jpg"
                    cv2.imwrite(str(path), grey + max(person, 0))
    return tmp_path


def data(root: Path, **options: Any) -> ReidData:
    settings: dict[str, Any] = {
        "height": 16,
        "width": 8,
        "persons_per_batch": 2,
        "shots_per_person": 2,
        "workers": 0,
    }
    return ReidData("market1501", root, **(settings | options))


def test_people_are_numbered_from_0(root: Path) -> None:
    module = data(root)
    assert module.num_persons == 5
    assert {sample.person for sample in module.samples} == {0, 1, 2, 3, 4}
    assert len(module.samples) == 20
    assert module.val == ()
    named = {sample.person: sample.key for sample in module.samples}
    assert "/0035_c" in named[4]


def test_batches(root: Path) -> None:
    batches = list(data(root).train_dataloader())
    assert len(batches) == 5
    for batch in batches:
        assert batch.images.shape == (4, 3, 16, 8)
        assert batch.images.dtype == torch.float32
        assert sorted(torch.bincount(batch.persons, minlength=5).tolist()) == [0, 0, 0, 2, 2]
    assert len(torch.cat([batch.indices for batch in batches]).unique()) == 20


def test_two_cameras_in_every_hand_where_that_is_asked_for(root: Path) -> None:
    def hands(**options: Any) -> list[list[int]]:
        batches = list(data(root, **options).train_dataloader())
        return [
            batch.cameras[batch.persons == person].tolist()
            for batch in batches
            for person in batch.persons.unique()
        ]

    assert all(sorted(hand) == [1, 2] for hand in hands(two_cameras=True))
    assert not all(sorted(hand) == [1, 2] for hand in hands())


@pytest.mark.parametrize("options", [{"workers": 1}, {"cache_megabytes": 0}])
def test_batches_do_not_depend_on_how_they_are_read(root: Path, options: dict[str, int]) -> None:
    wanted = list(data(root).train_dataloader())
    found = list(data(root, **options).train_dataloader())
    for a, b in zip(wanted, found, strict=True):
        assert torch.equal(a.images, b.images)
        assert torch.equal(a.indices, b.indices)


def test_held_out_people_are_not_learnt_from(root: Path) -> None:
    module = data(root, val_people=2)
    assert module.num_persons == 3
    assert len(module.val) == 8
    assert not {sample.key for sample in module.val} & {sample.key for sample in module.samples}


def test_augmentation_switched_off_gives_the_pictures(root: Path) -> None:
    plain = data(root, flip=0, padding=0, erase=0)
    first = next(iter(plain.train_dataloader()))
    for image, person in zip(first.images, first.persons, strict=True):
        grey = 90 + (2, 7, 11, 20, 35)[int(person)]
        assert float(image[0].mean()) == pytest.approx((grey / 255 - 0.485) / 0.229, abs=0.02)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"height": 0}, "height is 0"),
        ({"flip": 1.5}, "flip is 1.5"),
        ({"erase": -0.1}, "erase is -0.1"),
        ({"padding": -1}, "padding is -1"),
        ({"enlarge": 0.5}, "enlarge is 0.5"),
        ({"colour": 1.0}, "colour is 1.0"),
        ({"blur": 1.5}, "blur is 1.5"),
        ({"cast": -0.1}, "cast is -0.1"),
        ({"gamma": -0.1}, "gamma is -0.1"),
        ({"crop_area": (0.0, 1.0)}, r"crop_area is \[0.0, 1.0\].*from above 0 to 1"),
        ({"crop_area": (0.8, 0.6)}, "the smaller one first"),
        ({"crop_aspect": (0.0, 2.0)}, r"crop_aspect is .* above 0"),
        ({"val_people": -1}, "val_people is -1"),
    ],
)
def test_senseless_settings_are_named(root: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(PasserbyError, match=message):
        data(root, **options)


def test_too_few_people_and_too_many_held_out(root: Path) -> None:
    with pytest.raises(PasserbyError, match="6 different people, but there are 5"):
        data(root, persons_per_batch=6).train_dataloader()
    with pytest.raises(PasserbyError, match="cannot hold 5 people out"):
        _ = data(root, val_people=5).num_persons


def test_a_data_set_without_its_folder() -> None:
    with pytest.raises(PasserbyError, match=r"market1501 needs its folder.*--data\.root"):
        _ = ReidData("market1501").splits


def test_the_rendered_world_needs_no_folder() -> None:
    small = {"people": 3, "test_people": 2, "cameras": 2, "shots": 2}
    assert ReidData("rendered", options=small).num_persons == 3
    with pytest.raises(PasserbyError, match=r"rendered has no option 'persons'; it takes .*people"):
        _ = ReidData("rendered", options={"persons": 3}).splits


def test_nobody_to_learn_from(root: Path) -> None:
    for path in (root / "bounding_box_train").iterdir():
        path.unlink()
    with pytest.raises(PasserbyError, match=r"bounding_box_train|nobody to learn from"):
        _ = data(root).num_persons


def test_an_epoch_of_so_many_batches(root: Path) -> None:
    plain, longer = data(root), data(root, batches_per_epoch=12)
    found = [batch.indices.tolist() for batch in longer.train_dataloader()]
    assert len(found) == 12
    first = [batch.indices.tolist() for batch in plain.train_dataloader()]
    assert found[: len(first)] == first
    with pytest.raises(PasserbyError, match="batches_per_epoch is 0"):
        data(root, batches_per_epoch=0).train_dataloader()


def test_a_unions_sets_are_numbered_and_share_no_camera() -> None:
    small = "people=3&test_people=1&cameras=2&shots=2&height=64&width=32"
    sets = ",".join(f"rendered?seed={seed}&{small}" for seed in (1, 2))
    data = ReidData(
        "union", options={"sets": sets}, height=64, width=32, persons_per_batch=6, workers=0
    )
    assert data.datasets == {"rendered": 0, "rendered (2)": 1}
    (batch,) = data.train_dataloader()
    # People are numbered set by set.
    assert batch.datasets.tolist() == (batch.persons >= 3).long().tolist()
    cameras = [set(batch.cameras[batch.datasets == number].tolist()) for number in (0, 1)]
    assert [len(own) for own in cameras] == [2, 2]
    assert not cameras[0] & cameras[1], "the CCSC loss takes equal numbers for one camera"
    pairs = ccsc_pairs(batch.persons, batch.cameras)
    assert pairs.any()
    assert (batch.datasets[:, None] == batch.datasets)[pairs].all()

"""The world as a data set, and what colour alone finds in it."""

import re
from pathlib import Path

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.core.sample import Picture, people
from passerby.data.images import read_image
from passerby.data.synthetic.crops import rendered


def test_the_splits_are_sound() -> None:
    splits = rendered(people=4, test_people=3, cameras=3, shots=3)
    assert people(splits.train) == [1, 2, 3, 4]
    assert people(splits.query) == people(splits.gallery) == [5, 6, 7]
    assert len(splits.train) == 36
    assert len(splits.query) == 9
    assert len(splits.gallery) == 18
    for sample in splits.query:
        assert any(s.person == sample.person and s.camera != sample.camera for s in splits.gallery)
    keys = [s.key for s in (*splits.train, *splits.query, *splits.gallery)]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"\d{4}_c\ds\d_\d{6}_\d\d\.jpg", key) for key in keys)


def test_pictures_render_when_read() -> None:
    sample = rendered(people=1, test_people=1, cameras=2, shots=2, height=64, width=32).query[0]
    assert isinstance(sample.pixels, Picture)
    pixels = read_image(sample.pixels)
    assert pixels.shape == (64, 32, 3)
    assert np.array_equal(pixels, read_image(sample.pixels))


def test_times_and_tracklets_tell_visits_apart() -> None:
    train = rendered(people=1, test_people=1, cameras=2, shots=6).train
    first = [s for s in train if s.camera == 1]
    assert len({s.tracklet for s in first}) == 2  # four shots of one visit, two of the next
    times = [s.time for s in first if s.time is not None]
    assert len(times) == 6
    assert times == sorted(times)
    assert times[4] - times[3] > 60


@pytest.mark.parametrize("wrong", [{"cameras": 1}, {"shots": 1}, {"test_people": -1}])
def test_data_sets_that_test_nothing_are_refused(wrong: dict) -> None:
    with pytest.raises(PasserbyError, match="choose"):
        rendered(**wrong)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    assert rendered(tmp_path, people=1, test_people=1, cameras=2).name == "rendered"
    (tmp_path / "holiday.txt").write_text("sun")
    with pytest.raises(PasserbyError, match="no rendered world"):
        rendered(tmp_path)


def test_colour_alone_does_not_find_people() -> None:
    splits = rendered(people=0, test_people=60, cameras=4, shots=2, height=64, width=32)
    query = np.stack([read_image(s.pixels).astype(float).mean((0, 1)) for s in splits.query])
    gallery = np.stack([read_image(s.pixels).astype(float).mean((0, 1)) for s in splits.gallery])
    right = []
    for sample, mean in zip(splits.query, query, strict=True):
        distance = np.linalg.norm(gallery - mean, axis=1)
        for place, other in enumerate(splits.gallery):
            if other.person == sample.person and other.camera == sample.camera:
                distance[place] = np.inf
        right.append(splits.gallery[int(distance.argmin())].person == sample.person)
    assert np.mean(right) < 0.25

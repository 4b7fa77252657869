"""Crops as pictures: bad boxes, strangers, other clothes, and ones that never come twice."""

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.core.sample import DISTRACTOR, JUNK, Picture
from passerby.data.images import FreshPicture
from passerby.data.loader import SampleDataset
from passerby.data.module import ReidData
from passerby.data.passes import Draw
from passerby.data.samplers import PKSampler
from passerby.data.synthetic.crops import rendered
from passerby.data.synthetic.rendered_crop import FreshCrop, RenderedCrop
from passerby.data.synthetic.world import World

SMALL = {"people": 3, "test_people": 3, "cameras": 2, "shots": 2, "height": 64, "width": 32}


def test_junk_boxes_show_no_whole_person() -> None:
    world = World(people=6, cameras=2)
    for shot in range(20):
        sight = world.sight(1 + shot % 6, 1, shot, "junk")
        left, top, right, bottom = sight.figures[0].box
        window = sight.window
        across = min(right, window.right) - max(left, window.left)
        down = min(bottom, window.bottom) - max(top, window.top)
        both = max(0, across) * max(0, down)
        area = (window.right - window.left) * (window.bottom - window.top)
        assert both / (area + (right - left) * (bottom - top) - both) < 0.5
        assert both > 0  # a part of the person is there


def test_junk_and_distractors_are_labelled_and_named_apart() -> None:
    splits = rendered(**SMALL, junk=7, distractors=9)
    people = [s.person for s in splits.gallery]
    assert people.count(JUNK) == 7
    assert people.count(DISTRACTOR) == 9
    assert {s.person for s in splits.query} == {4, 5, 6}
    keys = [s.key for s in splits.gallery]
    assert len(set(keys)) == len(keys)
    assert all(s.time is None for s in splits.gallery if s.person < 1)
    shown = {s.pixels.person for s in splits.gallery if s.person == DISTRACTOR}
    assert shown.isdisjoint(range(1, 7))
    for sample in splits.gallery[-9:]:
        assert sample.pixels.read().shape == (64, 32, 3)


def test_other_clothes_on_the_same_body() -> None:
    world = World(people=8, cameras=4, clothes_change=True)
    worn = {
        world.sight(3, camera, shot).figures[0].walker.person
        for camera in range(1, 5)
        for shot in (0, 4, 8)
    }
    assert 2 <= len({person.upper for person in worn}) <= 3
    assert len({(p.number, p.height, p.skin, p.gait) for p in worn}) == 1
    for shot in (1, 2, 3):  # of one visit
        assert (
            world.sight(3, 1, shot).figures[0].walker.person
            == world.sight(3, 1, 0).figures[0].walker.person
        )
    steady = World(people=8, cameras=4)
    assert {steady.sight(3, c, 4).figures[0].walker.person.outfit for c in (1, 2, 3)} == {0}


def test_fresh_crops_never_come_twice_and_repeat_for_a_seed() -> None:
    splits = rendered(**SMALL, fresh=True)
    sample = splits.train[0]
    assert isinstance(sample.pixels, FreshCrop)
    assert isinstance(sample.pixels, Picture)
    assert isinstance(sample.pixels, FreshPicture)
    assert all(isinstance(s.pixels, RenderedCrop) for s in splits.query + splits.gallery)
    draws = [sample.pixels.drawn((seed,)).tobytes() for seed in range(12)]
    assert len(set(draws)) == 12
    assert sample.pixels.drawn((5,)).tobytes() == draws[5]


def test_a_training_set_draws_them_anew_each_epoch() -> None:
    splits = rendered(**SMALL, fresh=True)
    data = SampleDataset(splits.train, Preprocess(64, 32), cache=True)  # not kept, all the same
    sampler = PKSampler([s.person for s in splits.train], 2, 2, seed=3)
    seen = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        draws = [draw for batch in sampler for draw in batch]
        seen += [data[draw][0].tobytes() for draw in draws]
        again = data[draws[0]][0].tobytes()
        assert again == seen[-len(draws)]
    assert len(set(seen)) == len(seen)
    assert np.array_equal(data[0][0], data[0][0])  # without a draw it is one picture


def test_pictures_that_stay_are_kept_as_before() -> None:
    splits = rendered(**SMALL)
    data = SampleDataset(splits.train[:4], Preprocess(64, 32), cache=True)
    plain = SampleDataset(splits.train[:4], Preprocess(64, 32))
    assert np.array_equal(data[Draw(2, (1, 2))][0], plain[2][0])


def test_the_training_module_takes_them() -> None:
    data = ReidData(
        "rendered", options={**SMALL, "fresh": "true"}, height=64, width=32,
        persons_per_batch=2, shots_per_person=2, workers=0,
    )  # fmt: skip
    batch = next(iter(data.train_dataloader()))
    assert batch.images.shape == (4, 3, 64, 32)


def test_options_are_checked(tmp_path) -> None:
    with pytest.raises(PasserbyError, match="no style 'moon'"):
        rendered(**SMALL, style="moon")
    with pytest.raises(PasserbyError, match="choose test_people of 1 or more"):
        rendered(people=2, test_people=0, junk=1)
    for part in ("bounding_box_train", "query", "bounding_box_test"):
        (tmp_path / part).mkdir()
    with pytest.raises(PasserbyError, match="always the same"):
        rendered(tmp_path, fresh=True)

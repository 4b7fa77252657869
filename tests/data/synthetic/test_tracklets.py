"""Tracklets in the MARS layout."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.core.sample import DISTRACTOR, people
from passerby.data.mars import mars
from passerby.data.synthetic.tracklets import Passing, render_tracklets
from passerby.data.synthetic.world import World

SMALL = {
    "people": 2, "test_people": 3, "cameras": 2, "tracklets": 2, "length": 3, "height": 64,
    "width": 32, "distractors": 2,
}  # fmt: skip


def test_they_read_back(tmp_path: Path) -> None:
    splits = render_tracklets(tmp_path, **SMALL, workers=1)
    assert splits == mars(tmp_path)
    assert people(splits.train) == [1, 2]
    assert people(splits.query) == people(splits.gallery) == [3, 4, 5]
    assert len(splits.train) == 2 * 2 * 2 * 3
    assert len(splits.query) == 3 * 2 * 3  # the first tracklet by each camera
    assert sum(s.person == DISTRACTOR for s in splits.gallery) == 2 * 3
    assert len({s.tracklet for s in splits.gallery}) == 3 * 2 * 2 + 2
    assert np.asarray(Image.open(splits.query[0].pixels)).shape == (64, 32, 3)
    assert (tmp_path / "sheet.jpg").is_file()
    assert (tmp_path / "captions.json").is_file()


def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path) -> None:
    def written(folder: Path, workers: int) -> dict[str, bytes]:
        render_tracklets(folder, **SMALL, workers=workers)
        return {
            str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()
        }

    one = written(tmp_path / "one", 1)
    assert written(tmp_path / "two", 2) == one
    assert len(one) > 60


def test_a_tracklet_is_one_walk() -> None:
    world = World(seed=2, people=4, cameras=2)
    one = Passing(world, 2, 1, 0, 12, 2)
    sights = [one.sight(frame) for frame in range(12)]
    times = [sight.time for sight in sights]
    assert times == sorted(times)
    walkers = [sight.figures[0].walker for sight in sights]
    assert {walker.person for walker in walkers} == {world.person(2)}
    steps = np.hypot(np.diff([w.x for w in walkers]), np.diff([w.z for w in walkers]))
    assert (steps < 2).all()
    assert steps.sum() > 0.5
    middles = np.array([(s.window.left + s.window.right) / 2 for s in sights])
    centres = np.array([s.figures[0].box[[0, 2]].mean() for s in sights])
    highs = np.array([s.window.bottom - s.window.top for s in sights])
    errors = (middles - centres) / highs
    assert errors.std() < 0.05  # a tracker errs alike throughout


def test_others_who_are_there_are_seen_too() -> None:
    world = World(seed=0, people=30, cameras=1, every=0.7)
    together = [len(Passing(world, p, 1, 0, 4, p).sight(2).figures) for p in range(5, 12)]
    assert max(together) > 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"cameras": 10}, "take 2 to 9"), ({"length": 0}, "take 1 to 999"),
     ({"people": 9000, "test_people": 1000}, "9999 people")],
)  # fmt: skip
def test_what_the_names_cannot_hold_is_refused(tmp_path: Path, wrong: dict, why: str) -> None:
    with pytest.raises(PasserbyError, match=why):
        render_tracklets(tmp_path, **{**SMALL, **wrong})

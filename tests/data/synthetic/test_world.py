"""The world: determinism, crops, frames and schedule."""

import subprocess
import sys

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.world import World

WORLD = World(seed=0, people=6, cameras=2, every=2.0)


def test_the_same_crop_twice_is_the_same_bytes() -> None:
    first = WORLD.crop(1, 1, 0)
    WORLD.crop(2, 2, 3)  # another in between changes nothing
    assert np.array_equal(first, WORLD.crop(1, 1, 0))
    assert first.shape == (256, 128, 3)
    assert first.dtype == np.uint8


def test_batches_and_singles_are_the_same_bytes() -> None:
    wanted = [(3, 1, 2), (1, 2, 0), (2, 1, 1)]
    batch = WORLD.crops(wanted, height=128, width=64)
    for picture, one in zip(batch, wanted, strict=True):
        assert np.array_equal(picture, WORLD.crop(*one, height=128, width=64))
    assert WORLD.crops([]).shape == (0, 256, 128, 3)


def test_another_process_and_another_number_of_threads_render_the_same_bytes() -> None:
    code = (
        "import hashlib, torch; torch.set_num_threads({});"
        "from passerby.data.synthetic.world import World;"
        "w = World(seed=0, people=6, cameras=2, every=2.0);"
        "print(hashlib.sha256(w.crop(4, 2, 1).tobytes()"
        " + w.frame(1, 30.0).pixels.tobytes()).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code.format(threads)], capture_output=True, text=True, check=True
        ).stdout
        for threads in (1, 3)
    }
    assert len(hashes) == 1


def test_seeds_people_cameras_and_shots_differ() -> None:
    crop = WORLD.crop(1, 1, 0).astype(int)
    for other in (
        World(seed=1, people=6, cameras=2, every=2.0).crop(1, 1, 0),
        WORLD.crop(2, 1, 0),
        WORLD.crop(1, 2, 0),
        WORLD.crop(1, 1, 1),
        WORLD.crop(1, 1, 4),
    ):
        assert np.abs(crop - other).mean() > 3


def test_who_else_lives_there_changes_nobody() -> None:
    larger = World(seed=0, people=60, cameras=5)
    assert larger.person(3) == WORLD.person(3)
    assert larger.camera(2) == WORLD.camera(2)


def test_every_camera_sees_the_same_person() -> None:
    for shot in (0, 5):
        sights = [WORLD.sight(2, camera, shot) for camera in (1, 2)]
        described = {sight.figures[0].walker.person for sight in sights}
        assert described == {WORLD.person(2)}


def test_a_visit_walks_through_the_schedule() -> None:
    schedule = WORLD.schedule(1)
    assert sorted(visit.person for visit in schedule) == [1, 2, 3, 4, 5, 6]
    assert [v.start for v in schedule] == sorted(v.start for v in schedule)
    for visit in schedule:
        elsewhere = WORLD.visit(visit.person, 2)
        assert elsewhere.end < visit.start or visit.end < elsewhere.start
        a = visit.walker(WORLD.person(visit.person), visit.start + 1)
        b = visit.walker(WORLD.person(visit.person), visit.start + 2)
        assert 0.4 < np.hypot(a.x - b.x, a.z - b.z) < 2.5  # metres a second


def test_frames_hold_truth() -> None:
    counts = []
    for time in np.linspace(0, 60, 25):
        frame = WORLD.frame(1, float(time), height=180, width=320)
        assert frame.pixels.shape == (180, 320, 3)
        boxes = frame.people.boxes
        assert len(boxes) == len(frame.persons) == len(frame.visible)
        assert (boxes >= 0).all()
        assert (boxes <= [320, 180, 320, 180]).all()
        assert (boxes[:, 2:] > boxes[:, :2]).all()
        present = {v.person for v in WORLD.schedule(1) if v.start <= time <= v.end}
        assert set(frame.persons.tolist()) <= present
        counts.append(len(boxes))
    assert max(counts) >= 2
    assert min(counts) == 0


def test_frame_boxes_enclose_each_persons_pixels() -> None:
    checked = 0
    for time in np.linspace(20, 60, 12):
        frame = WORLD.frame(1, float(time), height=360, width=640)
        rendered, figures = WORLD.look(1, float(time), height=360, width=640)
        numbers = [figure.walker.person.number for figure in figures]
        for box, person in zip(frame.people.boxes, frame.persons, strict=True):
            rows, columns = np.nonzero(rendered.owners[0].numpy() == numbers.index(person))
            left, top, right, bottom = box * 2
            assert left - 1 <= columns.min()
            assert columns.max() <= right
            assert top - 1 <= rows.min()
            assert rows.max() <= bottom
            checked += 1
    assert checked > 3


def test_the_place_stands_still() -> None:
    empty = [WORLD.frame(1, time, height=90, width=160).pixels.astype(int) for time in (0.0, 1.0)]
    assert not np.array_equal(*empty)  # noise
    assert np.abs(empty[0] - empty[1]).mean() < 8


def test_frames_repeat() -> None:
    assert np.array_equal(WORLD.frame(2, 33.3).pixels, WORLD.frame(2, 33.3).pixels)


def test_most_crops_show_most_of_their_person() -> None:
    from passerby.data.synthetic.render import View, render

    world = World(seed=0, people=12, cameras=4)
    shares = []
    for person in range(1, 13):
        for camera in range(1, 5):
            sight = world.sight(person, camera, 1)
            drawn = render([View(sight.figures, world.camera(camera), 0, 64, 32, sight.window)])
            shares.append(float((drawn.owners == 0).float().mean()))
    assert np.median(shares) > 0.2  # of the crop
    assert min(shares) > 0.02


@pytest.mark.parametrize("wrong", [{"people": 0}, {"cameras": 0}, {"every": -1.0}, {"seed": -1}])
def test_impossible_worlds_are_refused(wrong: dict) -> None:
    with pytest.raises(PasserbyError, match="choose"):
        World(**wrong)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [((1, 3, 0), "cameras are 1 to 2"), ((0, 1, 0), "no person 0"), ((1, 1, -1), "no shot -1")],
)
def test_crops_that_are_not_there(wanted: tuple[int, int, int], why: str) -> None:
    with pytest.raises(PasserbyError, match=why):
        WORLD.crop(*wanted)


def test_people_dress_for_the_season_of_their_world() -> None:
    def short_sleeves(style: str) -> int:
        world = World(style=style, people=120)
        return sum(world.person(number).upper.length < 0.5 for number in range(1, 121))

    assert short_sleeves("park") > 2 * short_sleeves("snow")

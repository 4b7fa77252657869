"""Truth: the same bodies as in the picture, per pixel."""

import numpy as np
import pytest

from passerby.data.synthetic.keypoints import KEYPOINTS
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.render import View, render
from passerby.data.synthetic.truth import HIDDEN, OUTSIDE, PART_NAMES, SEEN
from passerby.data.synthetic.world import World

WORLD = World(seed=1, people=6, cameras=3, every=2.0)


def test_the_mask_is_where_the_picture_changes_with_the_person() -> None:
    for person in (1, 2, 3):
        sight = WORLD.sight(person, 1, 0)
        camera = WORLD.camera(1)
        with_them = render([View(sight.figures[:1], camera, 1, 256, 128, sight.window)])
        drawn = (with_them.owners[0] == 0).float().numpy()
        truth = WORLD.truth(person, 1, 0, height=256, width=128)
        assert truth.people[0] == person
        assert truth.mask.shape == (256, 128)
        alone = drawn[1::2, 1::2] > 0
        both = (truth.mask & alone).sum() / (truth.mask | alone).sum()
        assert both > (0.9 if len(sight.figures) == 1 else 0.4)


def test_maps_agree_with_each_other() -> None:
    truth = WORLD.truth(4, 2, 1, height=192, width=96)
    assert ((truth.persons > 0) == (truth.parts > 0)).all()
    assert truth.parts.max() <= len(Part)
    assert PART_NAMES[truth.parts.max()] in {part.name.lower() for part in Part}
    assert set(np.unique(truth.persons)) - {0} <= set(truth.people.tolist())
    assert truth.depth[truth.mask].std() < 0.5  # a body is not deep
    assert (truth.depth > 0.5).all()
    rows = np.nonzero(truth.mask)[0]
    heads, shoes = (np.nonzero(truth.parts == part + 1)[0] for part in (Part.HAIR, Part.SHOE))
    assert heads.mean() < rows.mean() < shoes.mean()


def test_depth_is_the_distance_along_the_axis() -> None:
    sight, camera = WORLD.sight(2, 1, 0), WORLD.camera(1)
    walker = sight.figures[0].walker
    truth = WORLD.truth(2, 1, 0)
    middle = np.array([walker.x, 1.0 - camera.mast, walker.z]) @ camera.view
    assert abs(float(np.median(truth.depth[truth.mask])) - middle) < 0.6


def test_key_points_lie_on_their_parts() -> None:
    """Elbows, knees and the rest are seen on the limbs that they bend, at the right height."""
    seen = dict.fromkeys(KEYPOINTS, 0)
    on_person = total = 0
    for person in range(1, 7):
        for camera in (1, 2, 3):
            truth = WORLD.truth(person, camera, 0)
            points = truth.keypoints[0]
            by_name = dict(zip(KEYPOINTS, points, strict=True))
            for name, (x, y, state) in by_name.items():
                inside = 0 <= x < 128 and 0 <= y < 256
                assert (state == OUTSIDE) == (not inside)
                if state == SEEN:
                    seen[name] += 1
                if inside:
                    total += 1
                    near = truth.mask[
                        max(0, int(y) - 4) : int(y) + 5, max(0, int(x) - 4) : int(x) + 5
                    ]
                    on_person += bool(near.any())
            assert by_name["nose"][1] < by_name["left_shoulder"][1] < by_name["left_hip"][1]
            assert by_name["left_hip"][1] < by_name["left_knee"][1] < by_name["left_ankle"][1]
    assert on_person / total > 0.85  # some are behind a bystander
    assert all(count > 0 for count in seen.values()), seen


def test_who_walks_away_hides_their_face() -> None:
    """The nose is seen where the head is turned to the camera, and only there."""
    found = set()
    for person in range(1, 7):
        for camera in (1, 2, 3):
            for shot in (0, 4):
                sight = WORLD.sight(person, camera, shot)
                walker = sight.figures[0].walker
                nose = WORLD.truth(person, camera, shot).keypoints[0, 0]
                facing = np.cos(walker.heading)  # 1 walks away
                if nose[2] != OUTSIDE and facing > 0.8:
                    assert nose[2] == HIDDEN
                    found.add("away")
                elif nose[2] == SEEN:
                    assert facing < 0.75
                    found.add("seen")
    assert "seen" in found


def test_frames_have_truth_that_fits_their_boxes() -> None:
    visit = WORLD.schedule(1)[2]
    time = (visit.start + visit.end) / 2
    frame = WORLD.frame(1, time, height=180, width=320)
    truth = WORLD.frame_truth(1, time, height=180, width=320)
    assert truth.keypoints.shape == (len(truth.people), 17, 3)
    assert len(frame.persons) > 0
    for person, box in zip(frame.persons, frame.people.boxes, strict=True):
        rows, columns = np.nonzero(truth.persons == person)
        left, top, right, bottom = box
        assert left - 1 <= columns.min() <= columns.max() <= right
        assert top - 1 <= rows.min() <= rows.max() <= bottom


def test_nobody_is_nobody() -> None:
    truth = WORLD.truth(0, 1, 3, height=64, width=32, cut="empty")
    assert not truth.mask.any()
    assert len(truth.people) == 0
    assert truth.keypoints.shape == (0, 17, 3)


@pytest.mark.parametrize("size", [(64, 32), (384, 128)])
def test_truth_has_the_size_of_its_crop(size: tuple[int, int]) -> None:
    high, wide = size
    truth = WORLD.truth(1, 1, 0, height=high, width=wide)
    assert truth.mask.shape == truth.depth.shape == truth.parts.shape == size
    assert WORLD.crop(1, 1, 0, height=high, width=wide).shape == (*size, 3)

import numpy as np
import pytest

from passerby.core.detections import Detections
from passerby.metrics.detection import iou_matrix
from passerby.video.motion import MotionDetector


def scene(number: int, *, walkers: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """A noisy wall with striped figures of 30 x 90 that walk to the right, and their boxes."""
    wall = np.random.default_rng(7).integers(90, 130, (240, 320, 3))
    noise = np.random.default_rng(number).integers(-4, 5, wall.shape)
    boxes = []
    for walker in range(walkers):
        left, top = 10 + 4 * number + 90 * walker, 60 + 50 * walker
        stripes = np.random.default_rng(walker).integers(0, 255, (9, 1, 3)).repeat(10, axis=0)
        wall[top : top + 90, left : left + 30] = stripes
        boxes.append([left, top, left + 30, top + 90])
    return (wall + noise).clip(0, 255).astype(np.uint8), np.array(boxes, float).reshape(-1, 4)


def look(detector: MotionDetector, pixels: np.ndarray) -> Detections:
    return detector.detect([pixels])[0]


def test_what_moves_is_found() -> None:
    detector = MotionDetector(threshold=0.3)
    for number in range(10):
        look(detector, scene(number, walkers=0)[0])
    for number in range(30):
        pixels, boxes = scene(number)
        found = look(detector, pixels)
        assert len(found) == 2
        assert (iou_matrix(boxes, found.boxes).max(1) > 0.6).all()
        assert (found.scores >= 0.3).all()


def test_who_was_there_from_the_beginning_leaves_no_ghost_for_long() -> None:
    detector = MotionDetector(threshold=0.3)
    counts = [len(look(detector, scene(number, walkers=1)[0])) for number in range(40)]
    assert counts[-10:] == [1] * 10


def test_a_still_scene_is_empty() -> None:
    detector = MotionDetector(threshold=0.1)
    assert all(len(look(detector, scene(number, walkers=0)[0])) == 0 for number in range(10))


def test_a_large_frame_gives_boxes_in_its_own_pixels() -> None:
    detector = MotionDetector(threshold=0.3, side=160)
    look(detector, scene(0, walkers=0)[0])
    for number in range(20):
        pixels, boxes = scene(number, walkers=1)
        found = look(detector, pixels)
    assert found.boxes[0] == pytest.approx(boxes[0], abs=12)


def test_frames_together_give_what_they_give_one_by_one() -> None:
    together, alone = MotionDetector(threshold=0.3), MotionDetector(threshold=0.3)
    shots = [scene(number)[0] for number in range(20)]
    for one, other in zip(
        together.detect(shots[:7]) + together.detect(shots[7:]),
        [look(alone, shot) for shot in shots],
        strict=True,
    ):
        assert (one.boxes == other.boxes).all()
        assert (one.scores == other.scores).all()
    assert together.detect([]) == []


def test_another_size_of_frames_is_a_new_beginning() -> None:
    detector = MotionDetector(threshold=0.3)
    for number in range(12):
        detector.detect([scene(number, walkers=0)[0]])
    # The first small frame is compared with nothing: no ghost of the large ones.
    small = [scene(number, walkers=1)[0][:200, :300] for number in range(30)]
    counts = [len(found) for found in detector.detect(small)]
    assert counts[0] == 0
    assert counts[-10:] == [1] * 10

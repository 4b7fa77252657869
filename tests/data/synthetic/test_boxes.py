"""Boxes as detectors draw them."""

import numpy as np
import pytest

from passerby.data.synthetic.boxes import detected
from passerby.data.synthetic.styles import STYLES, BoxErrors

TRUE = np.array([100.0, 50.0, 140.0, 170.0])


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union, written plainly."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    both = max(0.0, wide) * max(0.0, high)
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return both / (area - both)


def test_boxes_are_right_in_the_mean_and_wrong_one_by_one() -> None:
    errors = BoxErrors(margin=0.0, lost=0.0, loose=0.0)
    rng = np.random.default_rng(0)
    boxes = np.array([detected(TRUE, rng, errors) for _ in range(2000)])
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    assert middle.mean() == pytest.approx(120, abs=0.2)
    assert 0.5 < middle.std() < 4
    assert boxes[:, 1].mean() == pytest.approx(50, abs=0.3)
    assert boxes[:, 1].std() == pytest.approx(errors.size * 120, rel=0.1)


def test_some_boxes_lose_the_feet_or_the_head() -> None:
    rng = np.random.default_rng(1)
    always = BoxErrors(size=0.0, margin=0.0, lost=1.0, loose=0.0)
    boxes = np.array([detected(TRUE, rng, always) for _ in range(400)])
    feet, head = boxes[:, 3] < 170 - 1e-9, boxes[:, 1] > 50 + 1e-9
    assert (feet ^ head).all()
    assert 0.6 < feet.mean() < 0.9
    assert boxes[feet, 3].min() >= 170 - 0.16 * 120 - 1e-6


def test_loose_boxes_are_larger() -> None:
    rng = np.random.default_rng(2)
    loose = BoxErrors(centre=0.0, size=0.0, margin=0.0, lost=0.0, loose=1.0)
    boxes = np.array([detected(TRUE, rng, loose) for _ in range(100)])
    assert (boxes[:, 1] <= 50).all()
    assert (boxes[:, 3] >= 170).all()
    assert boxes[:, 3].max() > 175


def test_every_styles_detector_is_worth_its_name() -> None:
    rng = np.random.default_rng(3)
    for style in STYLES.values():
        hits = [overlap(detected(TRUE, rng, style.boxes), TRUE) for _ in range(300)]
        assert np.mean(np.array(hits) > 0.5) > 0.95
        assert np.mean(hits) < 0.97

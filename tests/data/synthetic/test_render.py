"""Figures before places: boxes, yaw, order in depth."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from passerby.data.synthetic.camera import describe_camera
from passerby.data.synthetic.moment import STILL, Moment
from passerby.data.synthetic.paint import base_colours
from passerby.data.synthetic.person import describe_person
from passerby.data.synthetic.photograph import blurred, photograph
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.render import (
    Figure,
    Rendered,
    View,
    Walker,
    Window,
    figure,
    render,
    visibility,
)
from passerby.data.synthetic.sizes import Sizes

CAMERA = describe_camera(0, 1)


def walker(number: int = 1, x: float = 0.0, z: float = 6.0, heading: float = math.pi) -> Walker:
    return Walker(describe_person(0, number), x, z, heading, 0.1)


def alone(figures: list[Figure], height: int, width: int, window: Window | None = None) -> Rendered:
    """One picture of the camera, without a batch's axis where it is looked at."""
    return render([View(figures, CAMERA, 0, height, width, window or Window())])


@pytest.mark.parametrize("heading", [0.0, 1.0, 2.5, 4.0])
def test_the_box_encloses_the_body_and_no_more(heading: float) -> None:
    one = figure(walker(heading=heading), CAMERA)
    rows, columns = np.nonzero(alone([one], ROWS, COLUMNS).owners[0].numpy() == 0)
    left, top, right, bottom = one.box * 2  # owners are half pixels
    assert columns.min() >= left - 1
    assert columns.max() <= right
    assert rows.min() >= top - 1
    assert rows.max() <= bottom
    # Tight: nothing hides this body (its place is empty there), so the box touches it.
    assert rows.max() - rows.min() > 0.97 * (bottom - top)
    assert columns.max() - columns.min() > 0.95 * (right - left)


def test_a_window_shows_what_the_whole_picture_shows() -> None:
    one = figure(walker(), CAMERA)
    whole = alone([one], ROWS, COLUMNS)
    left, top = (int(v) // 2 * 2 for v in one.box[:2])
    window = Window(left, top, left + 128, top + 256)
    part = alone([one], 256, 128, window)
    difference = (whole.colour[0, :, top : top + 256, left : left + 128] - part.colour[0]).abs()
    # Shadows are drawn at half the window's size, so their soft borders may differ.
    assert difference.mean() < 0.003
    same = whole.owners[0, 2 * top : 2 * top + 512, 2 * left : 2 * left + 256] == part.owners[0]
    assert same.float().mean() > 0.999


def test_turning_changes_the_picture() -> None:
    front, back = (figure(walker(heading=h), CAMERA) for h in (math.pi, 0.0))
    left, top, right, bottom = front.box
    window = Window(left, top, right, bottom)
    a, b = (alone([one], 128, 64, window).colour for one in (front, back))
    assert (a - b).abs().mean() > 0.01


def test_the_nearer_person_hides_the_farther_one() -> None:
    near, far = figure(walker(1, z=5.0), CAMERA), figure(walker(2, z=7.0), CAMERA)
    both = alone([far, near], ROWS, COLUMNS)
    assert torch.equal(both.owners == 1, alone([near], ROWS, COLUMNS).owners == 0)
    seen = visibility(both).tolist()
    assert seen[1] == pytest.approx(1.0)
    assert seen[0] < 0.8
    swapped = alone([near, far], ROWS, COLUMNS)
    torch.testing.assert_close(both.colour, swapped.colour)


def test_an_empty_place_has_nobody() -> None:
    empty = alone([], 90, 160)
    assert (empty.owners == -1).all()
    assert len(visibility(empty)) == 0
    assert empty.colour.isfinite().all()
    assert empty.colour.std() > 0.01


def test_perspective_halves_a_person_at_twice_the_distance() -> None:
    level = dataclasses.replace(CAMERA, tilt=0.0, mast=1.0)
    heights = []
    for z in (5.0, 10.0):
        box = figure(walker(z=z), level).box
        heights.append(box[3] - box[1])
    assert heights[0] / heights[1] == pytest.approx(2.0, rel=0.06)


def test_the_look_depends_on_the_person_alone() -> None:
    anna = describe_person(0, 1)
    torch.testing.assert_close(base_colours(anna), base_colours(describe_person(0, 1)))


def test_a_camera_develops_its_cast() -> None:
    grey = torch.full((1, 3, 8, 8), 0.3)
    none, size = torch.zeros(1, 3, 8, 8), Sizes([(8, 8)], "cpu")
    warm = dataclasses.replace(CAMERA, cast=(1.2, 1.0, 0.8), saturation=1.0, noise=0.0)
    picture = photograph(grey, [warm], none, [STILL], size)
    assert picture[0, 0].mean() > picture[0, 1].mean() > picture[0, 2].mean()
    brighter = photograph(grey, [warm], none, [Moment(exposure=1.3)], size)
    assert (brighter > picture).all()
    assert torch.equal(grey, torch.full((1, 3, 8, 8), 0.3))  # the light is left as it was


def test_blur_keeps_the_light_and_spreads_a_point() -> None:
    point = torch.zeros(1, 9, 9)
    point[0, 4, 4] = 1
    soft = blurred(point[None], [0.7], Sizes([(9, 9)], "cpu"))[0]
    assert soft.sum().item() == pytest.approx(1, abs=1e-5)
    assert soft[0, 4, 4] < 0.6
    assert soft[0, 4, 3] > 0.05
    torch.testing.assert_close(soft, soft.transpose(1, 2))


def test_a_view_is_the_same_in_any_company() -> None:
    """Other people, another camera and place, other sizes: none of it matters."""
    other = describe_camera(3, 2, "mall")
    two = [figure(walker(2, 0.4), CAMERA), figure(walker(3, -0.3, 5.0, 0.5), CAMERA)]
    left, top, right, bottom = two[0].box.tolist()
    views = [
        View(two, CAMERA, 0, 120, 50, Window(left, top, right, bottom)),
        View([figure(walker(4), other)], other, 3, 64, 90, Window(400, 100, 900, 500)),
        View((), CAMERA, 0, 33, 20, Window(300, 300, 350, 400)),
        View([figure(walker(1), CAMERA)], CAMERA, 0, 90, 160),
    ]
    together = render(views, truth=True)
    for number, view in enumerate(views):
        single, high, wide = render([view], truth=True), view.height, view.width
        torch.testing.assert_close(together.colour[number, :, :high, :wide], single.colour[0])
        for name in ("owners", "parts", "nearness"):
            one, all_ = getattr(single, name)[0], getattr(together, name)[number]
            assert torch.equal(all_[: 2 * high, : 2 * wide], one), name
    torch.testing.assert_close(
        visibility(together), torch.cat([visibility(render([view])) for view in views])
    )

"""Places: what is drawn, where, and at what depth."""

import dataclasses

import numpy as np
import pytest
import torch

from passerby.data.synthetic.camera import Camera, describe_camera
from passerby.data.synthetic.canvas import COLUMNS, ROWS, Canvas, greyish
from passerby.data.synthetic.furniture import draw_thing
from passerby.data.synthetic.grounds import GROUNDS, draw_ground
from passerby.data.synthetic.place import backdrop
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.things import SIZES, Thing, things
from passerby.data.synthetic.walls import WALLS, draw_wall

CAMERA = describe_camera(0, 1)


def canvas(camera: Camera = CAMERA) -> Canvas:
    return Canvas(camera, np.random.default_rng(0))


@pytest.mark.parametrize("style", STYLES)
def test_every_style_draws_a_whole_place(style: str) -> None:
    camera = describe_camera(1, 2, style)
    place = backdrop(camera, 1)
    assert place.colour.shape == (3, ROWS, COLUMNS)
    assert place.colour.isfinite().all()
    assert (place.colour >= -1e-3).all()
    assert place.colour.std() > 0.02
    assert (place.nearness > 0).all()


def test_styles_are_different_domains() -> None:
    light = {
        style: backdrop(describe_camera(1, 2, style), 1).colour.mean().item()
        for style in ("plaza", "night", "snow")
    }
    assert light["night"] < 0.7 * light["plaza"]
    assert light["snow"] > 2 * light["night"]


@pytest.mark.parametrize("kind", GROUNDS)
def test_the_ground_lies_where_geometry_puts_it(kind: str) -> None:
    camera = dataclasses.replace(CAMERA, ground=kind)
    drawn = canvas(camera)
    draw_ground(drawn, np.random.default_rng(0), ())
    for z in (camera.near + 0.5, camera.far):
        (x, y), near = camera.project(np.array([0.5, 0.0, z]), ROWS, COLUMNS)
        assert float(drawn.depth[int(y), int(x)]) == pytest.approx(1 / near, rel=0.02)
    low = drawn.colour[:, -200:]
    assert low.isfinite().all()
    assert low.std() > 0.003  # never one plain colour


@pytest.mark.parametrize("kind", WALLS)
def test_a_wall_stands_upright_ahead_and_beside(kind: str) -> None:
    for side in (-1, 0, 1):
        drawn = canvas()
        draw_wall(drawn, kind, 12.0, side, np.random.default_rng(1))
        shown = drawn.depth < 399
        assert shown.float().mean() > 0.01
        axis = drawn.ray[2] if side == 0 else drawn.ray[0] * side
        distance = (axis * drawn.depth)[shown]
        assert float((distance - 12).abs().max()) < 0.05
        assert drawn.colour[:, shown].isfinite().all()


@pytest.mark.parametrize("kind", SIZES)
def test_a_thing_is_drawn_in_its_box(kind: str) -> None:
    wide, deep, tall = SIZES[kind]
    thing = Thing(kind, 0.4, 8.0, wide, deep, tall, (0.5, 0.4, 0.3))
    drawn = canvas()
    draw_thing(drawn, thing)
    shown = drawn.depth < 399
    assert shown.sum() > 150
    x, up, z = (axis[shown] * drawn.depth[shown] for axis in drawn.ray)
    y = up + CAMERA.mast
    assert float((x - 0.4).abs().max()) < wide + 0.15
    assert float((z - 8.0).abs().max()) < deep + 0.35
    assert float(y.min()) > -0.02
    assert float(y.max()) < tall + 0.2
    assert float(y.max()) > 0.6 * min(tall, 1.5)


def test_a_thing_hides_what_is_behind_and_not_what_is_before() -> None:
    near = Thing("box", 0.0, 6.0, 0.4, 0.3, 0.9, (0.8, 0.1, 0.1))
    far = Thing("box", 0.0, 9.0, 0.4, 0.3, 0.9, (0.1, 0.1, 0.8))
    one, other = canvas(), canvas()
    for thing in (near, far):
        draw_thing(one, thing)
    for thing in (far, near):
        draw_thing(other, thing)
    torch.testing.assert_close(one.depth, other.depth)
    # Along the optical axis, so a little more than the metres along the ground.
    assert 5.5 < float(one.depth.min()) < 6.5


def test_things_belong_to_the_style_and_leave_room() -> None:
    for style in ("street", "park", "mall"):
        for number in range(1, 9):
            camera = describe_camera(0, number, style)
            around = things(camera, 0)
            low, high = STYLES[style].clutter
            assert low <= len(around) <= high
            assert {thing.kind for thing in around} <= {*STYLES[style].things, "bicycle"}
            for thing in around:
                # Nothing stands inside the front.
                assert thing.z - thing.deep < camera.far + camera.wall


def test_speckle_is_smooth_bounded_and_repeats() -> None:
    drawn = canvas()
    u = torch.linspace(-3, 3, 400)
    values = drawn.speckle(u, u * 0.5)
    assert values.abs().max() <= 1
    assert (values[1:] - values[:-1]).abs().max() < 0.1
    torch.testing.assert_close(values, drawn.speckle(u + 512, u * 0.5), atol=1e-3, rtol=0)
    # At whole numbers it is the noise itself, also at the seam.
    seam = drawn.speckle(torch.tensor([511.0, 512.0, 0.0]), torch.tensor([3.0, 3.0, 3.0]))
    assert seam[1] == seam[2]


def test_street_colours_are_nearly_grey() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        colour = greyish(rng, 0.3, 0.7)
        assert max(colour) - min(colour) < 0.2
        assert 0.2 < sum(colour) / 3 < 0.8

"""Ingredients of a world: each can be taken away, and nothing else goes with it."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.figure import Walker, figure
from passerby.data.synthetic.ingredients import INGREDIENTS, ingredients, ordered
from passerby.data.synthetic.person import Person
from passerby.data.synthetic.place import backdrop
from passerby.data.synthetic.render import View, render, visibility
from passerby.data.synthetic.things import shown, things
from passerby.data.synthetic.tracklets import Passing
from passerby.data.synthetic.world import World

SHOTS = [(person, camera, shot) for person in (1, 3, 5) for camera in (1, 2, 3) for shot in (0, 2)]
CLOTHES = ("upper", "lower", "shoes", "bag", "hat", "hat_colour", "scarf", "held", "held_colour")
BODY = {field.name for field in fields(Person)} - {*CLOTHES, "number", "outfit"}
COLOURS = {"skin", "hair"}
ALONE = [(name,) for name in INGREDIENTS]


@cache
def world(*without: str, style: str = "town") -> World:
    return World(seed=4, people=8, cameras=3, style=style, without=without)


def stands(one: World, person: int, camera: int, shot: int) -> tuple[float, ...]:
    walker = one.sight(person, camera, shot).figures[0].walker
    return walker.x, walker.z, walker.heading, walker.phase


def test_a_world_that_lacks_nothing_is_the_default() -> None:
    plain = World(seed=4, people=8, cameras=3)
    assert world() == plain
    assert world().camera(2) == plain.camera(2)
    before, after = (one.crop(3, 2, 0, height=64, width=32) for one in (plain, world()))
    assert np.array_equal(before, after)


@pytest.mark.parametrize("without", ALONE)
def test_each_ingredient_is_seen(without: tuple[str]) -> None:
    changed = 0
    for one in SHOTS:
        before, after = (w.crop(*one, height=64, width=32) for w in (world(), world(*without)))
        changed += not np.array_equal(before, after)
    assert changed >= len(SHOTS) / 3


@pytest.mark.parametrize("without", [one for one in ALONE if one != ("bodies",)])
def test_everybody_stands_where_they_stood(without: tuple[str]) -> None:
    for one in SHOTS:
        assert stands(world(*without), *one) == stands(world(), *one)


def test_with_one_body_everybody_walks_the_same_ways() -> None:
    for person, camera, _ in SHOTS:
        before, after = (w.visit(person, camera) for w in (world(), world("bodies")))
        assert (before.bends, before.start, before.phase) == (after.bends, after.start, after.phase)


def test_without_patterns_cloth_has_one_colour() -> None:
    patterned = 0
    for number in range(1, 60):
        before, after = (w.person(number) for w in (world(), world("patterns")))
        for piece in (after.upper, after.lower):
            assert piece.pattern == "plain"
            assert piece.second == piece.colour
        assert after.bag.second == after.bag.colour
        patterned += before.upper.pattern != "plain"
        for name in ("kind", "colour", "inner", "opening", "length", "hem", "ease", "motif"):
            assert getattr(after.upper, name) == getattr(before.upper, name)
        assert all(getattr(after, name) == getattr(before, name) for name in BODY)
    assert patterned > 15


def test_without_patterns_prints_are_gone_from_the_pixels() -> None:
    from passerby.data.synthetic.owned import Owned
    from passerby.data.synthetic.parts import Part
    from passerby.data.synthetic.shading import albedo

    striped = next(
        n for n in range(1, 99)
        if world().person(n).upper.pattern == "bands" and world().person(n).upper.kind == "tee"
    )  # fmt: skip
    colours = []
    for one in (world(), world("patterns")):
        person = one.person(striped)
        # Down the chest, below neck and straps and above the hem.
        along = torch.linspace(0.60, 0.65, 400) * person.height
        parts = torch.full((400,), int(Part.TORSO))
        who = Owned(
            [replace(person, bag=replace(person.bag, kind="none"))], torch.zeros(400).long()
        )
        colours.append(albedo(parts, torch.zeros(400), along, who))
    assert colours[0].std(0).max() > 0.01
    assert colours[1].std(0).max() < 1e-6


def test_without_bodies_people_in_the_same_clothes_have_the_same_silhouette() -> None:
    camera = world().camera(1)

    def silhouette(one: World, number: int) -> np.ndarray:
        clothes = {name: getattr(one.person(1), name) for name in CLOTHES}
        somebody = replace(one.person(number), number=1, **clothes)
        walker = Walker(somebody, 0.0, 6.0, 2.0, 0.3)
        drawn = render([View([figure(walker, camera)], camera, 4, 90, 160)])
        return drawn.owners[0].numpy() >= 0

    for number in (2, 3, 5):
        for one, alike in ((world("bodies"), True), (world(), False)):
            assert np.array_equal(silhouette(one, 1), silhouette(one, number)) is alike


def test_without_bodies_clothes_and_colours_stay() -> None:
    bodies = set()
    for number in range(1, 40):
        before, after = (w.person(number) for w in (world(), world("bodies")))
        assert all(getattr(after, name) == getattr(before, name) for name in {*CLOTHES, *COLOURS})
        bodies.add(tuple(repr(getattr(after, name)) for name in sorted(BODY - COLOURS)))
    assert len(bodies) == 1


LIGHT = {
    "light", "sun", "direct", "sky", "cast", "gain", "contrast", "saturation", "sharpen", "veil",
    "blur", "noise", "shutter", "hunting", "quality", "interlaced", "focus",
}  # fmt: skip


def test_without_lights_every_camera_develops_alike() -> None:
    lights = set()
    for style in ("town", "night", "mall"):
        for number in (1, 2, 3):
            before = world(style=style).camera(number)
            after = world("lights", style=style).camera(number)
            lights.add(tuple(getattr(after, name) for name in sorted(LIGHT)))
            assert replace(before, **{name: getattr(after, name) for name in LIGHT}) == after
    assert len(lights) == 1


def test_without_lights_no_moment_differs() -> None:
    one = world("lights")
    moments = [one.shot(*shot, height=64, width=32).moment for shot in SHOTS * 2]
    assert {replace(moment, seed=0).exposure for moment in moments} == {1.0}
    assert {moment.drift for moment in moments} == {(1.0, 1.0, 1.0)}
    assert {(*moment.motion, moment.defocus) for moment in moments} == {(0.0, 0.0, 0.0)}
    before, after = (one.frame(1, time, height=90, width=160).pixels for time in (0.0, 1.0))
    assert np.array_equal(before, after)  # nobody is there, and nothing flickers


def test_without_lights_grey_cloth_is_grey_in_every_camera() -> None:
    bare = world("lights", "backgrounds", "occluders")
    for number in (1, 2, 3):
        red, green, blue = bare.frame(number, 0.0, height=90, width=160).pixels.reshape(-1, 3).T
        assert np.abs(red.astype(int) - green).max() <= 6
        assert np.abs(blue.astype(int) - green).max() <= 6


@pytest.mark.parametrize("style", ["town", "station", "park"])
def test_without_backgrounds_the_place_is_of_two_greys(style: str) -> None:
    one = world("backgrounds", "occluders", style=style)
    for number in (1, 2, 3):
        camera = one.camera(number)
        place = backdrop(camera, one.seed)
        assert all(channel.unique().numel() <= 2 for channel in place.colour)
        (x, y), near = camera.project(np.array([0.0, 0.0, camera.far]), 720, 1280)
        assert float(place.nearness[int(y), int(x)]) == pytest.approx(near, rel=0.02)


def test_without_backgrounds_things_in_front_stay() -> None:
    found = 0
    for number in (1, 2, 3):
        whole, bare = world(style="street").camera(number), world("backgrounds", style="street")
        left = shown(bare.camera(number), 4)
        assert all(thing.z - thing.deep < whole.far for thing in left)
        assert set(left) <= set(things(whole, 4))
        empty = backdrop(world("backgrounds", "occluders", style="street").camera(number), 4)
        there = backdrop(bare.camera(number), 4)
        found += not torch.equal(there.nearness, empty.nearness)
        assert (there.nearness >= empty.nearness).all()
    assert found


def test_without_occluders_nobody_and_nothing_is_in_front() -> None:
    one, whole = world("occluders", style="station"), world(style="station")
    hidden = 0
    for shot in SHOTS:
        sight = one.sight(*shot)
        assert len(sight.figures) == 1
        hidden += len(whole.sight(*shot).figures) > 1
        rendered = render([View(sight.figures, one.camera(shot[1]), 4, 96, 48, sight.window)])
        assert visibility(rendered).item() > 0.999  # feet sink into the ground by a pixel at most
    assert hidden > len(SHOTS) / 4
    for number in (1, 2, 3):
        camera = one.camera(number)
        assert all(thing.z > camera.far for thing in shown(camera, 4))


def test_without_occluders_boxes_end_where_bodies_end() -> None:
    for shot in SHOTS:
        sight = world("occluders").sight(*shot)
        left, top, right, bottom = sight.figures[0].box.tolist()
        window, high = sight.window, bottom - top
        assert (window.top, window.bottom) == pytest.approx((top, bottom))
        assert (window.left + window.right) / 2 == pytest.approx((left + right) / 2)
        assert window.right - window.left == pytest.approx(max(right - left, 0.43 * high))


def test_without_occluders_tracklets_are_of_one_person_and_do_not_shake() -> None:
    crowded = World(seed=0, people=12, cameras=1, every=0.5)
    alone = replace(crowded, without=("occluders",))
    together = [len(Passing(crowded, p, 1, 0, 4, p).sight(2).figures) for p in range(5, 12)]
    assert max(together) > 1
    for person in range(5, 12):
        sight = Passing(alone, person, 1, 0, 4, person).sight(2)
        assert len(sight.figures) == 1
        assert sight.window.top == pytest.approx(sight.figures[0].box[1])


@given(st.permutations(INGREDIENTS), st.integers(0, len(INGREDIENTS)))
def test_the_order_of_names_does_not_matter(names: list[str], count: int) -> None:
    some = names[:count]
    assert ingredients("+".join(some)) == ordered(some) == ordered(reversed(some))
    assert set(ordered(some)) == set(some)
    assert World(without=tuple(some)) == World(without=ordered(some))


@pytest.mark.parametrize("named", ["hats", "patterns+hats", "lights+lights", "lights+", "+"])
def test_what_no_world_is_made_of_is_refused(named: str) -> None:
    with pytest.raises(PasserbyError, match="choose of patterns, bodies, lights"):
        ingredients(named)
    with pytest.raises(PasserbyError, match="cannot be rendered"):
        World(without=tuple(named.split("+")))

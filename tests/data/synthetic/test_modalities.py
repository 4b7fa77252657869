"""Infrared, heat, drawings and few pixels."""

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.crops import modalities, rendered
from passerby.data.synthetic.modalities import MODALITIES, infrared_tones, warmth
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.render import View, render
from passerby.data.synthetic.sketch import sketch
from passerby.data.synthetic.world import World

WORLD = World(seed=0, people=12, cameras=3)


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_modality_repeats_and_differs(modality) -> None:
    first = WORLD.crop(1, 1, 0, height=96, width=48, modality=modality)
    again = WORLD.crop(1, 1, 0, height=96, width=48, modality=modality)
    assert np.array_equal(first, again)
    assert first.shape == (96, 48, 3)
    if modality != "visible":
        assert not np.array_equal(first, WORLD.crop(1, 1, 0, height=96, width=48))


@pytest.mark.parametrize("modality", ["infrared", "thermal", "sketch"])
def test_what_has_no_colour_is_grey(modality) -> None:
    crop = WORLD.crop(2, 1, 0, height=96, width=48, modality=modality).astype(int)
    assert np.ptp(crop, axis=2).mean() < 4


def test_cloth_in_infrared_does_not_follow_its_colour() -> None:
    people = [WORLD.person(n) for n in range(1, 80)]
    seen = [sum(person.upper.colour) for person in people]
    tones = [float(infrared_tones(person)[Part.TORSO]) for person in people]
    assert abs(np.corrcoef(seen, tones)[0, 1]) < 0.3
    assert np.std(tones) > 0.1
    assert infrared_tones(people[0]) is infrared_tones(people[0])


def test_skin_is_warmer_than_cloth_and_shoes() -> None:
    for number in range(1, 30):
        table = warmth(WORLD.person(number))
        assert table[Part.HEAD] > table[Part.TORSO] > table[Part.SOLE]
        assert table[Part.BAG] < table[Part.PELVIS]


def test_bodies_glow_before_a_cool_place() -> None:
    inside, outside = [], []
    for person in range(1, 6):
        crop = WORLD.crop(person, 1, 0, modality="thermal").astype(float).mean(2)
        mask = WORLD.truth(person, 1, 0).persons > 0
        inside.append(crop[mask].mean())
        outside.append(crop[~mask].mean())
    assert min(inside) > max(outside) + 20


def test_a_lamp_at_the_camera_lights_what_is_near() -> None:
    camera = WORLD.camera(1)
    dark = render([View((), camera, 0, 90, 160)], modality="infrared", truth=True)
    assert dark.nearness is not None
    near = dark.nearness[0, ::2, ::2].flatten().numpy()
    light = dark.colour[0, 0].flatten().numpy()
    order = np.argsort(near)
    far, close = order[: len(order) // 4], order[-len(order) // 4 :]
    assert light[close].mean() > 2 * light[far].mean()


def test_sketches_are_lines_on_paper() -> None:
    crop = WORLD.crop(3, 1, 0, modality="sketch")[..., 0].astype(float)
    mask = WORLD.truth(3, 1, 0).persons > 0
    assert np.median(crop[~mask]) > 235  # paper
    assert crop[mask].mean() < crop[~mask].mean() - 15
    assert crop.min() < 90


def test_a_sketch_needs_the_maps() -> None:
    seen = render([View((), WORLD.camera(1), 0, 32, 16)])
    with pytest.raises(ValueError, match="truth=True"):
        sketch(seen, seen.colour)


def test_low_has_few_details() -> None:
    def detail(modality) -> float:
        crops = [WORLD.crop(p, 1, 0, modality=modality).astype(float).mean(2) for p in range(1, 6)]
        return float(np.mean([np.abs(np.diff(crop, axis=0)).mean() for crop in crops]))

    assert detail("low") < 0.8 * detail("visible")


def test_cameras_take_turns() -> None:
    assert modalities("visible+infrared", 3) == ("visible", "infrared", "visible")
    assert modalities("thermal", 2) == ("thermal", "thermal")
    for wrong in ("", "x-ray", "visible+", "visible+visible"):
        with pytest.raises(PasserbyError, match="choose visible, infrared"):
            modalities(wrong, 3)
    with pytest.raises(PasserbyError, match="add cameras"):
        modalities("visible+infrared+thermal", 2)


def test_infrared_searches_visible() -> None:
    splits = rendered(people=2, test_people=3, cameras=4, shots=2, modality="visible+infrared")
    assert {s.modality for s in splits.query} == {"infrared"}
    assert {s.modality for s in splits.gallery} == {"visible"}
    assert {s.modality for s in splits.train} == {"visible", "infrared"}
    assert {s.camera for s in splits.query} == {2, 4}
    assert len(splits.gallery) == 3 * 2 * 2

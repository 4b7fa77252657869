"""Styles: enough of them, and every name in them can be drawn."""

import pytest

from passerby.data.synthetic.grounds import GROUNDS
from passerby.data.synthetic.light import LIGHTS
from passerby.data.synthetic.styles import STYLES, Style
from passerby.data.synthetic.things import SIZES
from passerby.data.synthetic.walls import WALLS
from passerby.data.synthetic.world import World


def test_there_are_enough_styles_and_each_knows_its_name() -> None:
    assert len(STYLES) >= 8
    assert {"town", "plaza", "mall", "campus", "street", "station", "park", "night", "rain"} <= set(
        STYLES
    )
    assert all(style.name == name for name, style in STYLES.items())


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_everything_a_style_names_can_be_drawn(style: Style) -> None:
    assert set(style.lights) <= set(LIGHTS)
    assert set(style.grounds) <= set(GROUNDS)
    assert set(style.fronts) <= set(WALLS)
    assert set(style.sides) <= {*WALLS, "open"}
    assert set(style.things) <= set(SIZES)
    assert style.weather in ("dry", "rain", "snow")
    assert 0 < style.clutter[0] <= style.clutter[1]
    assert 1 <= style.quality[0] < style.quality[1] <= 100


def test_every_ground_wall_and_light_is_used_somewhere() -> None:
    assert {name for style in STYLES.values() for name in style.grounds} == set(GROUNDS)
    assert {name for style in STYLES.values() for name in style.lights} == set(LIGHTS)
    assert {n for s in STYLES.values() for n in (*s.fronts, *s.sides)} - {"open"} == set(WALLS)


def test_nobody_lives_in_two_styles_so_that_worlds_can_be_joined() -> None:
    first = [World(style=style, seed=1, people=1, cameras=1).person(1) for style in STYLES]
    assert len({(one.height, one.build, one.skin) for one in first}) == len(STYLES)
    again = World(style="plaza", seed=1, people=9, cameras=2).person(1)
    assert again == first[list(STYLES).index("plaza")]

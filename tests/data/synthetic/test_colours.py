"""Colours: names, palettes and contrast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.data.synthetic import colours
from passerby.data.synthetic.colours import NAMES, apart, contrasting, darker, name_of, pick, tinted

PALETTES = (
    colours.UPPERS, colours.LOWERS, colours.DENIMS, colours.SHOES, colours.BAGS,
    colours.SKINS, colours.HAIRS, colours.GREYS,
)  # fmt: skip
channel = st.floats(0, 1)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_is_its_own_nearest(name: str) -> None:
    assert name_of(NAMES[name]) == name


@given(st.tuples(channel, channel, channel))
def test_the_nearest_name_is_the_nearest(colour: tuple[float, float, float]) -> None:
    found = sum(abs(a - b) for a, b in zip(NAMES[name_of(colour)], colour, strict=True))
    assert found <= min(float(np.abs(np.subtract(c, colour)).sum()) for c in NAMES.values()) + 1e-9


def test_a_palette_is_worn_by_its_shares() -> None:
    palette = (((0.1, 0.1, 0.1), 3.0), ((0.9, 0.1, 0.1), 1.0))
    rng = np.random.default_rng(0)
    red = np.mean([pick(palette, rng)[0] > 0.5 for _ in range(800)])
    assert red == pytest.approx(0.25, abs=0.05)


@pytest.mark.parametrize("palette", PALETTES)
def test_shades_stay_near_their_colour(palette: colours.Palette) -> None:
    rng = np.random.default_rng(1)
    for colour, share in palette:
        assert share > 0
        shades = [tinted(colour, rng) for _ in range(40)]
        assert np.mean([apart(colour, shade) for shade in shades]) < 0.3
        assert all(0 <= value <= 1 for shade in shades for value in shade)


@pytest.mark.parametrize("colour", list(NAMES.values()))
def test_a_second_colour_can_be_told_from_the_first(colour: colours.Colour) -> None:
    rng = np.random.default_rng(2)
    assert min(apart(colour, contrasting(colour, rng)) for _ in range(20)) > 0.45


def test_darker_keeps_the_hue() -> None:
    assert darker((0.4, 0.2, 0.1), 0.5) == (0.2, 0.1, 0.05)

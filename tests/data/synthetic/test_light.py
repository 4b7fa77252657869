"""Light and white balance."""

import numpy as np
import pytest

from passerby.data.synthetic.light import LIGHTS, Light, white_balance


def test_full_white_balance_makes_a_white_thing_grey() -> None:
    for light in LIGHTS.values():
        seen = light.white() * np.array(white_balance(light, 1.0))
        assert seen == pytest.approx([1, 1, 1])


def test_half_the_white_balance_leaves_half_of_the_tint() -> None:
    warm = Light((1.5, 1.0, 0.5), (0.75, 0.5, 0.25))
    seen = warm.white() * np.array(white_balance(warm, 0.5))
    assert seen == pytest.approx(np.sqrt([1.5, 1.0, 0.5]))


def test_a_low_sun_gives_the_ground_less() -> None:
    assert LIGHTS["sun"].level(0.3) < LIGHTS["sun"].level(0.9)
    assert LIGHTS["sodium"].level(0.9) < LIGHTS["overcast"].level(0.9)

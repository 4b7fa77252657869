"""Moments: what differs from shot to shot."""

import math

import numpy as np

from passerby.data.synthetic.camera import describe_camera
from passerby.data.synthetic.moment import draw_moment

CAMERA = describe_camera(0, 1)


def test_motion_is_speed_times_shutter_up_to_a_limit() -> None:
    rng = np.random.default_rng(0)
    slow = draw_moment(CAMERA, rng, (30.0, -15.0))
    assert slow.motion == (30 * CAMERA.shutter, -15 * CAMERA.shutter)
    fast = draw_moment(CAMERA, rng, (3e4, 4e4))
    assert math.isclose(math.hypot(*fast.motion), 7.0)
    assert math.isclose(fast.motion[1] / fast.motion[0], 4 / 3)


def test_automatics_err_around_what_is_right() -> None:
    rng = np.random.default_rng(1)
    moments = [draw_moment(CAMERA, rng) for _ in range(800)]
    exposures = np.log([moment.exposure for moment in moments])
    assert abs(exposures.mean()) < 0.03
    assert np.isclose(exposures.std(), CAMERA.hunting, rtol=0.15)
    soft = np.array([moment.defocus for moment in moments])
    assert 0.05 < (soft > 0).mean() < 0.15
    assert soft.max() <= 1.0

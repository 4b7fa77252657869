"""Cameras: calibrated, different from each other, and the same for ever."""

import math

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.camera import describe_camera
from passerby.data.synthetic.styles import STYLES

CAMERAS = [describe_camera(3, number, style) for style in STYLES for number in range(1, 25)]


def test_heights_and_views_are_those_of_real_cameras() -> None:
    masts = np.array([camera.mast for camera in CAMERAS])
    tilts = np.array([camera.tilt for camera in CAMERAS])
    assert masts.min() >= 2.2
    assert masts.max() <= 6.0
    assert masts.max() > 5.0
    assert (tilts < 0.14).mean() > 0.05  # some look nearly straight ahead
    assert (tilts > 0.3).mean() > 0.2  # many look down steeply


def test_a_calibrated_camera_projects_by_hand() -> None:
    camera = describe_camera(0, 1)
    # A point on the optical axis, and one a metre to its right, at depth 8.
    axis = np.array([0, camera.mast, 0]) + 8 * camera.view
    at, near = camera.project(np.stack([axis, axis + np.array([1, 0, 0])]), 720, 1280)
    assert near == pytest.approx([1 / 8, 1 / 8])
    assert at[0] == pytest.approx([640, 360])
    assert at[1] == pytest.approx([640 + camera.focal * 720 / 8, 360])


def test_the_ground_at_near_can_be_seen() -> None:
    for camera in CAMERAS:
        feet = camera.project(np.array([0.0, 0.0, camera.near]), 720, 1280)[0]
        assert feet[1] < 720
        assert camera.far >= camera.near + 3


def test_the_sun_stands_in_one_direction_over_the_town() -> None:
    sunny = [c for c in CAMERAS if c.style == "plaza"]
    azimuths = [math.atan2(c.sun[0], c.sun[2]) + c.bearing for c in sunny]
    turned = np.exp(1j * np.array(azimuths))
    assert abs(turned.mean()) == pytest.approx(1, abs=1e-6)
    for camera in CAMERAS:
        assert np.linalg.norm(camera.sun) == pytest.approx(1)
        assert camera.sun[1] > 0.3


def test_neighbouring_cameras_differ_in_light_ground_and_route() -> None:
    for style in STYLES.values():
        first = [describe_camera(5, number, style.name) for number in range(1, 5)]
        for field, kinds in (("light", style.lights), ("ground", style.grounds)):
            names = [getattr(camera, field) for camera in first]
            assert len(set(names)) >= min(4, len(set(kinds)))
        assert len({camera.route for camera in first}) == 4


def test_development_differs_widely_between_cameras() -> None:
    for field, least in (
        ("gain", 0.15),
        ("contrast", 0.08),
        ("saturation", 0.15),
        ("quality", 0.1),
    ):
        values = np.array([getattr(camera, field) for camera in CAMERAS], float)
        assert values.std() / values.mean() > least, field
    casts = np.array([camera.cast for camera in CAMERAS])
    assert (casts[:, 0] / casts[:, 2]).std() > 0.1


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(PasserbyError, match="no style 'moon'"):
        describe_camera(0, 1, "moon")

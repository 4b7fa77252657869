"""What chance does to a training picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.data.transforms import (
    Augmentation,
    crop,
    erase_box,
    jitter_camera,
    jitter_colours,
    stretched_crop,
)

PICTURE = np.random.default_rng(0).integers(1, 255, (24, 12, 3)).astype(np.uint8)


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    flip=st.sampled_from([0.0, 0.5, 1.0]),
    padding=st.integers(0, 12),
    enlarge=st.sampled_from([1.0, 1.125, 2.0]),
    erase=st.sampled_from([0.0, 1.0]),
    colour=st.sampled_from([0.0, 0.4]),
    least=st.sampled_from([0.1, 0.64, 1.0]),
    camera=st.sampled_from([(0.0, 0.0), (0.1, 0.0), (0.0, 0.3), (0.1, 0.3)]),
    blur=st.sampled_from([0.0, 1.0]),
    seed=st.integers(0, 1000),
)
def test_any_settings_give_the_wanted_size_the_same_way_each_time(
    height: int,
    width: int,
    flip: float,
    padding: int,
    enlarge: float,
    erase: float,
    colour: float,
    least: float,
    camera: tuple[float, float],
    blur: float,
    seed: int,
) -> None:
    vary = Augmentation(
        flip, padding, enlarge, erase, colour, (least, 1.0), (2.0, 3.0), *camera, blur
    )
    tall, wide = vary.read_size(height, width)
    picture = chance(1).integers(0, 255, (tall, wide, 3)).astype(np.uint8)
    before = picture.copy()
    varied = vary(picture, height, width, chance(seed))
    assert varied.shape == (height, width, 3)
    assert varied.dtype == np.uint8
    assert (picture == before).all(), "the cached picture was changed"
    assert (vary(picture, height, width, chance(seed)) == varied).all()


def test_flip_mirrors() -> None:
    mirrored = Augmentation(1.0, 0, 1.0, 0.0)(PICTURE, 24, 12, chance())
    assert (mirrored == PICTURE[:, ::-1]).all()


def test_crop_is_the_picture_moved_over_black() -> None:
    seen = set()
    for seed in range(400):
        moved = crop(PICTURE, 24, 12, 2, chance(seed))
        rows, columns = np.nonzero(moved.any(2))
        top, left = rows.min(), columns.min()
        down, across = 24 - (rows.max() + 1 - top), 12 - (columns.max() + 1 - left)
        found = moved[top : rows.max() + 1, left : columns.max() + 1]
        # What is seen touches the edge that it was pushed over.
        ys = slice(0, 24 - down) if top else slice(down, 24)
        xs = slice(0, 12 - across) if left else slice(across, 12)
        assert (found == PICTURE[ys, xs]).all()
        seen.add((int(top or -down), int(left or -across)))
    assert len(seen) == 25, "every shift of up to 2 pixels comes up"


def test_erasing_follows_its_probability_and_area() -> None:
    black = np.zeros((64, 32, 3), np.uint8)
    vary = Augmentation(0.0, 0, 1.0, 0.5)
    shares = np.array(
        [(vary(black, 64, 32, chance(seed)) > 0).any(2).mean() for seed in range(600)]
    )
    erased = shares[shares > 0]
    assert 0.42 < len(erased) / len(shares) < 0.58
    assert 0.01 < erased.min() < 0.05
    assert 0.3 < erased.max() < 0.42


def test_erasing_leaves_a_box_of_the_mean_colour() -> None:
    erased = erase_box(PICTURE.copy(), chance())
    rows, columns = np.nonzero((erased != PICTURE).any(2))
    box = erased[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert (box == np.array([124, 116, 104])).all()


def test_erasing_a_picture_too_small_for_a_box_leaves_it() -> None:
    dot = np.ones((1, 1, 3), np.uint8)
    assert (erase_box(dot.copy(), chance()) == dot).all()


def test_colours_by_hand() -> None:
    # One grey picture: saturation does nothing, contrast nothing, brightness scales.
    grey = np.full((2, 2, 3), 100, np.uint8)
    scales = 1 + chance(3).uniform(-0.5, 0.5, 3)
    assert jitter_colours(grey, 0.5, chance(3))[0, 0, 0] == pytest.approx(100 * scales[0], abs=1)


def test_stretched_crops_have_the_shares_and_shapes_asked_for() -> None:
    # Each pixel says where it stood; a stretched box is linear in that but for rounding.
    rows, columns = np.mgrid[:256, :128]
    picture = np.stack([rows, columns, 0 * rows], axis=2).astype(np.uint8)
    shares, shapes, whole = [], [], 0
    for seed in range(400):
        found = stretched_crop(picture, (0.64, 1.0), (2.0, 3.0), chance(seed)).astype(int)
        assert found.shape == (256, 128, 3)
        # Rows and columns that the box took in, its outermost ones included.
        tall = found[-1, 0, 0] - found[0, 0, 0] + 1
        wide = found[0, -1, 1] - found[0, 0, 1] + 1
        shares.append(tall * wide / (256 * 128))
        shapes.append(tall / wide)
        whole += (found == picture).all()
    assert 0.62 < min(shares) < 0.66
    assert max(shares) > 0.9
    assert 1.9 < min(shapes) < 2.1
    assert 2.8 < max(shapes) < 3.1
    # Nearly half of the boxes drawn fit, so ten in a row hardly ever fail.
    assert whole < 8


def test_a_box_that_never_fits_leaves_the_picture() -> None:
    wide = np.arange(8 * 64 * 3, dtype=np.uint8).reshape(8, 64, 3)
    assert (stretched_crop(wide, (0.9, 1.0), (2.0, 3.0), chance()) == wide).all()


def test_no_stretched_crop_draws_nothing() -> None:
    plain, same = Augmentation(), Augmentation(crop_aspect=(1.0, 1.0))
    for seed in range(5):
        assert (plain(PICTURE, 24, 12, chance(seed)) == same(PICTURE, 24, 12, chance(seed))).all()


def test_another_camera_is_a_power_and_a_factor_for_each_channel() -> None:
    picture = np.full((4, 2, 3), 64, np.uint8)
    seen = np.array(
        [jitter_camera(picture, 0.1, 0.2, chance(seed))[0, 0] for seed in range(400)]
    )  # (400, 3)
    logs = np.log(seen / 255)
    power = logs.mean(1) / np.log(64 / 255)
    assert np.log(power).std() == pytest.approx(0.2, rel=0.25)
    between = logs - logs.mean(1, keepdims=True)
    assert between.std() == pytest.approx(0.1 * np.sqrt(2 / 3), rel=0.15)
    only_gamma = jitter_camera(PICTURE, 0, 0.5, chance(3)).astype(int)
    order = np.argsort(PICTURE.ravel(), kind="stable")
    assert (np.diff(only_gamma.ravel()[order]) >= 0).all()


def test_blur_softens_and_keeps_the_mean() -> None:
    plain = Augmentation(0.0, 0, 1.0, 0.0)(PICTURE, 24, 12, chance())
    soft = Augmentation(0.0, 0, 1.0, 0.0, blur=1.0)(PICTURE, 24, 12, chance())
    assert soft.std() < 0.9 * plain.std()
    assert abs(float(soft.mean()) - float(plain.mean())) < 3

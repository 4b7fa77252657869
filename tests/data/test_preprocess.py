import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import IMAGENET_MEAN, IMAGENET_STD, Preprocess
from passerby.data.preprocess import prepare

RAW = Preprocess(2, 2, mean=(0, 0, 0), std=(1, 1, 1), scale=1.0)


def test_by_hand():
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 1] = (255, 51, 0)
    batch = prepare([image], Preprocess(2, 2))
    for channel, value in enumerate((1.0, 0.2, 0.0)):
        expected = (value - IMAGENET_MEAN[channel]) / IMAGENET_STD[channel]
        assert batch[0, channel, 0, 1].item() == pytest.approx(expected, abs=1e-5)
    assert batch[0, 0, 0, 0].item() == pytest.approx(-0.485 / 0.229, abs=1e-5)


def test_resizing_is_bilinear_by_hand():
    # One row 0, 100 stretched to four: OpenCV's pixel centres lie at -0.25, 0.25, 0.75, 1.25.
    image = np.zeros((1, 2, 3), np.uint8)
    image[0, 1] = 100
    batch = prepare([image], Preprocess(1, 4, (0, 0, 0), (1, 1, 1), 1.0))
    assert batch[0, 0, 0].tolist() == [0, 25, 75, 100]


def test_channels_come_in_the_order_that_is_asked_for():
    image = np.full((2, 2, 3), (1, 2, 3), np.uint8)
    bgr = Preprocess(2, 2, mean=(3, 2, 0), std=(1, 1, 0.5), scale=1.0, channels="bgr")
    assert prepare([image], bgr)[0, :, 0, 0].tolist() == [0, 0, 2]


@settings(deadline=None, max_examples=30)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))),
    st.sampled_from(["rgb", "bgr"]),
)
def test_agrees_with_the_textbook(image, channels):
    import cv2

    preprocess = Preprocess(8, 4, channels=channels)
    resized = cv2.resize(image, (4, 8), interpolation=cv2.INTER_LINEAR).astype(np.float64) / 255
    ordered = resized if channels == "rgb" else resized[..., ::-1]
    expected = ((ordered - IMAGENET_MEAN) / IMAGENET_STD).transpose(2, 0, 1)
    actual = prepare([image], preprocess)
    assert (actual.shape, actual.dtype) == ((1, 3, 8, 4), torch.float32)
    np.testing.assert_allclose(actual[0].numpy(), expected, atol=1e-5)


def test_pictures_do_not_depend_on_their_neighbours():
    generator = np.random.default_rng(0)
    images = [generator.integers(0, 256, (h, 5, 3), np.uint8) for h in (3, 2, 9)]
    together = prepare(images, RAW)
    for number, image in enumerate(images):
        assert torch.equal(together[number], prepare([image], RAW)[0])


def test_views_of_a_frame_are_pictures_too():
    frame = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    for view in (frame[2:6, 1:5], frame[:, ::-1], frame[..., ::-1]):
        assert torch.equal(prepare([view], RAW), prepare([view.copy()], RAW))


def test_no_picture_is_an_error():
    with pytest.raises(PasserbyError, match="no picture to prepare"):
        prepare([], RAW)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((3, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        "a.png",
    ],
)
def test_what_is_no_rgb_picture_is_told_apart(wrong):
    good = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(PasserbyError, match=r"picture 1 is .*uint8 RGB"):
        prepare([good, wrong], RAW)


def test_an_empty_box_is_told():
    with pytest.raises(PasserbyError, match="picture 0 is empty, 0 wide and 4 high"):
        prepare([np.zeros((4, 0, 3), np.uint8)], RAW)

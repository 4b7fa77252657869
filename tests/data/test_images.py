"""Reading pictures: pixels, kinds of files, and errors in plain words."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.data.images import decode_image, read_image

RED = np.zeros((8, 4, 3), np.uint8) + np.array([0, 0, 255], np.uint8)  # in OpenCV's BGR


def noisy_jpeg() -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (64, 32, 3), dtype=np.uint8)
    return cv2.imencode(".jpg", noise)[1].tobytes()


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".jpg", ".webp", ".tiff", ".ppm"])
def test_channels_come_in_the_order_red_green_blue(tmp_path: Path, suffix: str):
    path = tmp_path / f"red{suffix}"
    cv2.imwrite(str(path), RED)
    image = read_image(path)
    assert image.shape == (8, 4, 3)
    assert image.dtype == np.uint8
    assert (image[..., 0] > 240).all()
    assert (image[..., 1:] < 15).all()


def test_grey_alpha_and_sixteen_bits_become_rgb(tmp_path: Path):
    images = {
        "grey": np.full((8, 4), 100, np.uint8),
        "alpha": np.dstack([RED, np.full((8, 4), 128, np.uint8)]),
        "deep": np.full((8, 4, 3), 100 * 256, np.uint16),
    }
    for name, pixels in images.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels)
    assert (read_image(tmp_path / "grey.png") == 100).all()
    assert (read_image(tmp_path / "alpha.png") == [255, 0, 0]).all()
    assert (read_image(tmp_path / "deep.png") == 100).all()


def test_a_picture_is_asked_for_its_pixels():
    class Grey:
        def read(self) -> np.ndarray:
            return np.full((2, 2, 3), 9, np.uint8)

    assert (read_image(Grey()) == 9).all()


def test_missing_and_empty_files_are_named(tmp_path: Path):
    with pytest.raises(PasserbyError, match=r"no image '.*nobody\.jpg'.*unpacked"):
        read_image(tmp_path / "nobody.jpg")
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(PasserbyError, match=r"empty\.jpg' is empty.*copy it again"):
        read_image(tmp_path / "empty.jpg")
    with pytest.raises(PasserbyError, match="cannot be read"):
        read_image(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"plain text", "not an image.*convert it"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "git lfs pull"),
        (b"<!DOCTYPE html><html>404</html>", "web page"),
    ],
)
def test_what_is_no_image_is_told_by_its_kind(tmp_path: Path, content: bytes, words: str):
    path = tmp_path / "fake.jpg"
    path.write_bytes(content)
    with pytest.raises(PasserbyError, match=words):
        read_image(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_file_is_never_read(suffix: str, share: float):
    noise = np.random.default_rng(0).integers(0, 255, (64, 32, 3), dtype=np.uint8)
    whole = cv2.imencode(suffix, noise)[1].tobytes()
    assert decode_image(whole, "whole").shape == (64, 32, 3)
    with pytest.raises(PasserbyError, match="half'"):
        decode_image(whole[: int(len(whole) * share)], "half")


def test_only_the_end_mark_missing_is_cut_short():
    with pytest.raises(PasserbyError, match="cut short: its end is missing"):
        decode_image(noisy_jpeg()[:-2], "x.jpg")


def test_the_end_mark_of_a_thumbnail_inside_does_not_count():
    whole, thumbnail = noisy_jpeg(), noisy_jpeg()
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    nested = whole[:2] + segment + whole[2:]
    assert decode_image(nested, "nested").shape == (64, 32, 3)
    with pytest.raises(PasserbyError, match="cut short"):
        decode_image(nested[:-200], "nested")


@pytest.mark.parametrize("tail", [b"\0" * 64, b"vendor \xff\xda data"])
def test_bytes_after_the_end_do_no_harm(tail: bytes):
    assert (decode_image(noisy_jpeg() + tail, "x") == decode_image(noisy_jpeg(), "x")).all()

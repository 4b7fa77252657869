"""What an uploaded picture says of itself, and what is made of it."""

import io
import struct
from dataclasses import replace

import numpy as np
import pytest
from fastapi import HTTPException
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.server.town import encoded, person_pixels

from passerby.core.errors import PasserbyError
from passerby.server.limits import Limits
from passerby.server.picture_header import picture_header
from passerby.server.pictures import decoded

KINDS = ("JPEG", "PNG", "WEBP", "BMP")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(1, 90), st.integers(1, 90), st.booleans())
def test_the_size_is_read_without_decoding(kind: str, width: int, height: int, other: bool) -> None:
    pixels = np.full((height, width, 3), 128, np.uint8)
    more = {
        "JPEG": {"progressive": other},
        "WEBP": {"lossless": other},
    }.get(kind, {})
    header = picture_header(encoded(pixels, kind, **more))
    assert (header.format.upper(), header.width, header.height) == (kind, width, height)


def test_a_transparent_webp_has_another_header() -> None:
    pixels = np.zeros((5, 7, 4), np.uint8)
    assert picture_header(encoded(pixels, "WEBP", exact=True)).width == 7


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_come_out_as_they_went_in(kind: str) -> None:
    pixels = person_pixels(1)
    more = {"WEBP": {"lossless": True}}.get(kind, {})
    made = decoded(encoded(pixels, kind, **more), Limits())
    assert made.shape == pixels.shape
    tolerance = 12 if kind == "JPEG" else 0
    assert np.abs(made.astype(int) - pixels).mean() <= tolerance


def test_a_rotated_picture_is_upright() -> None:
    to, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((10, 20, 3), np.uint8)).save(to, "JPEG", exif=exif)
    assert decoded(to.getvalue(), Limits()).shape == (20, 10, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_no_part_of_a_picture_is_one(kind: str) -> None:
    whole = encoded(person_pixels(1), kind)
    for end in [*range(0, 64), *range(64, len(whole) - 1, max(1, len(whole) // 40))]:
        with pytest.raises(HTTPException) as refused:
            decoded(whole[:end], Limits())
        assert refused.value.status_code in (413, 415, 422), end


@pytest.mark.parametrize(
    ("pixels", "limits", "status"),
    [
        (np.zeros((100, 101, 3), np.uint8), replace(Limits(), upload_pixels=10_000), 413),
        (np.zeros((100, 100, 3), np.uint8), replace(Limits(), upload_pixels=10_000), 200),
        (np.zeros((1, 20_001, 3), np.uint8), Limits(), 413),
        (np.zeros((9, 9, 3), np.uint8), replace(Limits(), upload_bytes=50), 413),
    ],
)
def test_limits(pixels: np.ndarray, limits: Limits, status: int) -> None:
    data = encoded(pixels, "PNG")
    if status == 200:
        assert decoded(data, limits).shape == pixels.shape
        return
    with pytest.raises(HTTPException) as refused:
        decoded(data, limits)
    assert refused.value.status_code == status


@settings(max_examples=300, deadline=None)
@given(st.sampled_from((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM", b"")), st.binary())
def test_no_bytes_are_a_defect(start: bytes, rest: bytes) -> None:
    try:
        header = picture_header(start + rest)
    except PasserbyError:
        return
    assert header.width > 0
    assert header.height > 0


def test_sizes_that_overflow_are_too_large_or_none() -> None:
    for wide, high in ((2**31 - 1, 2**31 - 1), (1, -(2**31)), (-5, 5), (0, 5)):
        about = struct.pack("<IIiiHHI", 54, 40, wide, high, 1, 24, 0)
        with pytest.raises(PasserbyError):
            picture_header(b"BM" + bytes(8) + about + bytes(100))

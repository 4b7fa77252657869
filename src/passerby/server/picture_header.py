"""What a picture says of itself, read from its first bytes without decoding it."""

import struct
from dataclasses import dataclass
from typing import Literal

from passerby.core.errors import PasserbyError

Format = Literal["JPEG", "PNG", "WebP", "BMP"]

_MOST_SCANS = 100
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a segment
_BMP_BITS = (1, 4, 8, 16, 24, 32)


class UnknownKindError(PasserbyError):
    """The bytes are no picture of a kind that is taken."""


@dataclass(frozen=True)
class Header:
    """The kind of a picture, and its pixels across and down before any rotation."""

    format: Format
    width: int
    height: int


def picture_header(data: bytes) -> Header:
    """What `data` says that it is, by its own bytes, whatever its name.

    Raises UnknownKindError when it is no JPEG, PNG, WebP or BMP, and PasserbyError when it is one
    that is cut short, contradicts itself, moves, or would be far more work than its size.

    >>> about = struct.pack("<IIiiHHI", 54, 40, 2, -1, 1, 24, 0)
    >>> picture_header(b"BM" + bytes(8) + about + bytes(28))
    Header(format='BMP', width=2, height=1)
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            header = Header("JPEG", *_jpeg(data))
        elif data.startswith(b"\x89PNG\r\n\x1a\n"):
            header = Header("PNG", *_png(data))
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            header = Header("WebP", *_webp(data))
        elif data.startswith(b"BM"):
            header = Header("BMP", *_bmp(data))
        else:
            raise UnknownKindError("this is no picture that is taken; send JPEG, PNG, WebP or BMP")
    except (struct.error, IndexError):
        raise PasserbyError("the picture is cut short; send it again") from None
    if header.width < 1 or header.height < 1:
        raise PasserbyError(f"the picture is {header.width} x {header.height} pixels large")
    return header


def _jpeg(data: bytes) -> tuple[int, int]:
    """Width and height of the frame; scans beyond any honest picture's are refused."""
    at, size = 2, None
    while True:
        if data[at] != 0xFF:
            raise PasserbyError("the picture is damaged: a JPEG segment begins with another byte")
        while data[at] == 0xFF:
            at += 1
        marker, at = data[at], at + 1
        if marker in _ALONE:
            continue
        if marker == 0xD9:
            raise PasserbyError("the picture is damaged: it ends before its pixels begin")
        if marker == 0xDA:
            break
        (length,) = struct.unpack_from(">H", data, at)
        if length < 2:
            raise PasserbyError("the picture is damaged: a JPEG segment has no length")
        if marker in _JPEG_FRAMES:
            if size is not None:
                raise PasserbyError("the picture is damaged: it has more than one frame")
            height, width = struct.unpack_from(">HH", data, at + 3)
            size = width, height
        at += length
    if size is None:
        raise PasserbyError("the picture is damaged: its size is not said")
    # Each scan goes over all pixels again, and one takes no more than ten bytes.
    end = data.find(b"\xff\xd9", at)
    if data.count(b"\xff\xda", at, len(data) if end < 0 else end) > _MOST_SCANS:
        raise PasserbyError(f"the picture has more than {_MOST_SCANS} scans; save it again")
    return size


def _png(data: bytes) -> tuple[int, int]:
    length, kind, width, height = struct.unpack_from(">I4sII", data, 8)
    if (length, kind) != (13, b"IHDR"):
        raise PasserbyError("the picture is damaged: its header is no PNG header")
    return width, height


def _webp(data: bytes) -> tuple[int, int]:
    size, kind = struct.unpack_from("<I4x4s", data, 4)
    if size + 8 > len(data):
        raise PasserbyError("the picture is cut short; send it again")
    if kind == b"VP8X":
        if data[20] & 0x02:
            raise PasserbyError("the picture moves; send a single picture")
        wide, high = struct.unpack_from("<3s3s", data, 24)
        return 1 + int.from_bytes(wide, "little"), 1 + int.from_bytes(high, "little")
    if kind == b"VP8L":
        mark, bits = struct.unpack_from("<BI", data, 20)
        if mark != 0x2F:
            raise PasserbyError("the picture is damaged: its header is no WebP header")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        start, width, height = struct.unpack_from("<3sHH", data, 23)
        if start != b"\x9d\x01\x2a":
            raise PasserbyError("the picture is damaged: its header is no WebP header")
        return width & 0x3FFF, height & 0x3FFF
    raise PasserbyError("the picture is damaged: its header is no WebP header")


def _bmp(data: bytes) -> tuple[int, int]:
    offset, size = struct.unpack_from("<II", data, 10)
    if size == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        packing = 0
    else:
        width, height, _, bits, packing = struct.unpack_from("<iiHHI", data, 18)
    if size not in (12, 40, 52, 56, 108, 124) or bits not in _BMP_BITS or packing not in (0, 3):
        raise PasserbyError("the picture is a rare or damaged kind of BMP; save it as PNG")
    height = abs(height)
    if width > 0 and offset + (width * bits + 31) // 32 * 4 * height > len(data):
        raise PasserbyError("the picture is cut short; send it again")
    return width, height

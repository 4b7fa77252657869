"""Hostile uploads: pictures that are none, lie, are cut short, or would blow up."""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from tests.server.town import encoded, person_pixels

KINDS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
TAKEN = KINDS[:4]
NAMES = (
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/cron.d/x", "a.jpg\x00.php", "con.jpg",
    "a" * 5000, "<script>.jpg", "$(touch /tmp/owned).jpg", "file:///etc/passwd", "", ".", "~root/x",
    "%2e%2e%2fx", "\r\nX-Injected: 1", "a.svg",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """An upload.

    body:  the whole multipart body
    kind:  its Content-Type
    fine:  whether the picture in it may be taken for one
    """

    about: str
    body: bytes
    kind: str
    fine: bool = False


def cases(count: int, seed: int = 0) -> Iterator[Case]:
    """`count` cases, the same ones for a seed; every maker takes its turn."""
    makers = (
        truncated, flipped, lying_size, png_bomb, other_kind, vector, noise, bad_name, bad_form,
        many_scans, animated, odd_pixels, polyglot, chunks, bad_options,
    )  # fmt: skip
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        yield makers[number % len(makers)](draw)


def form(picture: bytes, name: str = "a.jpg", more: bytes = b"", kind: str = "image/jpeg") -> bytes:
    """A multipart body with one picture."""
    about = f'form-data; name="picture"; filename="{name}"'.encode("utf-8", "replace")
    return (
        b"--x\r\nContent-Disposition: " + about + b"\r\nContent-Type: " + kind.encode()
        + b"\r\n\r\n" + picture + b"\r\n" + more + b"--x--\r\n"
    )  # fmt: skip


def case(about: str, picture: bytes, fine: bool = False, **more: str) -> Case:
    return Case(about, form(picture, **more), "multipart/form-data; boundary=x", fine)


def picture(draw: random.Random, kind: str) -> bytes:
    return encoded(person_pixels(draw.randrange(5), draw.randrange(9)), kind)


def truncated(draw: random.Random) -> Case:
    kind = draw.choice(TAKEN)
    whole = picture(draw, kind)
    return case(f"truncated {kind}", whole[: draw.randrange(len(whole) - 1)])


def flipped(draw: random.Random) -> Case:
    kind = draw.choice(TAKEN)
    data = bytearray(picture(draw, kind))
    for _ in range(draw.choice((1, 5, 50, 500))):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return case(f"flipped {kind}", bytes(data), fine=True)  # some stay pictures


def lying_size(draw: random.Random) -> Case:
    """Says that it is far larger than it is, or has no size."""
    kind = draw.choice(TAKEN)
    data = bytearray(picture(draw, kind))
    wide, high = draw.choice(((65000, 65000), (30000, 30000), (16383, 16383), (0, 0), (65535, 1)))
    if kind == "JPEG":
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = struct.pack(">HH", high, wide)
    elif kind == "PNG":
        data[16:24] = struct.pack(">II", wide * draw.choice((1, 30000)), high)
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    elif kind == "BMP":
        data[18:26] = struct.pack("<ii", wide, draw.choice((high, -high, -(2**31))))
    else:
        data[26:30] = struct.pack("<HH", wide & 0x3FFF, high & 0x3FFF)
    return case(f"{kind} of {wide} x {high}", bytes(data))


def png_bomb(draw: random.Random) -> Case:
    """A few kilobytes that are gigabytes once they are unpacked."""
    side = draw.choice((5000, 20_000, 50_000))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packed = zlib.compress(bytes(1 << 20), 9) * draw.randrange(1, 4)
    text = zlib.compress(b"A" * (1 << 22), 9)
    about = struct.pack(">IIBBBBB", side, side, draw.choice((8, 16)), 6, 0, 0, 0)
    parts = [chunk(b"IHDR", about)]
    if draw.random() < 0.5:
        parts += [chunk(b"zTXt", b"k\0\0" + text)] * 3
    parts += [chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return case(f"bomb of {side}", b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def other_kind(draw: random.Random) -> Case:
    kind = draw.choice(KINDS[4:])
    return case(kind, picture(draw, kind), kind="image/png", name="a.png")


def vector(draw: random.Random) -> Case:
    inside = draw.choice((
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        b"%!PS\n(/etc/passwd) (r) file", b"push graphic-context\nfill 'url(https://x/\"|id\")'",
        b"%PDF-1.4\n", b"PK\x03\x04", b"<html><script>alert(1)</script>", b"MZ\x90\x00",
        b"\x7fELF", b"#!/bin/sh\ntouch /tmp/owned", b"II*\x00" + bytes(100), b"\x00\x00\x01\x00",
        b"\x00\x00\x00 ftypavif", b"\x00\x00\x00 ftypheic", b"gimp xcf ", b"8BPS\x00\x01",
        b"P6 1 1 255 abc",
    ))  # fmt: skip
    return case("no picture at all", inside + draw.randbytes(draw.randrange(50)), name="a.svg")


def noise(draw: random.Random) -> Case:
    start = draw.choice((b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP", b"BM"))
    return case("noise", start + draw.randbytes(draw.choice((0, 1, 20, 3000, 100_000))))


def bad_name(draw: random.Random) -> Case:
    return case("odd name", picture(draw, "PNG"), fine=True, name=draw.choice(NAMES))


def bad_form(draw: random.Random) -> Case:
    """A form that is malformed, double, unfinished, or no form."""
    inner = picture(draw, "JPEG")
    whole = form(inner)
    part = b'--x\r\nContent-Disposition: form-data; name="picture"\r\n\r\nx\r\n'
    body = draw.choice((
        b"", b"--x", b"--x--\r\n", whole[:-6], whole[: draw.randrange(60)], inner,
        form(inner, more=part), part * 50 + b"--x--\r\n", whole.replace(b'"picture"', b'"../x"'),
        b"--x\r\n\r\n" + inner + b"\r\n--x--\r\n",
        b"--x\r\n" + b"A: b\r\n" * 9000 + b"\r\n\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: " + b"z" * 90_000 + b"\r\n\r\n--x--\r\n",
        whole.replace(b"Content-Disposition", b"Content-Dispos\xfftion"), form(inner) + inner,
    ))  # fmt: skip
    kind = draw.choice((
        "multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=y",
        "multipart/form-data; boundary=" + "x" * 400, "image/jpeg",
        "application/json", "text/plain",
        'multipart/form-data; boundary=""', "multipart/mixed; boundary=x",
        "multipart/form-data; =;;",
    ))  # fmt: skip
    return Case("form", body, kind, fine=True)  # some are whole after all


def many_scans(draw: random.Random) -> Case:
    """A progressive JPEG that says it has thousands of scans, each over all pixels."""
    to = io.BytesIO()
    Image.fromarray(person_pixels(0)).save(to, "JPEG", progressive=True)
    data = to.getvalue()
    at = data.index(b"\xff\xda")
    scan = data[at : data.index(b"\xff", at + 4)]
    return case("scans", data[:at] + scan * draw.choice((500, 20_000)) + data[at:])


def animated(draw: random.Random) -> Case:
    frames = [Image.fromarray(person_pixels(n)) for n in range(3)]
    to = io.BytesIO()
    frames[0].save(to, "WEBP", save_all=True, append_images=frames[1:])
    return case("animated WebP", to.getvalue())


def odd_pixels(draw: random.Random) -> Case:
    """True pictures of rare kinds: one pixel, a line, 16 bits, grey, transparent, CMYK."""
    pixels = person_pixels(0)
    image = draw.choice((
        Image.fromarray(pixels[:1, :1]), Image.fromarray(pixels[:1]),
        Image.fromarray(pixels[:, :1]),
        Image.fromarray(pixels).convert("L"), Image.fromarray(pixels).convert("1"),
        Image.fromarray(pixels).convert("P"), Image.fromarray(pixels).convert("RGBA"),
        Image.fromarray(pixels[..., 0].astype(np.uint16) * 257),
    ))  # fmt: skip
    to = io.BytesIO()
    image.save(to, "PNG")
    return case("rare but true", to.getvalue(), fine=True)


def polyglot(draw: random.Random) -> Case:
    """A picture, and behind it something else."""
    tail = draw.choice((b"<script>alert(1)</script>", b"PK\x03\x04" + bytes(500), b"<?php ?>"))
    return case("polyglot", picture(draw, "PNG") + tail, fine=True)


def chunks(draw: random.Random) -> Case:
    """Chunks and segments whose lengths lie."""
    data = bytearray(picture(draw, draw.choice(TAKEN)))
    at = draw.randrange(2, min(60, len(data) - 4))
    data[at : at + 4] = draw.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
    return case("lying lengths", bytes(data), fine=True)


def bad_options(draw: random.Random) -> Case:
    options = draw.choice((
        b"{", b"[]", b"null", b"\xff\xfe", b"{" * 9000, b'{"top": 1e999}',
        b'{"box": [0, 0, NaN, 1]}',
        b'{"top": ' + b"9" * 5000 + b"}", b'{"filter": {"cameras": ["\\ud800"]}}', b"x" * 70_000,
        b'{"filter": {"people": ["\' or 1=1 --"]}}', b'{"__proto__": {}}', b'{"point": [1e308, 1]}',
    ))  # fmt: skip
    more = b'--x\r\nContent-Disposition: form-data; name="options"\r\n\r\n' + options + b"\r\n"
    body = form(picture(draw, "JPEG"), more=more)
    return Case("options", body, "multipart/form-data; boundary=x")

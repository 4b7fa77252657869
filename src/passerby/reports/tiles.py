"""Pictures side by side: a query and what was found for it."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from passerby.reports.html import render

if TYPE_CHECKING:
    from markupsafe import Markup

Status = Literal["query", "right", "wrong", "plain"]

HEIGHT = 192
"""Pixels of a thumbnail's height: sharp at the 96 to 150 that pages show."""


@dataclass(frozen=True)
class Tile:
    """One picture with what is written around it.

    image:   a data URI, "" where the picture could not be read
    status:  colour and sign of the border: query blue, right green ✓, wrong red ✗, plain grey
    alt:     what the picture shows, for those who cannot see it
    badge:   a short word on the border, such as the rank
    caption: lines under the picture
    gap:     whether tiles were left out before this one
    apart:   whether this one stands further from the one before, as the first of a group
    """

    image: str
    status: Status
    alt: str
    badge: str = ""
    caption: Sequence[str] = ()
    gap: bool = False
    apart: bool = False


def thumbnail(pixels: np.ndarray, height: int = HEIGHT, quality: int = 82) -> str:
    """A picture (H, W, 3) uint8 RGB as the data URI of a small JPEG, never enlarged.

    >>> thumbnail(np.zeros((256, 128, 3), np.uint8))[:23]
    'data:image/jpeg;base64,'
    """
    tall, wide = pixels.shape[:2]
    if tall > height:
        size = (max(1, round(wide * height / tall)), height)
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()


def strip(
    title: str, note: str, query: Tile, found: Sequence[Tile], large: bool = False
) -> "Markup":
    """A query beside what was found for it, with a title and a note above.

    large: wider pictures, whose captions are broken into lines instead of being cut

    Raises PasserbyError when jinja2 is not installed.

    >>> tile = Tile("", "query", "person 7")
    >>> "person 7" in strip("Person 7", "AP 50 %", tile, [])
    True
    """
    return render("strip.html", title=title, note=note, query=query, found=found, large=large)

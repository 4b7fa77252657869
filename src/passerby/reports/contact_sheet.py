"""A contact sheet: the query, and below it what was found, one filmstrip a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from passerby.core.files import write_atomically

HEIGHT = 192
GAP = 12
CAPTION = 300
INK, PAPER, PALE = (34, 34, 34), (255, 255, 255), (235, 238, 242)


@dataclass(frozen=True, eq=False)
class Strip:
    """One row of a sheet.

    caption:  lines of text, the first of them large
    pictures: each (H, W, 3) uint8 RGB, best first
    """

    caption: tuple[str, ...]
    pictures: tuple[np.ndarray, ...]


def contact_sheet(strips: Sequence[Strip], height: int = HEIGHT) -> Image.Image:
    """The strips below each other, the first (the query) on a tinted band.

    Every picture is scaled to `height` pixels, very wide ones to three times that width at most.

    >>> strip = Strip(("query",), (np.zeros((64, 32, 3), np.uint8),))
    >>> contact_sheet([strip, strip], height=64).size
    (368, 164)
    """
    rows = [[_scaled(picture, height) for picture in strip.pictures] for strip in strips]
    widest = max((sum(p.width + GAP for p in row) for row in rows), default=0)
    row_height = height + GAP
    sheet = Image.new("RGB", (CAPTION + 2 * GAP + widest, GAP + row_height * len(rows)), PAPER)
    draw = ImageDraw.Draw(sheet)
    large, small = ImageFont.load_default(22), ImageFont.load_default(15)
    draw.rectangle((0, 0, sheet.width, row_height + GAP // 2 if rows else 0), fill=PALE)
    for place, (strip, row) in enumerate(zip(strips, rows, strict=True)):
        top = GAP + place * row_height
        for line, text in enumerate(strip.caption):
            font = small if line else large
            y = top + (0 if line == 0 else 12 + 22 * line)
            draw.text((GAP, y), _fitted(text, font, CAPTION - GAP), fill=INK, font=font)
        left = CAPTION + GAP
        for picture in row:
            sheet.paste(picture, (left, top))
            left += picture.width + GAP
    return sheet


def write_contact_sheet(strips: Sequence[Strip], path: Path) -> Path:
    """Write a contact sheet as PNG or JPEG, by the suffix, readable by its owner only.

    Raises PasserbyError when it cannot be written.
    """
    sheet = contact_sheet(strips)
    # It shows people: nobody else may look in, not even while it is being written.
    return write_atomically(path, lambda to: (to.touch(0o600), sheet.save(to, quality=90)))


def _scaled(pixels: np.ndarray, height: int) -> Image.Image:
    picture = Image.fromarray(pixels)
    width = round(picture.width * height / picture.height)
    return picture.resize((min(3 * height, max(1, width)), height), Image.Resampling.LANCZOS)


def _fitted(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """`text`, its end left out if it is wider than `width` pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."

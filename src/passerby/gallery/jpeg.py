"""`Jpeg`: a picture that waits in memory, encoded, to be stored."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from passerby.core.sample import Picture
from passerby.data.images import decode_image, read_image
from passerby.gallery.seen import Entry

QUALITY = 92


@dataclass(frozen=True)
class Jpeg:
    """A `Picture` as JPEG bytes: a tenth of its pixels, and stored as it is.

    >>> Jpeg.of("a", np.zeros((8, 4, 3), np.uint8)).read().shape
    (8, 4, 3)
    """

    name: str
    encoded: bytes = field(repr=False)

    def read(self) -> np.ndarray:
        """The pixels: (H, W, 3) uint8 RGB."""
        return decode_image(self.encoded, self.name)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, name: str, pixels: np.ndarray) -> Self:
        """Encode pixels (H, W, 3) uint8 RGB."""
        picture = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
        return cls(name, encoded.tobytes())


def jpeg_bytes(picture: Path | Picture) -> bytes:
    """A picture as JPEG; one that is `encoded` already is taken as it is.

    >>> jpeg_bytes(Jpeg("a", b"JFIF"))
    b'JFIF'
    """
    encoded = getattr(picture, "encoded", None)
    return (
        encoded
        if isinstance(encoded, bytes)
        else Jpeg.of(str(picture), read_image(picture)).encoded
    )


def loaded(entry: Entry) -> Entry:
    """The same entry with its pictures in memory: it outlives its gallery being closed."""
    return replace(entry, crops=tuple(Jpeg(str(crop), jpeg_bytes(crop)) for crop in entry.crops))

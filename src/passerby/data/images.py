"""Reading pictures, with an error that names the file and says what to do."""

import io
from pathlib import Path
from typing import Protocol, runtime_checkable

import cv2
import numpy as np
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.core.sample import Picture

_JPEG, _JPEG_SCAN, _JPEG_END = b"\xff\xd8\xff", b"\xff\xda", b"\xff\xd9"
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND"


@runtime_checkable
class FreshPicture(Protocol):
    """A `Picture` that is another one of the same person each time it is drawn while learning."""

    def drawn(self, seed: tuple[int, ...]) -> np.ndarray:
        """The pixels (H, W, 3) uint8 RGB that `seed` decides; the same for the same seed."""
        ...


def read_image(pixels: Path | Picture) -> np.ndarray:
    """The pixels of a crop: (H, W, 3) uint8 RGB.

    Grey images get three equal channels, an alpha channel is dropped, 16 bits become 8, and the
    EXIF orientation is obeyed. A `Picture` is asked for its pixels.

    Raises PasserbyError naming the file when it is missing, empty, cut short or no image.

    >>> import tempfile
    >>> grey = Path(tempfile.mkdtemp()) / "grey.png"
    >>> cv2.imwrite(str(grey), np.full((4, 2), 7, np.uint8))
    True
    >>> read_image(grey).shape, read_image(grey).max().item()
    ((4, 2, 3), 7)
    """
    if not isinstance(pixels, Path):
        return pixels.read()
    try:
        encoded = pixels.read_bytes()
    except FileNotFoundError:
        raise PasserbyError(
            f"there is no image '{pixels}'; was the data set moved, or not wholly unpacked?"
        ) from None
    except OSError as error:
        raise PasserbyError(
            f"the image '{pixels}' cannot be read: {error.strerror or error}; "
            "check the file's permissions and the disk"
        ) from error
    return decode_image(encoded, str(pixels))


def decode_image(encoded: bytes, name: str) -> np.ndarray:
    """The pixels (H, W, 3) uint8 RGB of an encoded image; `name` is what errors call it.

    Raises PasserbyError when `encoded` is empty, cut short or no image.
    """
    if not encoded:
        raise PasserbyError(f"the image '{name}' is empty (0 bytes); unpack or copy it again")
    if _cut_short(encoded):
        raise PasserbyError(
            f"the image '{name}' is cut short: its end is missing ({len(encoded)} bytes are "
            "there); unpack or copy it again"
        )
    try:
        image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise PasserbyError(f"'{name}' is not an image that can be read{_likeness(encoded)}")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _cut_short(encoded: bytes) -> bool:
    """Whether the end of a JPEG or PNG is missing; some decoders fill the rest with grey."""
    if encoded.startswith(_PNG):
        return encoded.rfind(_PNG_END) < 0
    if not encoded.startswith(_JPEG):
        return False
    # Scan data holds no bare end mark, so a whole file has one after its last scan began. Bytes
    # appended to a whole file may look like a scan: only then is it decoded a second time.
    if encoded.rfind(_JPEG_END) > encoded.rfind(_JPEG_SCAN):
        return False
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            image.load()
    except (OSError, SyntaxError):
        return True
    return False


def _likeness(encoded: bytes) -> str:
    """What a file that is no image looks like, and the way out."""
    start = encoded[:200].lstrip().lower()
    if start.startswith(b"version https://git-lfs"):
        return ": it is a Git LFS pointer; fetch the file itself with `git lfs pull`"
    if start.startswith((b"<!doctype html", b"<html")):
        return ": it is a web page, so the download went wrong; download it again"
    return "; it is damaged or of another kind: copy it again, or convert it to JPEG or PNG"

"""An uploaded picture -> its pixels, or why not."""

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.data.images import decode_image
from passerby.server.limits import Limits
from passerby.server.picture_header import UnknownKindError, picture_header
from passerby.server.problems import refusal

_LONGEST_SIDE = 20_000
_DAMAGED = "the picture is damaged or cut short; save it again as JPEG or PNG"


def decoded(data: bytes, limits: Limits) -> np.ndarray:
    """The pixels (H, W, 3) uint8 RGB of an uploaded picture, upright.

    Its kind and size are read from its own bytes first, and only what is small enough is decoded.

    Raises HTTPException: 415 for another kind than JPEG, PNG, WebP and BMP, 413 when it has too
    many bytes or pixels, 422 when it is empty, damaged or cut short.
    """
    if not data:
        raise refusal(422, "the picture is empty (0 bytes)")
    if len(data) > limits.upload_bytes:
        raise refusal(413, f"the picture has more than {limits.upload_bytes >> 20} MiB")
    try:
        header = picture_header(data)
    except UnknownKindError as error:
        raise refusal(415, str(error)) from None
    except PasserbyError as error:
        raise refusal(422, str(error)) from None
    wide, high = header.width, header.height
    if wide * high > limits.upload_pixels or max(wide, high) > _LONGEST_SIDE:
        raise refusal(
            413,
            f"the picture has {wide} x {high} pixels; at most "
            f"{limits.upload_pixels / 1e6:g} million, and {_LONGEST_SIDE} a side, are taken",
        )
    try:
        pixels = decode_image(data, "upload")
    except PasserbyError:
        raise refusal(422, _DAMAGED) from None
    if sorted(pixels.shape[:2]) != sorted((high, wide)):  # decoded as something else
        raise refusal(422, _DAMAGED)
    return pixels

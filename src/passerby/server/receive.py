"""The picture that a request sends, and which part of it is meant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from passerby.server.pictures import decoded
from passerby.server.problems import refusal
from passerby.server.schemas.search import Part
from passerby.server.service import Service
from passerby.server.uploads import read_upload
from passerby.video.crops import cut

Box = tuple[float, float, float, float]

_REASONS = {400: "malformed", 408: "slow", 413: "size", 415: "kind", 422: "damaged", 503: "busy"}


async def receive_picture(service: Service, request: Request) -> tuple[np.ndarray, str]:
    """The pixels (H, W, 3) uint8 RGB of the uploaded picture, and the options beside it.

    Raises HTTPException as `read_upload` and `decoded` do, and 503 when too many are uploading.
    """
    limits = service.limits
    try:
        async with _place(service.uploads, limits.upload_wait):
            upload = await read_upload(request, limits.upload_bytes)
            async with _place(service.decoding, limits.upload_wait):
                pixels = await run_in_threadpool(decoded, upload.picture, limits)
    except HTTPException as error:
        service.metrics.uploads.labels(_REASONS.get(error.status_code, "other")).inc()
        raise
    return pixels, upload.options


async def person_in(
    service: Service, pixels: np.ndarray, part: Part
) -> tuple[np.ndarray, Box | None]:
    """The person who is meant in a picture: his or her pixels, and the box around them.

    Raises HTTPException 422 when nobody is there, and as `Sight.detect` does.
    """
    height, width = pixels.shape[:2]
    if part.point:
        boxes = (await service.sight.detect(pixels)).boxes
        around = [box for box in boxes.tolist() if _holds(box, part.point)]
        if not around:
            raise refusal(422, "nobody is detected there; draw a box around the person instead")
        box = min(around, key=lambda b: (b[2] - b[0]) * (b[3] - b[1]))
    elif part.box:
        box = list(part.box)
        if box[0] >= width or box[1] >= height or box[2] <= 0 or box[3] <= 0:
            raise refusal(422, f"the box lies outside the picture, which is {width} x {height}")
    else:
        return pixels, None
    left, top, right, bottom = box
    inside = (max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height)))
    return cut(pixels, np.array(inside)), inside


def _holds(box: list[float], point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


@asynccontextmanager
async def _place(places: asyncio.Semaphore, seconds: float) -> AsyncIterator[None]:
    """A place in a semaphore, for which somebody waits so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await places.acquire()
    except TimeoutError:
        raise refusal(503, "too many pictures are being uploaded; try again", 3) from None
    try:
        yield
    finally:
        places.release()

"""From pictures to the tensor that a model was trained on, the same way every time."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess


def prepare(images: Sequence[np.ndarray], preprocess: Preprocess) -> Tensor:
    """Pictures, each (H, W, 3) uint8 RGB of any size, as one batch (B, 3, height, width) float32.

    Everything that embeds a picture, from evaluation to live video, goes through here:

    1. Resizing to (height, width), bilinear between the four nearest pixels, without keeping
       the aspect ratio and without smoothing first (OpenCV's INTER_LINEAR): what public Re-ID
       weights were trained on.
    2. Channels in the order of `preprocess.channels`; nothing is changed for "rgb".
    3. Normalising: (value / scale - mean) / std, channel by channel.

    Mirroring is no part of it: `passerby.models.embed.embed` adds the mirrored picture's feature.

    Raises PasserbyError when there is no picture, or one is no (H, W, 3) uint8 array or is empty.

    >>> grey = np.full((10, 5, 3), 127, np.uint8)
    >>> batch = prepare([grey, grey], Preprocess(256, 128, mean=(0, 0, 0), std=(1, 1, 1)))
    >>> batch.shape, round(batch[0, 0, 0, 0].item(), 3)
    (torch.Size([2, 3, 256, 128]), 0.498)
    """
    if len(images) == 0:
        raise PasserbyError("there is no picture to prepare; give at least one")
    height, width = preprocess.height, preprocess.width
    pixels = np.empty((len(images), height, width, 3), np.uint8)
    for number, image in enumerate(images):
        _require_picture(image, number)
        if image.shape[:2] == (height, width):
            pixels[number] = image
        else:
            cv2.resize(image, (width, height), pixels[number], interpolation=cv2.INTER_LINEAR)

    batch = torch.empty(len(images), 3, height, width)
    source = torch.from_numpy(pixels)
    for channel, (letter, mean, std) in enumerate(
        zip(preprocess.channels, preprocess.mean, preprocess.std, strict=True)
    ):
        plane = batch[:, channel].copy_(source[..., "rgb".index(letter)])  # (B, height, width)
        # (value / scale - mean) / std, as one product and one sum
        plane.mul_(1 / (preprocess.scale * std)).sub_(mean / std)
    return batch


def _require_picture(image: np.ndarray, number: int) -> None:
    """Raise PasserbyError unless `image` is (H, W, 3) uint8 with pixels in it."""
    shape, dtype = getattr(image, "shape", None), getattr(image, "dtype", None)
    if shape is None or len(shape) != 3 or shape[2] != 3 or dtype != np.uint8:
        raise PasserbyError(
            f"picture {number} is {'no array' if shape is None else f'{shape} {dtype}'}; a picture "
            "is an array (height, width, 3) of uint8 RGB. Grey pictures and ones with an alpha "
            "channel can be read with passerby.data.images.read_image, which makes them RGB."
        )
    if 0 in shape:
        raise PasserbyError(
            f"picture {number} is empty, {shape[1]} wide and {shape[0]} high; leave out boxes that "
            "lie outside the frame"
        )

"""Response maps: where in a picture the last feature map of a network is strong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from torch import Tensor

from passerby.reports.html import together
from passerby.reports.tiles import Status, Tile, strip, thumbnail

if TYPE_CHECKING:
    from markupsafe import Markup

_HEIGHT = 264
"""Pixels of a thumbnail's height, as large strips show it."""

Reduce = Literal["mean", "norm"]


@dataclass(frozen=True)
class Looked:
    """A picture, and where models look in it.

    pixels: (H, W, 3) uint8 RGB
    about:  a word or two, such as the camera
    maps:   name of a model -> its response map (h, w), see `response_maps`
    status: colour of the picture's border
    """

    pixels: np.ndarray
    about: str
    maps: dict[str, np.ndarray]
    status: Status = "query"


def response_maps(features: Tensor, reduce: Reduce = "mean") -> np.ndarray:
    """How strong feature maps are at each place, over all channels, each picture from 0 to 1.

    features: (B, C, h, w) of any floating type
    reduce:   "mean" over the channels, as pooling weighs them after a ReLU; "norm", their
              Euclidean length, also for maps with negative values

    Returns (B, h, w) float32. A map that is the same everywhere is 0 everywhere.

    >>> import torch
    >>> response_maps(torch.tensor([[[[1.0, 3.0]], [[1.0, 5.0]]]]))
    array([[[0., 1.]]], dtype=float32)
    """
    features = features.detach().float()
    strength = features.mean(1) if reduce == "mean" else features.norm(dim=1)
    least = strength.amin((1, 2), keepdim=True)  # (B, h, w) -> (B, 1, 1)
    span = strength.amax((1, 2), keepdim=True) - least
    return ((strength - least) / span.clamp(min=1e-12)).cpu().numpy()


def overlaid(pixels: np.ndarray, response: np.ndarray, weight: float = 0.5) -> np.ndarray:
    """A picture with a response map over it, blue where it is weak and red where it is strong.

    pixels:   (H, W, 3) uint8 RGB
    response: (h, w) in [0, 1], enlarged smoothly to the picture
    weight:   share of the map's colours in [0, 1]

    Returns (H, W, 3) uint8 RGB.

    >>> overlaid(np.zeros((4, 2, 3), np.uint8), np.array([[0.0], [1.0]]), weight=1)[0, 0]
    array([48, 18, 59], dtype=uint8)
    """
    height, width = pixels.shape[:2]
    enlarged = cv2.resize(response.astype(np.float32), (width, height))
    shades = np.round(255 * enlarged.clip(0, 1)).astype(np.uint8)
    colours = cv2.cvtColor(cv2.applyColorMap(shades, cv2.COLORMAP_TURBO), cv2.COLOR_BGR2RGB)
    return cv2.addWeighted(colours, weight, pixels, 1 - weight, 0)


def response_strip(title: str, note: str, pictures: Sequence[Looked]) -> "Markup":
    """Pictures of one person side by side, each with its maps behind it.

    Raises PasserbyError when jinja2 is not installed, ValueError when there is no picture.

    >>> grey = np.full((8, 4, 3), 90, np.uint8)
    >>> markup = response_strip("Person 7", "", [Looked(grey, "camera 1", {"a": np.eye(2)})])
    >>> "where a looks, camera 1" in markup
    True
    """
    if not pictures:
        raise ValueError("a strip of response maps needs a picture")
    query, *maps = _tiles(pictures[0])
    for looked in pictures[1:]:
        first, *others = _tiles(looked)
        maps += [replace(first, apart=True), *others]
    return strip(title, note, query, maps, large=True)


def response_strips(strips: Sequence[tuple[str, str, Sequence[Looked]]]) -> "Markup":
    """Several strips below each other: title, note and pictures of each."""
    return together(*(response_strip(title, note, pictures) for title, note, pictures in strips))


def _tiles(looked: Looked) -> list[Tile]:
    plain = Tile(thumbnail(looked.pixels, _HEIGHT), looked.status, looked.about, looked.about)
    return [
        plain,
        *(
            Tile(
                thumbnail(overlaid(looked.pixels, response), _HEIGHT),
                "plain",
                f"where {model} looks, {looked.about}",
                caption=[model],
            )
            for model, response in looked.maps.items()
        ),
    ]

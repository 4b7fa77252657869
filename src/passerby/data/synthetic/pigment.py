"""Colours as linear light, and one laid over another."""

import torch
from torch import Tensor

from passerby.data.synthetic.colours import Colour
from passerby.data.synthetic.upload import upload


def linear(colour: Colour) -> list[float]:
    """An sRGB colour as linear light.

    >>> linear((0.0, 1.0, 0.5))
    [0.0, 1.0, 0.25]
    """
    return [value * value for value in colour]


def blend(colours: Tensor, over: Tensor, share: Tensor) -> Tensor:
    """Linear `over` (P, 3) or (1, 3) laid over `colours` (P, 3) by `share` (P,) in [0, 1].

    >>> blend(torch.zeros(1, 3), torch.ones(1, 3), torch.tensor([0.5])).tolist()
    [[0.5, 0.5, 0.5]]
    """
    return torch.lerp(colours, over, share[:, None])


def plain(colour: Colour, like: Tensor) -> Tensor:
    """One sRGB colour as linear light (1, 3), where `like` is.

    >>> plain((0.0, 0.5, 1.0), torch.zeros(1)).tolist()
    [[0.0, 0.25, 1.0]]
    """
    return upload([linear(colour)], like.device, torch.float32)


def grey(colours: Tensor) -> Tensor:
    """How bright the eye finds linear colours (..., 3): (...).

    >>> grey(torch.ones(2, 3)).tolist()
    [1.0, 1.0]
    """
    return colours[..., 0] * 0.30 + colours[..., 1] * 0.59 + colours[..., 2] * 0.11

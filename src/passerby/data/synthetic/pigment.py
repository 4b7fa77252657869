"""Colours as linear light, and one laid over another."""

from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.colours import Colour


def linear(colour: Colour) -> list[float]:
    """An sRGB colour as linear light.

    >>> linear((0.0, 1.0, 0.5))
    [0.0, 1.0, 0.25]
    """
    return [value * value for value in colour]


def blend(colours: Tensor, over: Colour, share: Tensor) -> Tensor:
    """`over` laid over linear `colours` (P, 3) by `share` (P,) in [0, 1].

    >>> blend(torch.zeros(1, 3), (1.0, 1.0, 1.0), torch.tensor([0.5])).tolist()
    [[0.5, 0.5, 0.5]]
    """
    return torch.lerp(colours, _tensor(over), share[:, None])


@lru_cache(maxsize=4096)
def _tensor(colour: Colour) -> Tensor:
    return torch.tensor(linear(colour))

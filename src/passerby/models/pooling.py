"""Pooling: a feature map becomes one vector a picture, or one for each part from head to foot."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool1d

from passerby.core.errors import PasserbyError


def average(maps: Tensor) -> Tensor:
    """Mean over the map: (B, C, h, w) -> (B, C).

    >>> average(torch.tensor([[[[1.0, 3.0]]]]))
    tensor([[2.]])
    """
    return maps.mean((2, 3))


def maximum(maps: Tensor) -> Tensor:
    """Largest value of the map: (B, C, h, w) -> (B, C).

    >>> maximum(torch.tensor([[[[1.0, 3.0]]]]))
    tensor([[3.]])
    """
    return maps.amax((2, 3))


def part_averages(maps: Tensor, parts: int) -> Tensor:
    """Means of the rows of a map, from head to foot: (B, C, h, w) -> (B, parts, C).

    Of a map of `parts` rows each row is averaged. Of any other, each part is the mean of the rows
    that it touches; with fewer rows than parts, neighbours share them.

    >>> part_averages(torch.tensor([[[[1.0, 3.0], [5.0, 5.0]]]]), 2)
    tensor([[[2.],
             [5.]]])
    """
    rows = maps.mean(3)  # (B, C, h, w) -> (B, C, h)
    if rows.shape[2] != parts:
        rows = adaptive_avg_pool1d(rows, parts)
    return rows.transpose(1, 2)


class GeM(nn.Module):
    """Generalised mean with a learned power p: p = 1 is the average, p -> infinity the maximum.

    "Fine-tuning CNN Image Retrieval with No Human Annotation", Filip Radenović, Giorgos Tolias,
    Ondřej Chum, TPAMI 2018.

    p:   the power to begin with, one for all channels
    eps: values are raised to this before the power, since a negative number or zero has none
         that could be learned through

    >>> GeM(p=2.0)(torch.tensor([[[[1.0, 7.0]]]]))
    tensor([[5.]], grad_fn=<PowBackward1>)
    """

    def __init__(self, p: float = 3.0, eps: float = 1e-6) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C)."""
        # float32 also under mixed precision: 1e-6 to the third power is 0 in float16.
        powers = maps.float().clamp(min=self.eps) ** self.p.float()
        return (powers.mean((2, 3)) ** (1 / self.p.float())).to(maps.dtype)


POOLINGS: dict[str, Callable[[], Callable[[Tensor], Tensor]]] = {
    "average": lambda: average,
    "maximum": lambda: maximum,
    "gem": GeM,
}
"""What a word of the command line makes."""


def build_pooling(name: str) -> Callable[[Tensor], Tensor]:
    """The pooling called "average", "maximum" or "gem". Raises PasserbyError for another word.

    >>> build_pooling("maximum") is maximum
    True
    """
    if name not in POOLINGS:
        raise PasserbyError(f"pooling {name!r} is unknown; choose one of {', '.join(POOLINGS)}")
    return POOLINGS[name]()

"""Numbers as JSON can hold them: it has neither NaN nor infinity."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

Plain = float | int | str | None
"""A number, "inf" or "-inf", or None for NaN."""


def plain(value: float) -> Plain:
    """A number that JSON can hold; `number` reads it back.

    >>> plain(0.5), plain(math.nan), plain(math.inf)
    (0.5, None, 'inf')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def number(value: Plain) -> float:
    """What `plain` was given.

    >>> number("-inf"), number(0.5)
    (-inf, 0.5)
    """
    return math.nan if value is None else float(value)


def plain_list(values: Tensor) -> list[Plain]:
    """The numbers of a tensor (N,); `tensor` reads them back.

    >>> plain_list(torch.tensor([1.0, torch.inf]))
    [1.0, 'inf']
    """
    return [plain(value) for value in values.tolist()]


def tensor(values: Sequence[Plain], dtype: torch.dtype = torch.float64) -> Tensor:
    """What `plain_list` was given: (N,) of `dtype`.

    >>> tensor([1.0, None, "inf"])
    tensor([1., nan, inf], dtype=torch.float64)
    """
    if dtype.is_floating_point:
        return torch.tensor([number(value) for value in values], dtype=dtype)
    return torch.tensor(values, dtype=dtype)

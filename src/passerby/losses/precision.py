"""The precision that losses are computed in."""

import torch
from torch import Tensor


def exact(tensor: Tensor) -> Tensor:
    """`tensor` in float32 when it is of a shorter type; float32 and float64 stay as they are.

    Differences of large squares and logarithms of small shares drown in bfloat16 and float16.

    >>> exact(torch.zeros(1, dtype=torch.bfloat16)).dtype, exact(torch.zeros(1).double()).dtype
    (torch.float32, torch.float64)
    """
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))

"""From numbers of the scene description to tensors on the device that renders."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

Device = torch.device | str


def upload(
    values: np.ndarray | Sequence, device: Device, dtype: torch.dtype | None = None
) -> Tensor:
    """Numbers of the host on the device that renders; float64 becomes float32.

    The renderer makes every other tensor where it needs it: nothing else crosses over.

    >>> upload(np.array([0.5, 1.0]), "cpu")
    tensor([0.5000, 1.0000])
    """
    here = torch.as_tensor(np.asarray(values))
    if dtype is None and here.dtype == torch.float64:
        dtype = torch.float32
    return here.to(device=device, dtype=dtype, non_blocking=True)

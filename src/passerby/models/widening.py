"""A wide network that begins as exactly the function that a narrow one has learnt.

"Net2Net: Accelerating Learning via Knowledge Transfer", Tianqi Chen, Ian Goodfellow, Jonathon
Shlens, ICLR 2016: Net2WiderNet. Each channel gets copies; what read it reads all copies, in
shares that add up to 1. The shares differ from weight to weight, so that the copies get
different gradients and go different ways.
"""

from collections.abc import Mapping

import torch
from torch import Tensor


def widen(narrow: Mapping[str, Tensor], wide: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors `narrow` in the shapes of `wide`, so that the network computes the same.

    narrow: learnt tensors by name
    wide:   tensors of the same network with every inner width some whole number of times as large;
            only their shapes and names are looked at. Names that `narrow` lacks are left out

    Convolutions may be dense or one filter to a channel; the order of channels must not matter to
    other layers. Tensors that do not fit even so are passed on as they are, for the caller to
    refuse. Shares are drawn from torch's own generator.

    >>> narrow = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    >>> wide = torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1))
    >>> _ = wide.load_state_dict(widen(narrow.state_dict(), wide.state_dict()))
    >>> x = torch.randn(5, 2)
    >>> torch.allclose(narrow(x), wide(x), atol=1e-6)
    True
    """
    return {name: _fit(value, wide[name].shape) for name, value in narrow.items() if name in wide}


def _fit(value: Tensor, shape: torch.Size) -> Tensor:
    """`value` (O, I, ...) in a `shape` of (O * copies of outputs, I * copies of inputs, ...)."""
    if value.shape == shape or value.ndim != len(shape) or value.ndim == 0:
        return value
    copies = [wanted // had for wanted, had in zip(shape, value.shape, strict=True)]
    if torch.Size(n * had for n, had in zip(copies, value.shape, strict=True)) != shape:
        return value
    if value.ndim == 1 or copies[1] == 1:
        return value.repeat(copies)
    shares = torch.randn(copies[1], *shape[:1], *value.shape[1:2])  # (copies, O, I)
    shares = (1 + shares - shares.mean(0)) / copies[1]
    shares = shares.transpose(0, 1).flatten(1)  # (copies, O, I) -> (O, copies * I)
    return value.repeat(copies) * shares.reshape(*shares.shape, *[1] * (value.ndim - 2))

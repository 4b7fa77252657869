"""Networks with weights that leave no layer idle."""

import torch
from torch import nn


def stir(model: nn.Module, seed: int = 0) -> nn.Module:
    """Give every normalisation its own scale, shift and statistics, so that none is an identity."""
    generator = torch.Generator().manual_seed(seed)
    for name, value in model.state_dict().items():
        if not value.is_floating_point() or value.ndim != 1:
            continue
        noise = torch.rand(value.shape, generator=generator)
        positive = name.endswith(("weight", "running_var"))
        value.copy_(0.5 + noise if positive else noise - 0.5)
    return model.eval()

"""The layers that stand on a pooled map: a shorter feature, and names for it."""

from torch import nn


def reduction(channels: int, dimensions: int) -> nn.Sequential:
    """A fully connected layer, batch normalisation and ReLU: (B, channels) -> (B, dimensions).

    >>> import torch
    >>> reduction(8, 4)(torch.randn(3, 8)).shape
    torch.Size([3, 4])
    """
    return nn.Sequential(nn.Linear(channels, dimensions), nn.BatchNorm1d(dimensions), nn.ReLU())


def person_classifier(channels: int, num_persons: int, bias: bool = True) -> nn.Linear:
    """A linear layer to one logit for each person, begun so small that all are equally likely.

    Weights are drawn with a standard deviation of 0.001, as Re-ID baselines have it.

    >>> person_classifier(8, 3, bias=False).weight.abs().max() < 0.01
    tensor(True)
    """
    classifier = nn.Linear(channels, num_persons, bias=bias)
    nn.init.normal_(classifier.weight, std=0.001)
    if bias:
        nn.init.zeros_(classifier.bias)
    return classifier

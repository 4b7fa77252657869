"""What a person looks like at each height: a direction for every part from head to foot."""

from torch import Tensor, nn
from torch.nn.functional import normalize

from passerby.models.pooling import part_averages


class PartFeatures(nn.Module):
    """The rows of a map as one vector whose cosine is the mean of the parts' own cosines.

    Every part's mean is reduced by one layer for all, as in AlignedReID's local branch, then
    normalised over the batch, so that what all people have there does not count, and to length 1,
    so that no part counts more than another.

    channels: C of the map
    parts:    from head to foot
    length:   of what a part is reduced to

    >>> import torch
    >>> features = PartFeatures(16, parts=5, length=8)(torch.randn(3, 16, 10, 4))
    >>> features.shape, bool((features.norm(dim=1) - 1).abs().max() < 1e-5)
    (torch.Size([3, 40]), True)
    """

    def __init__(self, channels: int, parts: int, length: int) -> None:
        super().__init__()
        self.parts = parts
        self.reduce = nn.Linear(channels, length, bias=False)
        self.norm = nn.BatchNorm1d(parts * length, affine=False)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, parts * length), each of length 1, the head's part first."""
        reduced = self.reduce(part_averages(maps, self.parts))  # (B, C, h, w) -> (B, parts, length)
        features = self.norm(reduced.flatten(1).float()).unflatten(1, (self.parts, -1))
        return normalize(features, dim=2).flatten(1) / self.parts**0.5

"""Body parts from head to foot: the rows of a feature map, read as a sequence.

"Deep-Person: Learning Discriminative Deep Features for Person Re-Identification", Xiang Bai,
Mingkun Yang, Tengteng Huang, Zhiyong Dou, Rui Yu, Yongchao Xu, Pattern Recognition 2020.
"""

import torch
from torch import Tensor, nn

from passerby.models.pooling import part_averages


class PartLSTM(nn.Module):
    """What each part of a body is, seen with all the parts above and below it.

    A bidirectional LSTM reads the parts from head to foot and back, and a fully connected layer
    makes the feature of a part of the two directions' outputs there. That layer is one for all
    parts, as the LSTM is; the paper does not say whether each has its own, so this is ours.

    channels: C of the map
    parts:    of the sequence
    units:    of the LSTM in each direction, and of the fully connected layer
    layers:   of the LSTM

    >>> PartLSTM(16, parts=8, units=4)(torch.zeros(2, 16, 8, 4)).shape
    torch.Size([2, 8, 4])
    """

    def __init__(self, channels: int, parts: int = 8, units: int = 256, layers: int = 2) -> None:
        super().__init__()
        self.parts = parts
        self.lstm = nn.LSTM(channels, units, layers, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * units, units)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, parts, units)."""
        seen, _ = self.lstm(part_averages(maps, self.parts))  # (B, parts, C) -> (B, parts, 2 units)
        return self.fc(seen)


class PartLinear(nn.Module):
    """What each part of a body is, by itself: a fully connected layer of its own for each part.

    The counterpart of `PartLSTM` that knows nothing of a part's neighbours; C is `channels`.

    >>> PartLinear(16, parts=8, units=4)(torch.zeros(2, 16, 8, 4)).shape
    torch.Size([2, 8, 4])
    """

    def __init__(self, channels: int, parts: int = 8, units: int = 256) -> None:
        super().__init__()
        self.fcs = nn.ModuleList(nn.Linear(channels, units) for _ in range(parts))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, parts, units)."""
        rows = part_averages(maps, len(self.fcs)).unbind(1)
        return torch.stack([fc(row) for fc, row in zip(self.fcs, rows, strict=True)], dim=1)

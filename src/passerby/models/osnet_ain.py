"""OSNet-AIN: OSNet with instance normalisation where a search found that it generalises best.

"Learning Generalisable Omni-Scale Representations for Person Re-Identification", Kaiyang Zhou,
Yongxin Yang, Andrea Cavallaro, Tao Xiang, 2019 (TPAMI 2021).

Instance normalisation takes a camera's own light and colour out of each picture. In the layout
that the search chose it stands in the stem and, inside the residual branch, in four of the
six blocks. Layers are named as in Torchreid, so that its public weights load with `strict=True`.
"""

from torch import Tensor, nn
from torch.nn.functional import relu

from passerby.models.backbone import Backbone
from passerby.models.osnet import ChannelGate, ConvNorm, LightConv, halving, head, initialise


class Stream(nn.Module):
    """`depth` light convolutions in a row: a view of 2 * depth + 1 pixels."""

    def __init__(self, channels: int, depth: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*(LightConv(channels) for _ in range(depth)))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C, h, w)."""
        return self.layers(maps)


class AINBlock(nn.Module):
    """The omni-scale residual block, its branch ending in instance normalisation or in batch's."""

    def __init__(self, inputs: int, outputs: int, *, instance: bool) -> None:
        super().__init__()
        middle = outputs // 4
        self.conv1 = ConvNorm(inputs, middle)
        self.conv2 = nn.ModuleList(Stream(middle, depth) for depth in (1, 2, 3, 4))
        self.gate = ChannelGate(middle)
        norm = None if instance else nn.BatchNorm2d
        self.conv3 = ConvNorm(middle, outputs, norm=norm, activate=False)
        self.downsample = (
            ConvNorm(inputs, outputs, activate=False) if inputs != outputs else nn.Identity()
        )
        self.IN = nn.InstanceNorm2d(outputs, affine=True) if instance else nn.Identity()

    def forward(self, maps: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, outputs, h, w)."""
        shared = self.conv1(maps)
        first, *others = self.conv2
        mixed = self.gate(first(shared))
        for stream in others:
            mixed = mixed + self.gate(stream(shared))
        return relu(self.IN(self.conv3(mixed)) + self.downsample(maps))


class OSNetAIN(Backbone):
    """OSNet-AIN's feature map; with `classes`, also Torchreid's head, as in `OSNet`.

    >>> import torch
    >>> from passerby.models.osnet import WIDTHS
    >>> OSNetAIN(WIDTHS["x0_25"]).eval()(torch.zeros(1, 3, 256, 128)).shape
    torch.Size([1, 128, 16, 8])
    """

    def __init__(self, widths: tuple[int, int, int, int], classes: int | None = None) -> None:
        super().__init__()
        stem, first, second, third = widths
        self.conv1 = ConvNorm(3, stem, kernel=7, stride=2, norm=nn.InstanceNorm2d)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.conv2 = nn.Sequential(
            AINBlock(stem, first, instance=True), AINBlock(first, first, instance=True)
        )
        self.pool2 = halving(first)
        self.conv3 = nn.Sequential(
            AINBlock(first, second, instance=False), AINBlock(second, second, instance=True)
        )
        self.pool3 = halving(second)
        self.conv4 = nn.Sequential(
            AINBlock(second, third, instance=True), AINBlock(third, third, instance=False)
        )
        self.conv5 = ConvNorm(third, third)
        self.channels = third
        self.fc, self.classifier = head(third, classes)
        self.apply(initialise)

    def forward(self, images: Tensor) -> Tensor:
        """The feature map (B, C, H / 16, W / 16) of `images` (B, 3, H, W)."""
        stem = self.maxpool(self.conv1(images))
        half = self.pool2(self.conv2(stem))
        quarter = self.pool3(self.conv3(half))
        return self.conv5(self.conv4(quarter))

"""ResNets with IBN-a: half of a block's channels normalised by instance, half by batch.

"Two at Once: Enhancing Learning and Generalization Capacities via IBN-Net", Xingang Pan, Ping
Luo, Jianping Shi, Xiaoou Tang, ECCV 2018. The network itself: "Deep Residual Learning for Image
Recognition", Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun, CVPR 2016.

Instance normalisation drops what light and camera do to a picture, batch normalisation keeps what
tells things apart; the first normalisation of every block in the first three stages does
both. Layers are named as by the authors, so that their public weights load with `strict=True`.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from passerby.models.backbone import Backbone

BLOCKS: dict[int, tuple[int, int, int, int]] = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
}
"""Blocks in each of the four stages, by depth."""


class IBN(nn.Module):
    """Instance normalisation of the first half of the channels, batch normalisation of the rest."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.instances = channels // 2
        self.IN = nn.InstanceNorm2d(self.instances, affine=True)
        self.BN = nn.BatchNorm2d(channels - self.instances)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C, h, w)."""
        return torch.cat(
            [self.IN(maps[:, : self.instances]), self.BN(maps[:, self.instances :])], dim=1
        )


class Basic(nn.Module):
    """Two 3 x 3 convolutions and a short cut: the block of ResNet-18 and 34."""

    expansion = 1

    def __init__(self, inputs: int, planes: int, stride: int, *, ibn: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, padding=1, bias=False)
        self.bn1 = IBN(planes) if ibn else nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = short_cut(inputs, planes, stride)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, planes, h / stride, w / stride)."""
        inner = relu(self.bn1(self.conv1(maps)))
        return relu(self.bn2(self.conv2(inner)) + self.downsample(maps))


class Bottleneck(nn.Module):
    """1 x 1, 3 x 3 and 1 x 1 convolutions and a short cut: the block of ResNet-50 and 101."""

    expansion = 4

    def __init__(self, inputs: int, planes: int, stride: int, *, ibn: bool) -> None:
        super().__init__()
        outputs = planes * self.expansion
        self.conv1 = nn.Conv2d(inputs, planes, 1, bias=False)
        self.bn1 = IBN(planes) if ibn else nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = short_cut(inputs, outputs, stride)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, 4 * planes, h / stride, w / stride)."""
        inner = relu(self.bn1(self.conv1(maps)))
        inner = relu(self.bn2(self.conv2(inner)))
        return relu(self.bn3(self.conv3(inner)) + self.downsample(maps))


def short_cut(inputs: int, outputs: int, stride: int) -> nn.Module:
    """What carries a block's input past it: nothing, or a projection where the shape changes."""
    if inputs == outputs and stride == 1:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class ResNetIBN(Backbone):
    """A ResNet-IBN-a's feature map; with `classes`, also the authors' linear classifier `fc`.

    depth:       18, 34, 50 or 101
    last_stride: stride of the last stage. 1 keeps twice the height and the width, as Re-ID does
                 (map stride 16); 2 is the network that the authors trained (map stride 32).
                 The weights are the same.
    classes:     None for the backbone alone; 1000 for the ImageNet weights with their classifier

    >>> ResNetIBN(18).eval()(torch.zeros(1, 3, 256, 128)).shape
    torch.Size([1, 512, 16, 8])
    """

    def __init__(self, depth: int, last_stride: int = 1, classes: int | None = None) -> None:
        super().__init__()
        block = Basic if depth < 50 else Bottleneck
        first, second, third, fourth = BLOCKS[depth]
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = stage(block, first, 64, 64, 1, ibn=True)
        self.layer2 = stage(block, second, 64 * block.expansion, 128, 2, ibn=True)
        self.layer3 = stage(block, third, 128 * block.expansion, 256, 2, ibn=True)
        self.layer4 = stage(block, fourth, 256 * block.expansion, 512, last_stride, ibn=False)
        self.channels = 512 * block.expansion
        self.fc = None if classes is None else nn.Linear(self.channels, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        """The feature map of `images` (B, 3, H, W)."""
        stem = self.maxpool(relu(self.bn1(self.conv1(images))))
        return self.layer4(self.layer3(self.layer2(self.layer1(stem))))


def stage(
    block: type[Basic] | type[Bottleneck],
    blocks: int,
    inputs: int,
    planes: int,
    stride: int,
    *,
    ibn: bool,
) -> nn.Sequential:
    """`blocks` blocks in a row, the first with the stride."""
    others = (block(planes * block.expansion, planes, 1, ibn=ibn) for _ in range(blocks - 1))
    return nn.Sequential(block(inputs, planes, stride, ibn=ibn), *others)

"""OSNet, the omni-scale network.

"Omni-Scale Feature Learning for Person Re-Identification", Kaiyang Zhou, Yongxin Yang, Andrea
Cavallaro, Tao Xiang, ICCV 2019.

Each block looks at its input through four streams of one to four light 3 x 3 convolutions,
that is at 3, 5, 7 and 9 pixels, and one gate shared by the streams weighs, channel by channel
and picture by picture, what each scale has to say. Layers are named as in Torchreid, so
that its public weights load with `strict=True`.
"""

from torch import Tensor, nn
from torch.nn.functional import relu

from passerby.models.backbone import Backbone

WIDTHS: dict[str, tuple[int, int, int, int]] = {
    "x1_0": (64, 256, 384, 512),
    "x0_75": (48, 192, 288, 384),
    "x0_5": (32, 128, 192, 256),
    "x0_25": (16, 64, 96, 128),
}
"""Channels after the stem and after each of the three stages, by width."""

EMBEDDING = 512
"""Length of the embedding that the head makes of the pooled map, at every width."""


class ConvNorm(nn.Module):
    """Convolution without bias, normalisation, and a ReLU unless `activate` is False."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        *,
        norm: type[nn.Module] | None = nn.BatchNorm2d,
        activate: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        # InstanceNorm2d learns no scale and shift unless told to; BatchNorm2d does anyway.
        self.bn = norm(outputs, affine=True) if norm else nn.Identity()
        self.relu = nn.ReLU(inplace=True) if activate else nn.Identity()

    def forward(self, maps: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, outputs, h / stride, w / stride)."""
        return self.relu(self.bn(self.conv(maps)))


class LightConv(nn.Module):
    """A 3 x 3 convolution split in two: 1 x 1 across channels, then 3 x 3 within each."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C, h, w)."""
        return relu(self.bn(self.conv2(self.conv1(maps))), inplace=True)


class ChannelGate(nn.Module):
    """Weighs the channels of a map by numbers in (0, 1) that depend on the map's own average."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1)
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C, h, w)."""
        summary = maps.mean((2, 3), keepdim=True)  # (B, C, h, w) -> (B, C, 1, 1)
        return maps * self.fc2(relu(self.fc1(summary))).sigmoid()


class OSBlock(nn.Module):
    """The omni-scale residual block."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        middle = outputs // 4
        self.conv1 = ConvNorm(inputs, middle)
        self.conv2a = LightConv(middle)
        self.conv2b = nn.Sequential(*(LightConv(middle) for _ in range(2)))
        self.conv2c = nn.Sequential(*(LightConv(middle) for _ in range(3)))
        self.conv2d = nn.Sequential(*(LightConv(middle) for _ in range(4)))
        self.gate = ChannelGate(middle)
        self.conv3 = ConvNorm(middle, outputs, activate=False)
        self.downsample = (
            ConvNorm(inputs, outputs, activate=False) if inputs != outputs else nn.Identity()
        )

    def forward(self, maps: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, outputs, h, w)."""
        shared = self.conv1(maps)
        scales = [self.conv2a, self.conv2b, self.conv2c, self.conv2d]
        mixed = self.gate(scales[0](shared))
        for stream in scales[1:]:
            mixed = mixed + self.gate(stream(shared))
        return relu(self.conv3(mixed) + self.downsample(maps))


class OSNet(Backbone):
    """OSNet's feature map; with `classes`, also Torchreid's head.

    widths:  channels after the stem and the three stages, see `WIDTHS`
    classes: None for the backbone alone. Otherwise `fc`, from the pooled map (B, C) to the
             embedding (B, 512), and `classifier`, from there to `classes` logits, are there too;
             `EmbeddingNet(net, average, net.fc)` is then the network that Torchreid ranks with.

    The map's stride is 16: pictures of 256 x 128 give (B, C, 16, 8).

    >>> import torch
    >>> OSNet(WIDTHS["x0_25"]).eval()(torch.zeros(1, 3, 256, 128)).shape
    torch.Size([1, 128, 16, 8])
    """

    def __init__(self, widths: tuple[int, int, int, int], classes: int | None = None) -> None:
        super().__init__()
        stem, first, second, third = widths
        self.conv1 = ConvNorm(3, stem, kernel=7, stride=2)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.conv2 = nn.Sequential(OSBlock(stem, first), OSBlock(first, first), halving(first))
        self.conv3 = nn.Sequential(OSBlock(first, second), OSBlock(second, second), halving(second))
        self.conv4 = nn.Sequential(OSBlock(second, third), OSBlock(third, third))
        self.conv5 = ConvNorm(third, third)
        self.channels = third
        self.fc, self.classifier = head(third, classes)
        self.apply(initialise)

    def forward(self, images: Tensor) -> Tensor:
        """The feature map (B, C, H / 16, W / 16) of `images` (B, 3, H, W)."""
        stem = self.maxpool(self.conv1(images))
        return self.conv5(self.conv4(self.conv3(self.conv2(stem))))


def halving(channels: int) -> nn.Sequential:
    """Half the height and the width: (B, C, h, w) -> (B, C, h / 2, w / 2)."""
    return nn.Sequential(ConvNorm(channels, channels), nn.AvgPool2d(2, stride=2))


def head(channels: int, classes: int | None) -> tuple[nn.Sequential | None, nn.Linear | None]:
    """Torchreid's layers on the pooled map: (B, C) -> (B, 512), and (B, 512) -> (B, classes)."""
    if classes is None:
        return None, None
    fc = nn.Sequential(nn.Linear(channels, EMBEDDING), nn.BatchNorm1d(EMBEDDING), nn.ReLU())
    return fc, nn.Linear(EMBEDDING, classes)


def initialise(module: nn.Module) -> None:
    """Draw the weights of one layer as the paper's authors do; normalisation stays at 1 and 0."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.01)
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)

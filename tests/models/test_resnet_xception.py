"""ResNet-50-Xception: what was taken apart, and how many weights are left."""

import torch
from torch import nn

from passerby.models.backbones import build_backbone
from passerby.models.resnet_xception import ResNet50Xception, separable


def test_weights_are_as_many_as_counted_by_hand() -> None:
    # Stages of 3, 4, 6 and 3 blocks, each with one 3 x 3 convolution of C channels.
    channels = [64] * 3 + [128] * 4 + [256] * 6 + [512] * 3
    plain = sum(weight.numel() for weight in build_backbone("resnet50").parameters())
    apart = sum(weight.numel() for weight in ResNet50Xception().parameters())
    assert plain - apart == sum(9 * c * c - (9 * c + c * c) for c in channels)
    assert round(apart / 1e6, 1) == 13.5


def test_no_plain_3_x_3_convolution_is_left() -> None:
    convolutions = [m for m in ResNet50Xception().modules() if isinstance(m, nn.Conv2d)]
    wide = [conv for conv in convolutions if conv.kernel_size == (3, 3)]
    assert len(wide) == 16
    assert all(conv.groups == conv.in_channels == conv.out_channels for conv in wide)
    assert sum(conv.kernel_size == (7, 7) for conv in convolutions) == 1


def test_maps_are_of_the_size_of_resnet50s() -> None:
    images = torch.zeros(1, 3, 224, 224)
    for stride, side in ((2, 7), (1, 14)):
        net = ResNet50Xception(stride).eval()
        with torch.no_grad():
            assert net(images).shape == (1, 2048, side, side)


def test_depthwise_then_pointwise_is_one_convolution_of_rank_1() -> None:
    """Their product is the kernel of a plain convolution."""
    apart = separable(nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False))
    kernel = apart[1].weight[:, :, 0, 0, None, None] * apart[0].weight[None, :, 0]  # pyright: ignore
    images = torch.randn(2, 4, 9, 7)
    wanted = nn.functional.conv2d(images, kernel, stride=2, padding=1)
    torch.testing.assert_close(apart(images), wanted, atol=1e-5, rtol=1e-4)


def test_the_signal_neither_dies_nor_explodes_at_the_beginning() -> None:
    maps = ResNet50Xception()(torch.randn(4, 3, 64, 64))
    assert 0.01 < float(maps.std()) < 100
    maps.sum().backward()

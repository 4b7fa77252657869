"""ResNet-50-Xception: a ResNet-50 whose 3 x 3 convolutions are taken apart."""

from torch import Tensor, nn

from passerby.models.backbone import Backbone
from passerby.models.timm_backbone import TimmBackbone


class ResNet50Xception(Backbone):
    """ResNet-50 with a 3 x 3 depthwise and a 1 x 1 convolution for each 3 x 3 convolution.

    "AlignedReID: Surpassing Human-Level Performance in Person Re-Identification", Xuan Zhang et
    al., arXiv 2017; the idea is of "Xception: Deep Learning with Depthwise Separable
    Convolutions", François Chollet, CVPR 2017. As in Xception nothing stands between the two; the
    ResNet's own normalisation and ReLU follow them. 13.5 million weights instead of 23.5.

    There are no public weights: it begins with random ones, drawn as by Kaiming He et al. 2015 for
    the number of inputs.

    last_stride: stride of the last stage

    >>> import torch
    >>> ResNet50Xception(last_stride=1).eval()(torch.zeros(1, 3, 64, 32)).shape
    torch.Size([1, 2048, 4, 2])
    """

    def __init__(self, last_stride: int = 2) -> None:
        super().__init__()
        self.resnet = TimmBackbone("resnet50.tv_in1k", last_stride=last_stride)
        self.channels = self.resnet.channels
        for name, module in list(self.resnet.named_modules()):
            if isinstance(module, nn.Conv2d) and module.kernel_size == (3, 3):
                self.resnet.set_submodule(name, separable(module))

    def forward(self, images: Tensor) -> Tensor:
        """The feature map (B, 2048, h, w) of `images` (B, 3, H, W)."""
        return self.resnet(images)


def separable(conv: nn.Conv2d) -> nn.Sequential:
    """A depthwise convolution of `conv`'s kernel and stride, and a 1 x 1 of its channels.

    >>> [layer.groups for layer in separable(nn.Conv2d(8, 16, 3, bias=False))]
    [8, 1]
    """
    depthwise = nn.Conv2d(
        conv.in_channels,
        conv.in_channels,
        conv.kernel_size,  # pyright: ignore[reportArgumentType]
        conv.stride,  # pyright: ignore[reportArgumentType]
        conv.padding,  # pyright: ignore[reportArgumentType]
        groups=conv.in_channels,
        bias=False,
    )
    pointwise = nn.Conv2d(conv.in_channels, conv.out_channels, 1, bias=conv.bias is not None)
    nn.init.kaiming_normal_(depthwise.weight, nonlinearity="linear")
    nn.init.kaiming_normal_(pointwise.weight, nonlinearity="relu")
    return nn.Sequential(depthwise, pointwise)

"""Backbones by name."""

import difflib

from passerby.core.errors import PasserbyError
from passerby.models.backbone import Backbone
from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.osnet_ain import OSNetAIN
from passerby.models.pretrained import load_ibn_imagenet, load_osnet_imagenet
from passerby.models.resnet_ibn import BLOCKS, ResNetIBN
from passerby.models.resnet_xception import ResNet50Xception
from passerby.models.timm_backbone import TimmBackbone

XCEPTION = "resnet50_xception"
"""AlignedReID's second backbone, of which there are no public weights."""

NAMES: tuple[str, ...] = (
    "resnet50",
    XCEPTION,
    *(f"resnet{depth}_ibn_a" for depth in BLOCKS),
    *(f"osnet_{width}" for width in WIDTHS),
    *(f"osnet_ain_{width}" for width in WIDTHS),
)
"""Names that `build_backbone` knows, beside "timm/NAME" for any network of timm."""


def build_backbone(
    name: str,
    *,
    pretrained: bool = False,
    last_stride: int = 1,
    size: tuple[int, int] = (256, 128),
) -> Backbone:
    """The backbone called `name`: images (B, 3, H, W) in, a map (B, channels, h, w) out.

    name:        one of `NAMES`, or "timm/NAME" for any network that timm has
    pretrained:  begin with weights learned on ImageNet instead of random ones. ResNet-50 and timm's
                 networks load theirs from timm's hub, IBN ResNets from their authors' releases;
                 OSNet's are read from the models folder, see `load_osnet_imagenet`; of
                 ResNet-50-Xception there are none
    last_stride: stride of a ResNet's last stage, timm's other ResNets included; Re-ID uses 1, for a
                 map twice as high and wide. Networks of another build keep their own
    size:        (height, width) of the pictures; only networks that are made for one size need it,
                 see `TimmBackbone`

    Raises PasserbyError when there is no such network, or its weights cannot be had.

    >>> backbone = build_backbone("osnet_x0_25")
    >>> backbone.channels
    128
    """
    if name.startswith("timm/"):
        name = name.removeprefix("timm/")
        return TimmBackbone(name, pretrained=pretrained, last_stride=last_stride, size=size)
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=3) or NAMES
        raise PasserbyError(
            f"there is no backbone {name!r}; did you mean {', '.join(near)}? Any network of timm "
            f"is there as 'timm/NAME', for example 'timm/{name}' if timm knows it."
        )
    if name == "resnet50":
        # The papers began with torchvision's first weights; timm's own default is a later recipe.
        return TimmBackbone("resnet50.tv_in1k", pretrained=pretrained, last_stride=last_stride)
    if name == XCEPTION:
        if pretrained:
            raise PasserbyError(
                f"there are no public ImageNet weights of {XCEPTION}; pass --model.pretrained "
                "false to begin with random ones, or --model.initial_weights FILE"
            )
        return ResNet50Xception(last_stride)
    if name.startswith("resnet"):
        depth = int(name.removeprefix("resnet").removesuffix("_ibn_a"))
        resnet = ResNetIBN(depth, last_stride)
        return load_ibn_imagenet(resnet, depth) if pretrained else resnet
    family = OSNetAIN if "_ain_" in name else OSNet
    osnet = family(WIDTHS[name.removeprefix("osnet_").removeprefix("ain_")])
    return load_osnet_imagenet(osnet, name) if pretrained else osnet

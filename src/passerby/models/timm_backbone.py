"""Any network of timm as a backbone."""

import difflib
import math
from contextlib import suppress
from typing import Any

from torch import Tensor, nn

from passerby.core.errors import PasserbyError
from passerby.models.backbone import Backbone
from passerby.models.cache import hub_offline


class TimmBackbone(Backbone):
    """The feature map of a timm network, without its pooling and classifier.

    Convolutional networks give their last map. Transformers give their patch tokens, laid out as
    the map (B, C, h, w) that the patches formed in the picture; class and register tokens
    are left out, so that every pooling works on every network.

    name:        as timm calls it
    pretrained:  load the weights that timm names, from its hub or the hub's cache
    last_stride: stride of a ResNet's last stage; None, and a network without `layer4`, leaves all
                 as timm made it
    size:        (height, width) of the pictures, for networks that are made for one size. Those
                 that timm can make for any (`dynamic_img_size`: ViT, Swin) take others as well

    Raises PasserbyError when timm has no such network, or its weights cannot be had; and when the
    network does not take pictures of the size that it is given.

    >>> import torch
    >>> TimmBackbone("resnet18").eval()(torch.zeros(1, 3, 256, 128)).shape
    torch.Size([1, 512, 8, 4])
    """

    def __init__(
        self,
        name: str,
        *,
        pretrained: bool = False,
        last_stride: int | None = None,
        size: tuple[int, int] = (256, 128),
    ) -> None:
        super().__init__()
        self.net = _create(name, pretrained, size)
        self.size = size
        if last_stride is not None and hasattr(self.net, "layer4"):
            _set_last_stride(self.net, last_stride)
        self.channels: int = self.net.num_features
        self.prefix: int = getattr(self.net, "num_prefix_tokens", 0)
        self.channels_last = getattr(self.net, "output_fmt", "NCHW") == "NHWC"

    def forward(self, images: Tensor) -> Tensor:
        """The feature map (B, C, h, w) of `images` (B, 3, H, W)."""
        try:
            features = self.net.forward_features(images)
        except AssertionError as error:
            found, made = ("{} x {}".format(*size) for size in (images.shape[-2:], self.size))
            reason = str(error).rstrip(".")
            raise PasserbyError(
                f"the network does not take pictures of {found}: {reason}. It was made for {made}; "
                "choose that, or multiples of the network's patch size, as the height and width"
            ) from error
        if features.ndim == 3:
            return self._lay_out(features, *images.shape[-2:])
        return features.permute(0, 3, 1, 2) if self.channels_last else features

    def _lay_out(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """(B, prefix + h * w, C) -> (B, C, h, w), with h : w nearest to the picture's."""
        patches = tokens[:, self.prefix :]
        count = patches.shape[1]
        rows = round(math.sqrt(count * height / width))
        if rows == 0 or count % rows:
            raise PasserbyError(
                f"{count} tokens of a {height} x {width} picture form no grid of its shape; choose "
                "a height and a width that are multiples of the network's patch size"
            )
        return patches.transpose(1, 2).unflatten(2, (rows, count // rows))


def _create(name: str, pretrained: bool, size: tuple[int, int]) -> Any:
    """timm's network without pooling and classifier."""
    # timm takes a second to import; passerby.core, imported above, has mended torchvision by now.
    import timm

    plain = name.split(".")[0]
    if not timm.is_model(plain):
        near = difflib.get_close_matches(plain, timm.list_models(), n=3, cutoff=0.5)
        raise PasserbyError(
            f"timm {timm.__version__} has no network {name!r}; "
            + (f"did you mean {', '.join(near)}?" if near else "timm.list_models() lists all.")
        )
    config = timm.get_pretrained_cfg(name)
    options: dict[str, Any] = {"num_classes": 0, "global_pool": ""}
    if config is not None and config.fixed_input_size:
        options["img_size"] = size
    if not pretrained:
        return _made(name, options)
    try:
        with hub_offline():
            return _made(name, {**options, "pretrained": True})
    # The hub's client has a family of errors for each way in which a network can fail.
    except Exception as error:
        reason = str(error).rstrip(". ")
        raise PasserbyError(
            f"the pretrained weights of {name!r} could not be loaded: {reason}. They come from the "
            "Hugging Face hub, once, and stay in its cache: run where there is a network "
            "(and without PASSERBY_OFFLINE), copy that cache here (HF_HOME names it), or begin "
            "with random weights: pretrained=False."
        ) from error


def _made(name: str, options: dict[str, Any]) -> Any:
    """timm's network, made for pictures of any size where timm can."""
    import timm

    if "img_size" in options:
        with suppress(TypeError):  # not every network has this option
            return timm.create_model(name, dynamic_img_size=True, **options)
    return timm.create_model(name, **options)


def _set_last_stride(net: Any, stride: int) -> None:
    """Give the last stage of a ResNet another stride; nothing is dilated, weights still fit.

    "Beyond Part Models: Person Retrieval with Refined Part Pooling", Yifan Sun et al., ECCV 2018.
    """
    first = net.layer4[0]
    for name, module in list(first.named_modules()):
        if not name or getattr(module, "stride", None) not in (2, (2, 2)):
            continue
        if stride == 1 and isinstance(module, nn.AvgPool2d) and module.kernel_size == 2:
            # It is there for the stride alone, and would make the map one smaller.
            first.set_submodule(name, nn.Identity())
        else:
            module.stride = (stride, stride)
